import type { Direction } from "../../record.ts";
import type { Timers } from "../../timers.ts";
import type { MessageEnds } from "../boundary.ts";

/** What ends a direction or the connection. It travels in line, behind the bytes that came before it. */
export interface Ending {
  by: "FIN" | "RST";
  of: "direction" | "connection";
  /** Made by a fault, whose record this is; else it came from the end that sends. */
  what?: string;
  /** Does not wait for the bytes in front of it to find room: a reader that does not read cannot put it off. */
  urgent?: boolean;
}

/** What goes through a stage. */
export type Item = Uint8Array | Ending;

/** One fault at work on one direction of one connection. */
export interface Stage {
  /** Bytes that wait here. */
  readonly held: number;
  /** The connection has begun, or the fault was added to it. */
  start?(): void;
  take(item: Item): void;
  /** The fault is over: stops its timers and gives back what it holds, in order. */
  release(): Item[];
}

/** What a stage knows of where it stands. */
export interface Place {
  readonly connection: number;
  readonly direction: Direction;
  readonly timers: Timers;
  readonly messageEnds: () => MessageEnds;
  /** Hands on to the next stage, or to the socket. */
  pass(item: Item): void;
  record(what: string): void;
}

export function isBytes(item: Item): item is Uint8Array {
  return item instanceof Uint8Array;
}
