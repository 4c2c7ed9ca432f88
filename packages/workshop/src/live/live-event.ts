import type { Verdict } from "@tcpip-workshop/grader";
import type { VerdictContext } from "../text/verdict-text.ts";

/** What happens while somebody works on an exercise: the terminal and the page tell the same story from these. */
export type LiveEvent =
  /** How changes are noticed; `why` where file events do not arrive. */
  | { kind: "watching"; label: string; how: "events" | "polling"; why?: string }
  /** A grading of the answer as it is now has begun. `last` is how long the one before took, in milliseconds. */
  | { kind: "grading"; label: string; total: number; last?: number }
  /** One test of it is over. */
  | { kind: "test"; label: string; title: string; status: "pass" | "fail"; done: number; total: number }
  /** It goes on, and a test has failed: what is to be said of the first of those, long before the verdict. */
  | { kind: "failing"; label: string; verdict: Verdict; context: VerdictContext }
  /** It is over. Never sent for an answer that was changed meanwhile: that one is graded again first. */
  /** `kept` is what is to be told of what it has left: progress.txt has it by now. */
  | { kind: "verdict"; label: string; verdict: Verdict; context: VerdictContext; kept?: string }
  /** The answer's sockets, as the kernel has them while the suite runs: `ss`'s columns, a line each. */
  | { kind: "sockets"; label: string; lines: string[] }
  /**
   * The grader itself broke; it starts anew with the next save. `isUnreadable`: it is the exercise, which cannot be read; it is
   * graded as soon as it can be.
   */
  | { kind: "broken"; label: string; message: string; isUnreadable?: boolean };

export type LiveListener = (event: LiveEvent) => void;

/** Grades the answer to one exercise whenever it is saved. */
export interface Live extends AsyncDisposable {
  /** The exercise under grading. */
  readonly label: string;
  /** The last verdict on the answer of {@link label}, or nothing yet. */
  readonly last: Extract<LiveEvent, { kind: "verdict" }> | undefined;
  /** Events from now on; returns what takes the listener off. */
  listen(listener: LiveListener): () => void;
  /** Goes on with another exercise, and grades its answer. */
  turnTo(label: string): void;
  /** Grades now, changed or not. */
  grade(): void;
  /** Whether somebody wants to see the answer's sockets while the suite runs: nobody does at first, for each look costs CPU. */
  watchSockets?(wanted: boolean): void;
}
