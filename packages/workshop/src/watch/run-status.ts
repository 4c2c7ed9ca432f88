import { duration } from "../text/status-line.ts";

/** A grading that is under way. */
export interface Run {
  label: string;
  /** When it began, by `performance.now()`. */
  started: number;
  done: number;
  total: number;
  /** How long the one before took, in milliseconds. */
  last: number | undefined;
  /** What is in sight is the verdict before. */
  isBehind: boolean;
}

/** `Grading 04-framing: 7 of 15 tests, 0.4 s (last time 1.2 s)`; nobody takes the verdict in sight, if there is one, for its. */
export function runStatus({ label, started, done, total, last, isBehind }: Run, queued: string[]): string {
  const before = last === undefined ? "" : ` (last time ${duration(last)})`;
  const took = isBehind ? "; above is the old verdict" : before;
  const then = queued.length === 0 ? "" : `, then: ${queued.join(" ")}`;
  return `Grading ${label}: ${done} of ${total} tests, ${duration(performance.now() - started)}${took}${then}`;
}
