import { duration } from "../text/status-line.ts";

/** A grading that is under way. */
export interface Run {
  label: string;
  /** When it began, by `performance.now()`. */
  started: number;
  done: number;
  total: number;
  /** How long the one before took, in milliseconds. */
  last?: number;
}

/** `Grading 04-framing: 7 of 15 tests, 0.4 s (last time 1.2 s)` */
export function runStatus({ label, started, done, total, last }: Run, queued: string[]): string {
  const took = last === undefined ? "" : ` (last time ${duration(last)})`;
  const then = queued.length === 0 ? "" : `, then: ${queued.join(" ")}`;
  return `Grading ${label}: ${done} of ${total} tests, ${duration(performance.now() - started)}${took}${then}`;
}
