import type { Buffer } from "node:buffer";

/** Told where each payload lies: `bytes[start, end)`. The same for all, and all the work a frame is given. */
export type Sink = (bytes: Uint8Array, start: number, end: number) => void;

/** One decoder of length-prefixed frames, behind one door. Each is spoken to in its own wire format. */
export interface Peer {
  name: string;
  /** What a frame is when it is handed over: an object of its own, or only where it lies. */
  gives: "Uint8Array" | "Buffer" | "span";
  /** Ours are the measure, not the competition. */
  ours?: true;
  /** What stands in front of a payload of `length` bytes. */
  header(length: number): Buffer;
  /** Longest payload behind one header, where that is less than 64 MiB; a longer one goes in parts of `longest + 1`. */
  longest?: number;
  /** Decodes a whole stream, frame by frame into `sink`. */
  decode(chunks: Iterable<Buffer>, sink: Sink): void | Promise<void>;
}

/** Longest payload that any of them is told to expect, in bytes. */
export const LONGEST = 2 ** 31 - 1;
