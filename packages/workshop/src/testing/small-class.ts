import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Verdict } from "@tcpip-workshop/grader";
import type { Judge } from "../grade/judge.ts";
import type { Answer, Submission, SubmissionSource } from "../grade/submission/submission.ts";
import { TimeLimit } from "../grade/time-limit.ts";
import { titles, verdictOn } from "./small-course.ts";

/** What one learner handed in, by the exercise's label: `pass`, `fail`, `error`, `stub`, and any words behind it. */
export interface HandedIn {
  [label: string]: string;
}

/** A class as it would be found: nothing of it lies on disk. */
export function smallClass(learners: { [id: string]: HandedIn | string }): SubmissionSource[] {
  return Object.entries(learners).map(([id, handedIn]) => ({
    id,
    name: id,
    source: `class/${id}`,
    kind: "folder",
    read: async () => submissionOf(handedIn),
  }));
}

/** A string instead of answers is a problem. */
function submissionOf(handedIn: HandedIn | string): Submission {
  const none = { refused: [], ignored: ["notes.txt"], ignoredCount: 1 };
  if (typeof handedIn === "string") return { ...none, problem: handedIn, answers: new Map() };
  const answers = Object.entries(handedIn).map(([label, text]) => [label, answerOf(label, text)] as const);
  return { ...none, answers: new Map(answers) };
}

function answerOf(label: string, text: string): Answer {
  return {
    files: new Map([[`${label.slice(3)}.ts`, Buffer.from(text)]]),
    hash: createHash("sha256").update(text).digest("hex"),
    isStub: text.startsWith("stub"),
    imports: ["@tcpip-workshop/core"],
  };
}

/** Does what the answer's first word says, and remembers what it was asked. */
export class FakeJudge implements Judge {
  readonly seal: Judge["seal"];
  /** `04-framing: pass`, in the order they were asked for. */
  readonly asked: string[] = [];
  readonly folders: string[] = [];
  running = 0;
  /** The most that ran at once. */
  most = 0;
  /** What each grading waits for, if it waits. */
  wait: (label: string, text: string) => Promise<void> = async () => {};
  isDisposed = false;

  constructor(level: Judge["seal"]["level"] = "open") {
    this.seal = { level, reason: "It is a fake.", canaries: [] };
  }

  async grade(label: string, folder: string, patience: number): Promise<Verdict> {
    const [file = ""] = readdirSync(folder);
    const text = readFileSync(join(folder, file), "utf8");
    this.asked.push(`${label}: ${text}`);
    this.folders.push(folder);
    this.most = Math.max(this.most, ++this.running);
    using limit = new TimeLimit(patience);
    limit.start(() => {});
    try {
      await limit.hold(this.wait(label, text));
      return this.verdict(label, text);
    } finally {
      this.running--;
    }
  }

  /** May be replaced. */
  verdict(label: string, text: string): Verdict {
    const [word] = text.split(/\s/);
    if (word === "throws") throw new Error("the grader broke");
    if (word === "error")
      return { ...verdictOn(label, []), status: "error", reason: "no evidence", tests: [] };
    const failing = word === "pass" ? [] : word === "fail" ? titles.slice(0, 1) : titles;
    return verdictOn(label, failing, { seed: createHash("md5").update(text).digest("hex") });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
  }
}
