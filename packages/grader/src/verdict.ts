import type { Failure } from "./suite/failure.ts";
import type { Page } from "./suite/page.ts";

/** What came of one test, as plain data. */
export interface TestVerdict {
  title: string;
  status: "pass" | "fail";
  /** Milliseconds. */
  duration: number;
  /** Why this matters in production, in a sentence. */
  why: string;
  /** Where to read: the lesson's heading, the RFC's section. */
  read: string;
  /** The first level of the test's hints. */
  hint: string;
  /** What the answer printed meanwhile, stdout and stderr, cut off at 64 KiB for the whole suite. */
  output: string;
  /** Only of a failed test. */
  failure?: Failure;
  /** What its network saw, of a passed test too; nothing where the suite keeps no record. */
  wire?: Wire[];
}

/** What one proxy, relay, tap or peer saw. */
export interface Wire {
  /** As the suite calls it, or empty. */
  name: string;
  /** In order; those in the middle of many are left out. */
  events?: WireEvent[];
  /** How many were left out, behind so many events. */
  left?: { after: number; count: number };
  /** In place of events, for a source that only has lines. */
  lines?: string[];
}

export interface WireEvent {
  /** Milliseconds since its source began. */
  at: number;
  /** Connection or flow, from 1. */
  connection?: number;
  direction?: "toServer" | "toClient";
  what: string;
}

/** What came of grading one answer, as plain data: it can be printed, stored, sent and compared. */
export interface Verdict {
  /** The exercise's label: `04-framing`. */
  exercise: string;
  /** `pass`: exactly the expected tests ran, and all passed. `fail`: one failed. `error`: nothing can be said of the answer. */
  status: "pass" | "fail" | "error";
  /** Why it is an `error`, in a sentence. */
  reason?: string;
  /** In teaching order. */
  tests: TestVerdict[];
  /** What the suite has to tell beyond it, if it has. */
  page?: Page;
  /** How many processes the answer needed: one, plus one for each that it killed or that was ended, but not by the suite. */
  processes: number;
  /** What the run's random test data grew from: 128 bits, 32 hexadecimal digits. The answer never hears of it. */
  seed: string;
  /** Milliseconds for the whole of it. */
  duration: number;
}
