import { NetError } from "@tcpip-workshop/core/net-error";
import { DelimiterDecoder, LengthPrefixedDecoder } from "@tcpip-workshop/core/framing";

/**
 * Finds where messages end in one direction of one connection. Called with each chunk in turn; returns the offsets in
 * that chunk just behind each message that ends in it, ascending: `[9]` when the chunk's first 9 bytes complete one.
 */
export type MessageEnds = (chunk: Uint8Array) => readonly number[];

/** Makes a `MessageEnds` for each direction of each connection: how the proxy tells requests and replies apart. */
export type Boundary = () => MessageEnds;

export interface LengthPrefixedBoundaryOptions {
  /** Bytes of the length in front, big-endian, itself not counted. Default 4. */
  prefix?: 1 | 2 | 4;
  /** Longest payload in bytes; a longer one throws `FRAME_TOO_LARGE`. Default 1 MiB. */
  maxFrameLength?: number;
}

/** Messages with their length in front: core's `encodeFrame`. */
export function lengthPrefixed({ prefix = 4, ...options }: LengthPrefixedBoundaryOptions = {}): Boundary {
  return () => {
    const decoder = new LengthPrefixedDecoder({ prefix, ...options });
    return ends((chunk, note) => decoder.forEach(chunk, (_bytes, start, end) => note(prefix + end - start)));
  };
}

/** Messages that end with a delimiter: `delimited("\r\n")`. */
export function delimited(delimiter: string | Uint8Array): Boundary {
  const bytes = typeof delimiter === "string" ? new TextEncoder().encode(delimiter) : delimiter;
  if (bytes.length === 0) {
    throw new NetError("ARGUMENT_INVALID", "Expected a delimiter of at least 1 byte, got none");
  }
  return () => {
    const decoder = new DelimiterDecoder({ delimiter: bytes });
    return ends((chunk, note) => {
      for (const frame of decoder.push(chunk)) note(frame.length + bytes.length);
      if (decoder.error !== undefined) throw decoder.error;
    });
  };
}

/** From the messages' lengths on the wire to where they end: a message may have begun some chunks ago. */
function ends(read: (chunk: Uint8Array, note: (length: number) => void) => void): MessageEnds {
  let seen = 0;
  let end = 0;
  return (chunk) => {
    const found: number[] = [];
    read(chunk, (length) => {
      end += length;
      found.push(end - seen);
    });
    seen += chunk.length;
    return found;
  };
}
