import { NetError } from "@tcpip-workshop/core/net-error";

/** Towards whom bytes go: the server that was dialled, or the client that dials. */
export type Direction = "toServer" | "toClient";

/** What a resource saw or did, in order. */
export interface WireRecord {
  /** Milliseconds since the resource started. */
  at: number;
  /** Connection or flow, counted from 1 in the order of arrival. */
  connection?: number;
  direction?: Direction;
  /** `cut at byte 4097, RST`, `datagram 2 dropped`. */
  what: string;
}

export interface TimelineOptions {
  /** Lines at most; the middle of a longer one is replaced by a count. Default 40, at least 3. */
  limit?: number;
}

export interface UntilOptions {
  /** Milliseconds of real time. Default 10,000: not a measure of speed, only so that a wait ends. */
  timeout?: number;
}

/**
 * Keeps a resource's records and wakes those who wait for one: tests wait for states, not for time. Holds 10,000
 * records; beyond, it counts.
 */
export class WireLog {
  readonly records: WireRecord[] = [];
  #left = 0;
  #ended = false;
  readonly #now: () => number;
  readonly #start: number;
  readonly #waiting = new Set<() => void>();

  /** `now` in milliseconds, from any origin. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#start = now();
  }

  add(what: string, connection?: number, direction?: Direction): void {
    if (this.#ended) {
      // only those who wait are told
    } else if (this.records.length < MOST_RECORDS) {
      this.records.push({
        at: this.#now() - this.#start,
        ...(connection !== undefined && { connection }),
        ...(direction !== undefined && { direction }),
        what,
      });
    } else {
      this.#left++;
    }
    this.changed();
  }

  /** The resource is being disposed of: what comes now is its own clearing away, and no record of what it saw. */
  end(): void {
    this.#ended = true;
  }

  /** Something other than the records has changed, such as a count of bytes: those who wait look again. */
  changed(): void {
    for (const look of this.#waiting) look();
  }

  timeline(options?: TimelineOptions): string[] {
    const lines = timeline(this.records, options);
    if (this.#left > 0) lines.push(`… and ${this.#left} records more than the ${MOST_RECORDS} kept`);
    return lines;
  }

  /**
   * Waits until `condition` holds; it is asked at once, on each change, and every 10 ms. Throws `TOTAL_TIMEOUT` with the timeline
   * when it does not, and what `condition` throws.
   */
  async until(condition: () => boolean, { timeout = 10_000 }: UntilOptions = {}): Promise<void> {
    if (condition()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = (): void => {
      try {
        if (condition()) resolve();
      } catch (error) {
        reject(error);
      }
    };
    const timer = setTimeout(() => {
      const seen = this.timeline().join("\n");
      reject(
        new NetError("TOTAL_TIMEOUT", `Expected ${String(condition)} within ${timeout} ms, got:\n${seen}`),
      );
    }, timeout);
    this.#waiting.add(look);
    // for states that change without a word, such as a socket's counts
    const polling = setInterval(look, 10);
    try {
      await promise;
    } finally {
      this.#waiting.delete(look);
      clearInterval(polling);
      clearTimeout(timer);
    }
  }
}

/** Records as lines to print, aligned: `    12.3 ms  #1  → server  cut at byte 4097, RST`. */
export function timeline(records: readonly WireRecord[], { limit = 40 }: TimelineOptions = {}): string[] {
  const lines = Math.max(limit, 3);
  const left = records.length - lines + 1;
  const head = Math.ceil((lines - 1) / 2);
  const width = Math.max(0, ...records.map((record) => numberOf(record).length));
  const print = (record: WireRecord): string => line(record, width);
  if (records.length <= lines) return records.map(print);
  return [
    ...records.slice(0, head).map(print),
    `… ${left} records …`,
    ...records.slice(head + left).map(print),
  ];
}

function line(record: WireRecord, width: number): string {
  const at = `${record.at.toFixed(1)} ms`.padStart(11);
  const arrow =
    record.direction === undefined ? "" : record.direction === "toServer" ? "→ server" : "→ client";
  return `${at}  ${numberOf(record).padEnd(width)}  ${arrow.padEnd(8)}  ${record.what}`;
}

function numberOf(record: WireRecord): string {
  return record.connection === undefined ? "" : `#${record.connection}`;
}

const MOST_RECORDS = 10_000;
