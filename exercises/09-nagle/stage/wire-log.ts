import { counted } from "./frames.ts";

interface Event {
  /** Milliseconds. */
  at: number;
  connection: number;
  way: "arrive" | "sent by the test";
  bytes: number;
}

/** Milliseconds: what comes in chunks so close behind each other is one line. */
const together = 5;

/** More than a failure shows. */
const most = { first: 8, last: 16 };

/** What the suite's ends have sent and got, for the reader of a failure. */
export class WireLog {
  #connections = 0;
  readonly #start = performance.now();
  readonly #first: Event[] = [];
  readonly #last: Event[] = [];

  /** @returns the number of a new connection */
  connects(): number {
    return ++this.#connections;
  }

  gets(connection: number, bytes: number): void {
    this.#add({ at: performance.now(), connection, way: "arrive", bytes });
  }

  sends(connection: number, bytes: number): void {
    this.#add({ at: performance.now(), connection, way: "sent by the test", bytes });
  }

  timeline(): string[] {
    return [...this.#first, ...this.#last].map(({ at, connection, way, bytes }) => {
      const time = (at - this.#start).toFixed(1).padStart(8);
      return `${time} ms  #${connection}  ${counted(bytes)} ${way}`;
    });
  }

  #add(event: Event): void {
    const before = this.#last.at(-1) ?? this.#first.at(-1);
    const isMore =
      before?.connection === event.connection && before.way === "arrive" && event.way === "arrive";
    if (isMore && event.at - before.at < together) before.bytes += event.bytes;
    else if (this.#first.length < most.first) this.#first.push(event);
    else if (this.#last.push(event) > most.last) this.#last.shift();
  }
}
