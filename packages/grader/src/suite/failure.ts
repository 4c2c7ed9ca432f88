import { dirname } from "node:path";
import { expect } from "vitest";
import { formatSockets, type SocketEntry } from "@tcpip-workshop/diagnostics/sockets";
import { AnswerFailure, type AnswerFailureCode } from "../wire/answer-failure.ts";
import { isFromOtherSide } from "../wire/value-reader.ts";
import type { Session } from "./session.ts";
import { showCompared, showError } from "./show.ts";
import { story } from "./story.ts";
import { ThrownValue } from "./thrown-value.ts";
import { unfitValue, unusableValue } from "./unfit-value.ts";
import { wireLines } from "./wire.ts";

/** Why a test failed, as plain data. */
export interface Failure {
  /** `answer`: the learner's to mend. `suite`: ours; the verdict is `error`. */
  blame: "answer" | "suite";
  /** One sentence: what is wrong. */
  problem: string;
  /** What was done to the answer, numbered, with its outcomes. */
  steps: string[];
  expected?: string[];
  received?: string[];
  /** The file could not be used at all: what the test is about does not matter yet. */
  isLoading?: boolean;
  /** `framing.ts:12:9`, where the answer threw. */
  at?: string;
  /** The texts of several lines that the steps were given. */
  texts?: { title: string; lines: string[] }[];
  /** What the test's proxies, relays and peers saw, one event a line. */
  timeline?: string[];
  /** The answer's sockets as the kernel showed them when a wait, or a call's deadline, was over, in the columns of `ss -tan`. */
  sockets?: string[];
}

/** Explains why a test failed, with what the wire and, where it was asked in time, the kernel have shown. */
export function explainFailure(error: unknown, sessions: Session[]): Failure {
  const failure = explain(error, sessions);
  if (failure.blame === "suite" || failure.isLoading) return failure;
  const texts = story().texts();
  const timeline = wireLines();
  // Not asked now: the test has closed its peers meanwhile, and the table would show what that did.
  const sockets = isAssertion(error) ? error.sockets : sessions.flatMap(({ socketsAtEnd }) => socketsAtEnd);
  return {
    ...failure,
    ...(texts.length > 0 ? { texts } : {}),
    ...(timeline.length > 0 ? { timeline } : {}),
    ...(sockets !== undefined && sockets.length > 0 ? { sockets: shortTable(formatSockets(sockets)) } : {}),
  };
}

function explain(error: unknown, sessions: Session[]): Failure {
  // What the test's own tidying up has thrown comes after what it tidied up after.
  if (error instanceof SuppressedError) {
    const first = explain(error.suppressed, sessions);
    return first.blame === "answer" ? first : explain(error.error, sessions);
  }
  if (error instanceof AnswerFailure && beforeAnyCall.has(error.code)) return neverCalled(error, sessions);
  const steps = story().render();
  const by = sessions.find((session) => session.callThatThrew(error) !== undefined);
  if (by !== undefined && error instanceof Error) {
    const at = placeIn(by.file, error);
    const call = by.callThatThrew(error);
    return {
      blame: "answer",
      problem: `\`${call}\` threw ${showError(error)}`,
      steps,
      ...(at ? { at } : {}),
    };
  }
  if (error instanceof AnswerFailure || error instanceof ThrownValue) {
    const at =
      error.cause instanceof Error && sessions[0] ? placeIn(sessions[0].file, error.cause) : undefined;
    return { blame: "answer", problem: error.message, steps, ...(at ? { at } : {}) };
  }
  if (isAssertion(error)) return { blame: "answer", problem: problemOf(error), steps, ...compared(error) };
  const unfit = unfitValue(error, dirname(expect.getState().testPath ?? ".")) ?? unusableValue(error);
  if (unfit !== undefined) return { blame: "answer", problem: unfit, steps };
  return { blame: "suite", problem: error instanceof Error ? showError(error) : String(error), steps };
}

const beforeAnyCall: ReadonlySet<AnswerFailureCode> = new Set(["NOT_LOADED", "NO_EXPORT"]);

/** Nothing was done to it, so there is nothing to tell but what is wrong with the file. */
function neverCalled(error: AnswerFailure, sessions: Session[]): Failure {
  const at = error.cause instanceof Error && sessions[0] ? placeIn(sessions[0].file, error.cause) : undefined;
  return { blame: "answer", problem: error.message, steps: [], isLoading: true, ...(at ? { at } : {}) };
}

interface Assertion extends Error {
  actual?: unknown;
  expected?: unknown;
  /** What a wait in vain gives: already as lines, and the answer's sockets at that moment. */
  shown?: { expected: string[]; received: string[] } | undefined;
  sockets?: SocketEntry[];
}

function isAssertion(error: unknown): error is Assertion {
  return error instanceof Error && error.name === "AssertionError" && !isFromOtherSide(error);
}

/** The sentence that the suite gave to `expect`, which Vitest puts before its own. */
function problemOf({ message }: Assertion): string {
  const own = message.search(/: (?:expected|promise) /);
  return own > 0 ? message.slice(0, own) : (message.split("\n", 1)[0] ?? message);
}

function compared(error: Assertion): { expected?: string[]; received?: string[] } {
  if (error.shown) return error.shown;
  if (!("actual" in error) || !("expected" in error)) return {};
  return showCompared(error.expected, error.actual);
}

/** The first place in the learner's file that the stack names. */
function placeIn(file: string, error: Error): string | undefined {
  const escaped = file.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`${escaped}:\\d+(?::\\d+)?`).exec(error.stack ?? "")?.[0];
}

/** Rows of the table that are shown: a leak of thousands needs no thousand lines. */
const mostRows = 12;

function shortTable(lines: string[]): string[] {
  return lines.length <= mostRows + 1
    ? lines
    : [...lines.slice(0, mostRows), `… ${lines.length - mostRows} more …`];
}
