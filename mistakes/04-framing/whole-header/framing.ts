// Mistake: believes that payloads are cut, but that four bytes always come together
// Caught by: waits for the rest when a chunk ends inside a header
// Tell: Cuts through the payload are dealt with, but the header is read from whatever chunk comes: when
//   only two of its bytes are there, the read goes past the end. A header is four bytes that must be
//   collected like any others.

/** Bytes of the length in front of every payload. */
export const HEADER_LENGTH = 4;

/** The longest payload that a decoder believes unless it is told otherwise, in bytes: 1 MiB. */
export const DEFAULT_MAX_FRAME_LENGTH = 1_048_576;

/** What went wrong, for programs: a closed list. Messages are for people. */
export type FramingErrorCode =
  /** A header declares more bytes than the limit. */
  | "FRAME_TOO_LARGE"
  /** The stream ended inside a frame: in its header, or in its payload. */
  | "FRAME_TRUNCATED";

/** `new FramingError("FRAME_TRUNCATED", "Expected 5 bytes of payload, got 3 before the end of the stream")` */
export class FramingError extends Error {
  override readonly name = "FramingError";
  readonly code: FramingErrorCode;

  constructor(code: FramingErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface LengthPrefixedDecoderOptions {
  /** Longest payload in bytes, header not counted. Default `DEFAULT_MAX_FRAME_LENGTH`. */
  maxFrameLength?: number;
}

export function encodeFrame(payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_LENGTH + payload.length);
  new DataView(frame.buffer).setUint32(0, payload.length);
  frame.set(payload, HEADER_LENGTH);
  return frame;
}

export class LengthPrefixedDecoder {
  readonly #limit: number;
  /** What has come of the payload under way; undefined between two frames. */
  #payload: Uint8Array[] | undefined;
  #missing = 0;
  #error: FramingError | undefined;

  constructor(options: LengthPrefixedDecoderOptions = {}) {
    this.#limit = options.maxFrameLength ?? DEFAULT_MAX_FRAME_LENGTH;
  }

  push(chunk: Uint8Array): Uint8Array[] {
    if (this.#error !== undefined) throw this.#error;
    const frames: Uint8Array[] = [];
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#payload === undefined) {
        this.#payload = [];
        this.#missing = this.#readLength(rest);
        rest = rest.subarray(HEADER_LENGTH);
      }
      const taken = rest.subarray(0, this.#missing);
      this.#payload.push(taken);
      this.#missing -= taken.length;
      rest = rest.subarray(taken.length);
      if (this.#missing > 0) break; // the rest is still on its way
      frames.push(join(this.#payload));
      this.#payload = undefined;
    }
    return frames;
  }

  end(): void {
    if (this.#error !== undefined) throw this.#error;
    if (this.#payload === undefined) return;
    this.#error = new FramingError(
      "FRAME_TRUNCATED",
      `Expected ${this.#missing} bytes more, got the end of the stream`,
    );
    throw this.#error;
  }

  #readLength(bytes: Uint8Array): number {
    const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
    if (length > this.#limit) {
      this.#error = new FramingError(
        "FRAME_TOO_LARGE",
        `Expected at most ${this.#limit} bytes, got ${length}`,
      );
      throw this.#error;
    }
    return length;
  }
}

function join(parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
