import { setImmediate } from "node:timers/promises";
import { inject, test as vitestTest } from "vitest";
import { explainFailure, type Failure } from "./failure.ts";
import { sessions } from "./sessions.ts";
import { beginStory } from "./story.ts";
import type { Wire } from "../verdict.ts";
import { resetWire, wireData } from "./wire.ts";

/** What a test says to whoever fails it. */
export interface Teaching {
  /** One sentence: what this does to a service in production. */
  why: string;
  /** Where to read: the lesson's heading, the RFC's section. */
  read: string;
  /** Milliseconds of its own time that the answer has for each call; 1000 without it. */
  deadline?: number;
}

declare module "vitest" {
  interface TaskMeta {
    teaching?: Teaching;
    failure?: Failure;
    /** What the test's network saw. */
    wire?: Wire[];
    /** What the answer printed during the test. */
    output?: string;
    /** How many processes the answer has needed so far, those that the suite killed left out. */
    processes?: number;
  }
}

/** The most a whole test may take by the clock, in milliseconds. Calls have deadlines of their own; this is for a suite that hangs. */
const suiteTimeout = 120_000;

/** Vitest's `test`, with what a failure has to teach. */
export function test(title: string, teaching: Teaching, body: () => Promise<void>): void {
  const timeout = inject("answerInspect") === true ? 0 : suiteTimeout;
  // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- both are the suite's to give
  vitestTest(title, { meta: { teaching }, timeout }, async ({ task }) => {
    for (const session of sessions) session.beginTest(teaching.deadline);
    beginStory();
    resetWire();
    try {
      await body();
      for (const session of sessions) await session.endTest();
    } catch (error) {
      const failure = explainFailure(error, [...sessions]);
      task.meta.failure = failure;
      // Vitest would show the values of an assertion as a difference, item by item. That is for who runs it by hand: a grading takes what the answer
      // gave back, which may be megabytes, and shows a few items of it.
      throw inject("answerFolder") === undefined ? error : new Error(failure.problem);
    } finally {
      task.meta.wire = wireData();
      // What it printed before its last reply is in the pipe already: it is read in this turn of the loop, maybe behind the reply.
      await setImmediate();
      task.meta.output = [...sessions].map((session) => session.outputOfTest()).join("");
      task.meta.processes = Math.max(0, ...[...sessions].map((session) => session.needed));
    }
  });
}
