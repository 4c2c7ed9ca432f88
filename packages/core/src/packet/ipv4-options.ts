import { NetError } from "../net-error.ts";
import { uint } from "./bytes.ts";
import { optionLength, paddedLength } from "./header-options.ts";
import { view } from "../framing/view.ts";

/** One option of an IPv4 header, RFC 791 §3.1; known or not, its data stay bytes. */
export interface Ipv4Option {
  /** Copied flag, class and number in one byte: 1 no operation, 7 record route, 68 timestamp, 148 router alert, … */
  readonly type: number;
  /** What follows the type and the length. Nothing, with a no operation. */
  readonly data: Uint8Array;
}

/** The options in `bytes[start, end)`, up to an end of option list (type 0), behind which is padding. */
export function readIpv4Options(bytes: Uint8Array, start: number, end: number): readonly Ipv4Option[] {
  const options: Ipv4Option[] = [];
  for (let at = start; at < end;) {
    const type = bytes[at]!;
    if (type === END) break;
    const length = type === NO_OPERATION ? 1 : optionLength(bytes, at, end);
    options.push({ type, data: view(bytes, Math.min(at + 2, at + length), at + length) });
    at += length;
  }
  return options;
}

/** In bytes, padding included. @throws NetError `ARGUMENT_INVALID` when there is not that much room in a header. */
export function ipv4OptionsLength(options: readonly Ipv4Option[]): number {
  let length = 0;
  for (const { type, data } of options) length += type === NO_OPERATION ? 1 : 2 + data.length;
  return paddedLength(length);
}

export function writeIpv4Options(bytes: Uint8Array, start: number, options: readonly Ipv4Option[]): void {
  let at = start;
  for (const { type, data } of options) {
    if (type === END)
      throw new NetError("ARGUMENT_INVALID", "Expected an option's type from 1, got 0, which ends the list");
    bytes[at++] = uint("an option's type", type, 8);
    if (type === NO_OPERATION) continue;
    bytes[at++] = 2 + data.length;
    bytes.set(data, at);
    at += data.length;
  }
}

const END = 0;
const NO_OPERATION = 1;
