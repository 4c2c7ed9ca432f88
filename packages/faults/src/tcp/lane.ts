import type { Socket } from "node:net";
import type { Direction } from "../record.ts";
import type { Fault } from "./fault.ts";
import { createStage } from "./stages/create-stage.ts";
import { isBytes, type Ending, type Item, type Place, type Stage } from "./stages/stage.ts";

export interface LaneOptions extends Omit<Place, "pass" | "record"> {
  source: Socket;
  destination: Socket;
  /** Bytes that may wait here before the source is no longer read. */
  buffer: number;
  record: (what: string, direction: Direction) => void;
  /** The whole connection ends. */
  cut: (ending: Ending, direction: Direction) => void;
}

/**
 * One direction of one connection. Without faults it is Node's own pipe, chunk by chunk untouched; with faults each
 * chunk, FIN and RST goes through their stages in turn and is then written, one piece a system call.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #stages: { fault: Fault; stage: Stage }[] = [];
  readonly #queue: Item[] = [];
  #queued = 0;
  #writing = false;
  #pumping = false;
  #over = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    const { source, destination, direction, record } = options;
    source.on("end", () => {
      record("FIN", direction);
      if (this.#pumping) this.#pass(0, { by: "FIN", of: "direction" });
    });
    source.on("error", () => this.#pass(0, { by: "RST", of: "connection" }));
    // and not the destination's errors: they are the other lane's source's
    source.pipe(destination);
  }

  add(fault: Fault): void {
    if (this.#over) return;
    const stage: Stage = createStage(fault, {
      ...this.#options,
      pass: (item) => this.#pass(this.#stages.findIndex((entry) => entry.stage === stage) + 1, item),
      record: (what) => this.#options.record(what, this.#options.direction),
    });
    this.#stages.push({ fault, stage });
    this.#pump();
    stage.start?.();
  }

  /** Takes a fault away; what it held goes on at once. */
  remove(fault: Fault): void {
    const index = this.#stages.findIndex((entry) => entry.fault === fault);
    const [entry] = index < 0 ? [] : this.#stages.splice(index, 1);
    for (const item of entry?.stage.release() ?? []) this.#pass(index, item);
  }

  /** From now on reads and throws away: bytes left unread would make the kernel send RST for FIN. */
  stop(): void {
    this.#pump();
    this.#over = true;
    this.#queue.length = 0;
    this.#queued = 0;
    for (const { stage } of this.#stages.splice(0)) stage.release();
    this.#options.source.resume();
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    const { source, destination } = this.#options;
    source.unpipe(destination);
    source.on("data", (chunk: Buffer) => {
      this.#pass(0, chunk);
      if (this.#waiting() >= this.#options.buffer) source.pause();
    });
    source.resume();
  }

  #pass(index: number, item: Item): void {
    if (this.#over) return;
    const next = this.#stages[index];
    if (next) next.stage.take(item);
    else this.#deliver(item);
  }

  #deliver(item: Item): void {
    if (!isBytes(item) && item.by === "RST" && (item.what === undefined || item.urgent)) {
      return this.#options.cut(item, this.#options.direction);
    }
    this.#queue.push(item);
    if (isBytes(item)) this.#queued += item.length;
    if (!this.#writing) this.#write();
  }

  #write(): void {
    this.#writing = false;
    const { source, destination, direction } = this.#options;
    for (let item = this.#queue.shift(); item !== undefined; item = this.#queue.shift()) {
      if (isBytes(item)) {
        const { length } = item;
        if (!destination.writable) {
          this.#queued -= length;
          continue;
        }
        // One at a time: what waits in the stream would go out as one, however it was sliced.
        this.#writing = true;
        destination.write(item, () => {
          this.#queued = Math.max(0, this.#queued - length);
          this.#write();
        });
        return;
      }
      if (item.of === "connection") return this.#options.cut(item, direction);
      if (item.what !== undefined) this.#options.record(item.what, direction);
      destination.end();
    }
    if (source.isPaused() && this.#waiting() < this.#options.buffer) source.resume();
  }

  #waiting(): number {
    return this.#stages.reduce((sum, { stage }) => sum + stage.held, this.#queued);
  }
}
