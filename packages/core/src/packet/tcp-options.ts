import { NetError } from "../net-error.ts";
import { readUint16, readUint32, uint, writeUint16, writeUint32 } from "./bytes.ts";
import { NO_OPTIONS, optionLength, paddedLength } from "./header-options.ts";
import { invalid } from "./refusal.ts";
import { view } from "../framing/view.ts";

/** One option of a TCP header, RFC 9293 §3.2: a kind, a length that counts both, and data. */
export type TcpOption =
  /** Kind 1: one byte of padding between options. */
  | { readonly kind: "no-operation" }
  /** Kind 2, in SYNs: the most payload, in bytes, that the sender takes in one segment (RFC 9293 §3.7.1). */
  | { readonly kind: "mss"; readonly mss: number }
  /** Kind 3, in SYNs: windows from here on are to be shifted left by so many bits (RFC 7323 §2.2). Above 14 take it for 14. */
  | { readonly kind: "window-scale"; readonly shift: number }
  /** Kind 4, in SYNs: the sender understands selective acknowledgments (RFC 2018 §2). */
  | { readonly kind: "sack-permitted" }
  /** Kind 8: the sender's clock, and the peer's that it saw last (RFC 7323 §3.2). */
  | { readonly kind: "timestamps"; readonly value: number; readonly echoReply: number }
  /** Any other: its number, and what follows the length. */
  | { readonly kind: "other"; readonly number: number; readonly data: Uint8Array };

/** The options in `bytes[start, end)`, up to an end of option list (kind 0), behind which is padding. */
export function readTcpOptions(bytes: Uint8Array, start: number, end: number): readonly TcpOption[] {
  const options: TcpOption[] = [];
  for (let at = start; at < end;) {
    const number = bytes[at]!;
    if (number === Kind.END) break;
    if (number === Kind.NO_OPERATION) {
      options.push(NO_OPERATION);
      at++;
      continue;
    }
    const length = optionLength(bytes, at, end);
    options.push(readOption(bytes, at, number, length));
    at += length;
  }
  return options.length === 0 ? NO_OPTIONS : options;
}

/** In bytes, padding included. @throws NetError `ARGUMENT_INVALID` when there is not that much room in a header. */
export function tcpOptionsLength(options: readonly TcpOption[]): number {
  let length = 0;
  for (const option of options) length += encodedLength(option);
  return paddedLength(length);
}

export function writeTcpOptions(bytes: Uint8Array, start: number, options: readonly TcpOption[]): void {
  let at = start;
  for (const option of options) {
    writeOption(bytes, at, option);
    at += encodedLength(option);
  }
}

const Kind = {
  END: 0,
  NO_OPERATION: 1,
  MSS: 2,
  WINDOW_SCALE: 3,
  SACK_PERMITTED: 4,
  TIMESTAMPS: 8,
} as const;
const NO_OPERATION: TcpOption = Object.freeze({ kind: "no-operation" });
const SACK_PERMITTED: TcpOption = Object.freeze({ kind: "sack-permitted" });
const LENGTHS = {
  "no-operation": 1,
  mss: 4,
  "window-scale": 3,
  "sack-permitted": 2,
  timestamps: 10,
} as const;

function readOption(bytes: Uint8Array, at: number, number: number, length: number): TcpOption {
  switch (number) {
    case Kind.TIMESTAMPS:
      expectLength(LENGTHS.timestamps, length, at);
      return { kind: "timestamps", value: readUint32(bytes, at + 2), echoReply: readUint32(bytes, at + 6) };
    case Kind.MSS:
      expectLength(LENGTHS.mss, length, at);
      return { kind: "mss", mss: readUint16(bytes, at + 2) };
    case Kind.WINDOW_SCALE:
      expectLength(LENGTHS["window-scale"], length, at);
      return { kind: "window-scale", shift: bytes[at + 2]! };
    case Kind.SACK_PERMITTED:
      expectLength(LENGTHS["sack-permitted"], length, at);
      return SACK_PERMITTED;
    default:
      return { kind: "other", number, data: view(bytes, at + 2, at + length) };
  }
}

function expectLength(expected: number, got: number, at: number): void {
  if (got !== expected) throw invalid(`an option's length of ${expected}`, got, at + 1);
}

function writeOption(bytes: Uint8Array, at: number, option: TcpOption): void {
  switch (option.kind) {
    case "no-operation":
      bytes[at] = Kind.NO_OPERATION;
      break;
    case "mss":
      writeHead(bytes, at, Kind.MSS, LENGTHS.mss);
      writeUint16(bytes, at + 2, uint("an MSS", option.mss, 16));
      break;
    case "window-scale":
      writeHead(bytes, at, Kind.WINDOW_SCALE, LENGTHS["window-scale"]);
      bytes[at + 2] = uint("a window's shift", option.shift, 8);
      break;
    case "sack-permitted":
      writeHead(bytes, at, Kind.SACK_PERMITTED, LENGTHS["sack-permitted"]);
      break;
    case "timestamps":
      writeHead(bytes, at, Kind.TIMESTAMPS, LENGTHS.timestamps);
      writeUint32(bytes, at + 2, uint("a timestamp's value", option.value, 32));
      writeUint32(bytes, at + 6, uint("a timestamp's echo reply", option.echoReply, 32));
      break;
    case "other":
      // 0 and 1 stand alone, without a length.
      if (option.number < 2) {
        throw new NetError("ARGUMENT_INVALID", `Expected an option's kind from 2, got ${option.number}`);
      }
      writeHead(bytes, at, uint("an option's kind", option.number, 8), encodedLength(option));
      bytes.set(option.data, at + 2);
      break;
  }
}

function writeHead(bytes: Uint8Array, at: number, number: number, length: number): void {
  bytes[at] = number;
  bytes[at + 1] = length;
}

function encodedLength(option: TcpOption): number {
  return option.kind === "other" ? 2 + option.data.length : LENGTHS[option.kind];
}
