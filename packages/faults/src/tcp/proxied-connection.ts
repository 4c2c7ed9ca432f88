import type { Socket } from "node:net";
import type { Direction, WireLog } from "../record.ts";
import type { Timers } from "../timers.ts";
import type { Boundary } from "./boundary.ts";
import { appliesTo, worksOn, type Fault } from "./fault.ts";
import { Lane } from "./lane.ts";
import type { Ending } from "./stages/stage.ts";

export interface ProxiedConnectionOptions {
  number: number;
  /** Accepted. */
  client: Socket;
  /** Being dialled. */
  server: Socket;
  log: WireLog;
  timers: Timers;
  boundary: Boundary;
  buffer: number;
}

/** A client's connection and the one dialled for it: two lanes, and one fate. */
export class ProxiedConnection {
  /** Counted from 1, in the order of arrival. */
  readonly number: number;
  /** Both sockets are gone. */
  closed = false;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #log: WireLog;
  readonly #lanes: Record<Direction, Lane>;
  #ended = false;

  constructor(options: ProxiedConnectionOptions) {
    const { number, client, server, log, timers, boundary, buffer } = options;
    this.number = number;
    this.#client = client;
    this.#server = server;
    this.#log = log;
    const lane = (direction: Direction, source: Socket, destination: Socket): Lane =>
      new Lane({
        source,
        destination,
        direction,
        connection: number,
        timers,
        messageEnds: boundary,
        buffer,
        record: (what, direction) => log.add(what, number, direction),
        cut: (ending, direction) => this.#cut(ending, direction),
      });
    this.#lanes = { toServer: lane("toServer", client, server), toClient: lane("toClient", server, client) };
    client.on("error", (error) => log.add(`the client's connection: ${error.message}`, number, "toServer"));
    server.on("error", (error) => log.add(`the server's connection: ${error.message}`, number, "toClient"));
    client.on("close", () => this.#close());
    server.on("close", () => this.#close());
  }

  /** Bytes that the kernel has taken for the server; a write counts when it is taken whole. */
  get bytesToServer(): number {
    return this.#server.bytesWritten - this.#server.writableLength;
  }

  /** Bytes that the kernel has taken for the client; a write counts when it is taken whole. */
  get bytesToClient(): number {
    return this.#client.bytesWritten - this.#client.writableLength;
  }

  add(fault: Fault): void {
    if (!appliesTo(fault, this.number)) return;
    for (const direction of ["toServer", "toClient"] as const) {
      if (worksOn(fault, direction)) this.#lanes[direction].add(fault);
    }
  }

  remove(fault: Fault): void {
    this.#lanes.toServer.remove(fault);
    this.#lanes.toClient.remove(fault);
  }

  /** RST to both ends, at once. */
  reset(what: string): void {
    this.#log.add(what, this.number);
    this.#stop();
    this.#end("RST");
  }

  /** Closes without a word. */
  destroy(): void {
    this.#stop();
    this.#client.destroy();
    this.#server.destroy();
  }

  #cut({ by, what = "RST" }: Ending, direction: Direction): void {
    if (this.#ended) return;
    this.#log.add(what, this.number, direction);
    this.#stop();
    this.#end(by);
  }

  #end(by: "FIN" | "RST"): void {
    for (const socket of [this.#client, this.#server]) {
      if (by === "FIN") socket.end();
      else if (!socket.destroyed) socket.resetAndDestroy();
    }
  }

  #stop(): void {
    this.#ended = true;
    this.#lanes.toServer.stop();
    this.#lanes.toClient.stop();
  }

  #close(): void {
    if (this.closed || !this.#client.closed || !this.#server.closed) return;
    this.closed = true;
    this.#stop();
    const bytes = `${this.bytesToServer} bytes to the server, ${this.bytesToClient} to the client`;
    this.#log.add(`closed: ${bytes}`, this.number);
  }
}
