// Mistake: believes that a header is cut once at most
// Caught by: returns the same frames however the stream is cut
// Tell: A header that comes in three or four pieces loses its first ones: the kept beginning is replaced by
//   the newest piece where it should grow. Cut it byte by byte and follow what you keep.

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
  /** The beginning of a header, when a chunk ended there. */
  #header = new Uint8Array(0);
  /** What has come of the payload under way; undefined while a header is. */
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
    for (;;) {
      if (this.#payload === undefined) {
        const header = join([this.#header, rest.subarray(0, HEADER_LENGTH - this.#header.length)]);
        if (header.length < HEADER_LENGTH) {
          this.#header = rest.slice();
          return frames;
        }
        rest = rest.subarray(HEADER_LENGTH - this.#header.length);
        this.#header = new Uint8Array(0);
        this.#missing = this.#readLength(header);
        this.#payload = [];
      }
      const taken = rest.subarray(0, this.#missing);
      this.#payload.push(taken);
      this.#missing -= taken.length;
      rest = rest.subarray(taken.length);
      if (this.#missing > 0) return frames; // the rest is still on its way
      frames.push(join(this.#payload));
      this.#payload = undefined;
    }
  }

  end(): void {
    if (this.#error !== undefined) throw this.#error;
    if (this.#payload === undefined && this.#header.length === 0) return;
    this.#error = new FramingError(
      "FRAME_TRUNCATED",
      "Expected the rest of a frame, got the end of the stream",
    );
    throw this.#error;
  }

  #readLength(header: Uint8Array): number {
    const length = new DataView(header.buffer).getUint32(0);
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
