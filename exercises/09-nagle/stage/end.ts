import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { eventually, expect } from "@tcpip-workshop/grader/suite";
import { readTable, rowOf, type Row } from "./connection-table.ts";
import { charge, counted, frameOf, isRequest, order } from "./frames.ts";
import { WireLog } from "./wire-log.ts";

/** What an exchange has shown, which found our kernel holding back its ACKs. */
export interface Look {
  kind: "held" | "prompt" | "unclear";
  /** Bytes that were written, and not sent. */
  bytes: number;
  milliseconds: number;
}

/** Milliseconds. Linux sends a delayed ACK after 40 at the soonest (TCP_DELACK_MIN), counted in ticks of up to 10. */
export const shortestDelay = 30;

/** The suite's end of one connection: what has come in the exchange under way. */
export class End implements AsyncDisposable {
  static async connect(port: number, { noDelay = true } = {}): Promise<End> {
    const socket = connect({ port, host: "127.0.0.1", noDelay });
    await once(socket, "connect");
    return new End(socket);
  }

  timeline(): string[] {
    return this.log.timeline();
  }

  /** Bytes behind the last whole frame. */
  get unfinished(): Uint8Array {
    return this.#pending;
  }

  frames: Uint8Array[] = [];
  /** Bytes of this exchange that have been read. */
  received = 0;
  complete = false;
  /** Whether to look at the kernel's table in the exchanges that begin when we have sent something. */
  isWatched = false;
  /** When its first byte could be sent at the soonest. */
  beginsAt = 0;
  readonly looks: Look[] = [];
  readonly log: WireLog;
  onComplete: () => void = () => {};
  readonly #socket: Socket;
  #due: number | undefined;
  #pending: Buffer = Buffer.alloc(0);
  #isArmed = false;
  #held = 0;
  readonly #number: number;

  constructor(socket: Socket, log = new WireLog()) {
    this.#socket = socket;
    this.log = log;
    this.#number = log.connects();
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
  }

  /** Forgets the last exchange. The next one is over with so many frames, or with a whole request. */
  begin(due?: number): void {
    [this.frames, this.received, this.complete, this.#held, this.#due] = [[], 0, false, 0, due];
  }

  /** All in one write. What comes next is looked at, if our kernel delays its ACKs from now on. */
  send(payloads: Uint8Array[]): void {
    const bytes = Buffer.concat(payloads.map(frameOf));
    this.#socket.write(bytes);
    this.log.sends(this.#number, bytes.length);
    this.beginsAt = performance.now();
    this.#isArmed = this.isWatched && this.delaysAcks(readTable());
  }

  /** As it is done in the incident. */
  sendApart(): void {
    this.begin(2);
    for (const payload of [charge, order]) this.#socket.write(frameOf(payload));
  }

  /** A call; done when the reply is there. */
  async exchange(): Promise<void> {
    this.begin(2);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.onComplete = resolve;
    this.send([charge, order]);
    await Promise.race([promise, this.whole("The reply must come")]);
  }

  async whole(rule: string): Promise<void> {
    const whole = "a whole message";
    const some = () => `${this.frames.length} whole frames, and ${counted(this.#pending.length)} more`;
    const shown = {
      within: 600,
      expected: whole,
      received: () => (this.received === 0 ? "no byte" : some()),
    };
    await eventually(() => this.complete || this.#socket.closed, rule, shown);
    expect(this.complete ? whole : `the connection was closed behind ${some()}`, rule).toBe(whole);
  }

  /** Reads no more: the kernel's buffers fill. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Bytes of this exchange that have come. */
  arrived(table: string): number {
    return this.received + this.#ours(table).recvQ;
  }

  /** Bytes of this exchange that have been written over there, acknowledged or not; some may be counted twice. */
  written(table: string): number {
    return this.#theirs(table).sendQ + this.arrived(table);
  }

  /** Bytes that neither end's kernel has got rid of. */
  inKernel(table: string): number {
    return this.#theirs(table).sendQ + this.#ours(table).recvQ;
  }

  /** The kernel holds its ACKs back here, in the hope of data that can carry them ("pingpong"). */
  delaysAcks(table: string): boolean {
    return this.#ours(table).pingPong;
  }

  /** Bytes that have been written over there, and not been sent. Send-Q counts all that is not acknowledged. */
  held(table: string, later = table): number {
    return Math.max(0, this.#theirs(table).sendQ - this.arrived(later));
  }

  /** At this moment. Two looks, so that bytes on their way between two rows are not mistaken for bytes that are held. */
  heldNow(): number {
    const table = readTable();
    return this.held(table) && this.held(table, readTable());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    if (!this.#socket.closed) await once(this.#socket, "close");
  }

  #theirs(table: string): Row {
    return rowOf(table, this.#socket.remotePort, this.#socket.localPort);
  }

  #ours(table: string): Row {
    return rowOf(table, this.#socket.localPort, this.#socket.remotePort);
  }

  #read(chunk: Buffer): void {
    if (this.complete) this.begin();
    this.received += chunk.length;
    this.log.gets(this.#number, chunk.length);
    this.#pending = Buffer.concat([this.#pending, chunk]);
    let at = 0;
    for (let end; at + 4 <= this.#pending.length; at = end) {
      end = at + 4 + this.#pending.readUInt32BE(at);
      if (this.#pending.length < end) break;
      this.frames.push(Uint8Array.from(this.#pending.subarray(at + 4, end)));
    }
    this.#pending = this.#pending.subarray(at);
    this.complete = this.#due === undefined ? isRequest(this.frames) : this.frames.length >= this.#due;
    if (this.#isArmed && this.complete) this.#judge();
    else if (this.#isArmed && this.received <= 100) this.#held ||= this.heldNow();
    if (this.complete) this.onComplete();
  }

  /** Over sooner than the kernel sends a delayed ACK: not held. Later, and not seen held: the machine may have been busy. */
  #judge(): void {
    const milliseconds = performance.now() - this.beginsAt;
    const kind = milliseconds < shortestDelay ? "prompt" : this.#held > 0 ? "held" : "unclear";
    this.looks.push({ kind, bytes: this.#held, milliseconds });
  }
}
