import { RecentWindow, type WindowLimits } from "./recent-window.ts";

/** What to do with a request that came. */
export type Admission =
  /** New: run it, then call `finish`. */
  | { status: "execute" }
  /** Seen, and still running: say nothing, its one reply is on the way. */
  | { status: "running" }
  /** Seen and done: send this reply again, or nothing if it ended without one. */
  | { status: "answered"; reply: Uint8Array | undefined }
  /** New, but as many as may run at once are running: drop it, a retry comes later. */
  | { status: "overloaded" };

export interface AtMostOnceLimits extends WindowLimits {
  /** Requests that may run at once. */
  maxRunning: number;
}

/** What an entry costs beside its reply, in bytes: key, Map slot, objects. An estimate, rather high. */
export const ENTRY_OVERHEAD = 512;

/**
 * Decides which request is new: at most one execution a key, as long as the window remembers it. A retry is not a new
 * request, for "the reply was lost" and "the request was lost" look the same to the client.
 */
export class AtMostOnce {
  readonly #running = new Set<string>();
  readonly #answered: RecentWindow<string, Uint8Array | undefined>;
  readonly #maxRunning: number;

  constructor({ maxRunning, ...window }: AtMostOnceLimits) {
    this.#maxRunning = maxRunning;
    this.#answered = new RecentWindow(window);
  }

  get running(): number {
    return this.#running.size;
  }

  /** Replies that were forgotten before their time, to make room. */
  get evicted(): number {
    return this.#answered.evicted;
  }

  /** `key` names the request: its client's address and port, and its id. */
  admit(key: string, now: number): Admission {
    if (this.#running.has(key)) return { status: "running" };
    const answered = this.#answered.get(key, now);
    if (answered) return { status: "answered", reply: answered.value };
    if (this.#running.size >= this.#maxRunning) return { status: "overloaded" };
    this.#running.add(key);
    return { status: "execute" };
  }

  /** The reply is remembered from now on; undefined when there is none, and none will be tried for. */
  finish(key: string, reply: Uint8Array | undefined, now: number): void {
    if (!this.#running.delete(key)) return;
    this.#answered.add(key, reply, ENTRY_OVERHEAD + (reply?.length ?? 0), now);
  }
}
