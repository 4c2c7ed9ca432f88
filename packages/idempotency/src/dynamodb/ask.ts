import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { backoffDelays } from "@tcpip-workshop/core/deadline";
import { NetError } from "@tcpip-workshop/core/net-error";
import { outcomeOf } from "./outcome.ts";

export interface Patience {
  /** For all attempts together, in ms. */
  readonly timeout: number;
  readonly attempts: number;
  readonly random: () => number;
}

export interface Question<T> {
  /** Whether it may be asked again when nobody knows if it was done: a read, or a transaction under its token. */
  readonly repeatable: boolean;
  /** The token stays the same as long as an earlier attempt may have been done with it. */
  readonly send: (signal: AbortSignal, token: string) => Promise<T>;
}

export type Answer<T> = { readonly answer: T } | { readonly refused: number };

/**
 * Asks until there is an answer, or a condition that does not hold. Throws `STORE_UNAVAILABLE` when patience ends, or nobody
 * knows whether it was done and it may not be asked again; `ARGUMENT_INVALID` for what DynamoDB will never take. In both,
 * `cause` is the SDK's error.
 */
export async function ask<T>(patience: Patience, { repeatable, send }: Question<T>): Promise<Answer<T>> {
  const signal = AbortSignal.timeout(patience.timeout);
  const waits = backoffDelays({ first: 25, max: 1000, random: patience.random });
  let token = randomUUID();
  let unknown = false;
  let before: NetError | undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      return { answer: await send(signal, token) };
    } catch (error) {
      if (error instanceof NetError) {
        // closed meanwhile: what became of the attempt before is still the answer
        throw before ?? error;
      }
      const outcome = outcomeOf(error);
      if (outcome.is === "refused") {
        return { refused: outcome.index };
      }
      unknown ||= outcome.is === "unknown";
      before = failure(outcome.is === "invalid", attempt, unknown, error);
      const again = outcome.is === "not done" || (outcome.is === "unknown" && repeatable);
      if (!again || attempt >= patience.attempts || !(await waited(waits.next().value, signal))) {
        throw before;
      }
      token = unknown ? token : randomUUID();
    }
  }
}

/** False when the time was over before that. */
async function waited(delay: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(delay, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

function failure(invalid: boolean, attempts: number, unknown: boolean, cause: unknown): NetError {
  const { name, message } = cause as Error;
  const got = `got ${name} in attempt ${attempts}: ${message}`;
  if (invalid) {
    return new NetError("ARGUMENT_INVALID", `Expected DynamoDB to take the request, ${got}`, { cause });
  }
  const what = unknown ? "an answer (it may have been done)" : "DynamoDB to do it";
  return new NetError("STORE_UNAVAILABLE", `Expected ${what}, ${got}`, { cause });
}
