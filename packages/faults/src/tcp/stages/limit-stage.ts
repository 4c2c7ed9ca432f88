import type { BlackholeFault, CutFault, HalfCloseFault } from "../fault.ts";
import { isBytes, type Ending, type Item, type Place, type Stage } from "./stage.ts";

/** What happens behind a number of bytes. */
export interface Limit {
  /** Bytes that pass. */
  afterBytes: number;
  /** Passed on behind them; without it, what follows is only swallowed. */
  ending?: Ending;
  /** Said when the limit is reached. */
  record?: string;
  /** This comes by itself after some ms: `from` the connection's begin, or from when the limit is reached. */
  timed?: { ms: number; from: "begin" | "limit"; ending: Ending };
}

export function cut({ afterBytes, afterMs = 0, by }: CutFault): Limit {
  const ending = (when: string): Ending => ({ by, of: "connection", what: `cut ${when}, ${by}` });
  if (afterBytes !== undefined) return { afterBytes, ending: ending(`at byte ${afterBytes}`) };
  return {
    afterBytes: Infinity,
    timed: { ms: afterMs, from: "begin", ending: { ...ending(`after ${afterMs} ms`), urgent: true } },
  };
}

export function halfClose({ afterBytes = 0 }: HalfCloseFault): Limit {
  return {
    afterBytes,
    ending: { by: "FIN", of: "direction", what: `half-closed at byte ${afterBytes}, FIN` },
  };
}

export function blackhole({ afterBytes = 0, closeAfter, by = "FIN" }: BlackholeFault): Limit {
  const record = `blackhole behind byte ${afterBytes}`;
  if (closeAfter === undefined) return { afterBytes, record };
  const ending: Ending = {
    by,
    of: "connection",
    urgent: true,
    what: `closed after ${closeAfter} ms of blackhole, ${by}`,
  };
  return { afterBytes, record, timed: { ms: closeAfter, from: "limit", ending } };
}

/** Passes a number of bytes, then ends or swallows. Holds nothing. */
export class LimitStage implements Stage {
  readonly held = 0;
  readonly #limit: Limit;
  readonly #place: Place;
  #passed = 0;
  #reached = false;
  #timer: unknown;

  constructor(limit: Limit, place: Place) {
    this.#limit = limit;
    this.#place = place;
  }

  start(): void {
    if (this.#limit.timed?.from === "begin") this.#setTimer();
    if (this.#limit.afterBytes === 0) this.#reach();
  }

  take(item: Item): void {
    if (this.#reached) {
      if (this.#limit.ending === undefined) {
        this.#place.record(isBytes(item) ? `${item.length} bytes swallowed` : `${item.by} swallowed`);
      }
      return;
    }
    if (!isBytes(item)) return this.#place.pass(item);
    const room = this.#limit.afterBytes - this.#passed;
    this.#passed += Math.min(room, item.length);
    this.#place.pass(item.length <= room ? item : item.subarray(0, room));
    if (item.length < room) return;
    this.#reach();
    if (item.length > room) this.take(item.subarray(room));
  }

  release(): Item[] {
    if (this.#timer !== undefined) this.#place.timers.clearTimeout(this.#timer);
    return [];
  }

  #reach(): void {
    this.#reached = true;
    if (this.#limit.record !== undefined) this.#place.record(this.#limit.record);
    if (this.#limit.timed?.from === "limit") this.#setTimer();
    if (this.#limit.ending) this.#place.pass(this.#limit.ending);
  }

  #setTimer(): void {
    const { timed } = this.#limit;
    if (timed === undefined) return;
    this.#timer = this.#place.timers.setTimeout(() => {
      this.#reached = true;
      this.#place.pass(timed.ending);
    }, timed.ms);
  }
}
