import { setTimeout } from "node:timers/promises";
import { inject } from "vitest";
import { kernelView } from "../process/kernel.ts";
import { showCompared } from "./show.ts";
import { sessions } from "./sessions.ts";
import { NoEvidence } from "./statistics.ts";

export interface WaitOptions {
  /** Milliseconds, what the answer and we ourselves waited for a CPU not counted; 1000 without it. */
  within?: number;
  /** What the failure shows beside the sentence, when the state never came. */
  expected?: unknown;
  received?: () => unknown;
}

const defaultWithin = 1000;
/** However busy the machine: past so many times the limit by the wall clock it is over. */
const patience = 20;
/** Milliseconds between two looks: soon at first, for most states do come. */
const [shortestInterval, longestInterval] = [2, 8];
/** A look at the kernel's table costs some 5 ms of CPU: the longer a wait is in vain, the smaller a part of it goes in looking. */
const leastPause = { timesTheLook: 8, growsOver: 50 };
/** Milliseconds that one look may come late and still count whole: our own loop may have taken longer to come round. */
const lateness = 2;
/** Milliseconds; the most that a look itself counts for. */
const mostOfOneLook = 10;

/**
 * Waits until `condition` holds. A state is waited for, never a time: use it for what a socket, the kernel's table or a
 * counter will show.
 *
 * @param rule the rule that is broken when it never does, as a sentence: the failure's first line
 * @throws {AnswerFailure} when the answer's process dies meanwhile
 */
export async function eventually(
  condition: () => unknown,
  rule: string,
  options: WaitOptions = {},
): Promise<void> {
  if (await holds(condition, options.within ?? defaultWithin)) return;
  throw new NeverCame(rule, options);
}

/**
 * Waits until what the test itself sets out to do has happened: the relay dropped the datagram, the kernel shows
 * SYN-SENT. Otherwise the verdict is `error`.
 *
 * @throws {NoEvidence}
 * @throws {AnswerFailure} when the answer's process dies meanwhile
 */
export async function awaitEvidence(condition: () => unknown, what: string, within = 5000): Promise<void> {
  if (!(await holds(condition, within))) throw new NoEvidence(`Expected to see, before judging: ${what}`);
}

async function holds(condition: () => unknown, limit: number): Promise<boolean> {
  // Whoever stands at a breakpoint takes all the time there is.
  const within = inject("answerInspect") === true ? Number.POSITIVE_INFINITY : limit;
  const started = performance.now();
  const starvedBefore = starved();
  for (let [counted, last, pause] = [0, started, 0]; ;) {
    const look = performance.now();
    // Asked before the clock is: a reply that came while we had no CPU has come in time.
    if (await condition()) return true;
    for (const session of sessions) if (session.failure) throw session.failure;
    const now = performance.now();
    const cost = Math.min(now - look, mostOfOneLook);
    counted += Math.min(now - last, pause + cost + lateness);
    last = now;
    if (now - started > within * patience) return false;
    if (counted > within && counted - (starved() - starvedBefore) > within) return false;
    const dear = cost * Math.min(leastPause.timesTheLook, counted / leastPause.growsOver);
    pause = Math.max(dear, Math.min(longestInterval, shortestInterval + counted / 50));
    await setTimeout(pause);
  }
}

/** Milliseconds that the answers have been ready to run, and had no CPU. */
function starved(): number {
  const waited = [...sessions].map(({ pid }) => (pid && kernelView(pid)?.waitedForCpu) || 0);
  return waited.reduce((sum, nanoseconds) => sum + nanoseconds / 1e6, 0);
}

/** To whoever reads it this is an assertion like any other, with the table as it is now: before the test cleans up. */
class NeverCame extends Error {
  override readonly name = "AssertionError";
  readonly sockets = [...sessions].flatMap((session) => session.sockets());
  readonly shown: { expected: string[]; received: string[] } | undefined;

  constructor(rule: string, options: WaitOptions) {
    super(rule);
    if (options.received === undefined) return;
    this.shown = showCompared(options.expected, options.received());
  }
}
