// Mistake: believes that shifting four bytes together gives a number from 0 up
// Caught by: refuses a length above the limit as soon as the header is complete
// Tell: `<<` makes signed 32-bit numbers: from 80 00 00 00 on the length is negative, and passes every "is
//   it too large?". A length has no sign, and DataView can read one that has none.

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
  /** What has come of the frame under way: how many bytes, and how many it takes before a look is worth while. */
  #chunks: Uint8Array[] = [];
  #arrived = 0;
  #needed = HEADER_LENGTH;
  #error: FramingError | undefined;

  constructor(options: LengthPrefixedDecoderOptions = {}) {
    this.#limit = options.maxFrameLength ?? DEFAULT_MAX_FRAME_LENGTH;
  }

  push(chunk: Uint8Array): Uint8Array[] {
    if (this.#error !== undefined) throw this.#error;
    this.#chunks.push(chunk);
    this.#arrived += chunk.length;
    if (this.#arrived < this.#needed) return [];

    const frames: Uint8Array[] = [];
    let bytes = join(this.#chunks, this.#arrived);
    this.#needed = HEADER_LENGTH;
    while (bytes.length >= HEADER_LENGTH) {
      const length = readLength(bytes);
      if (length > this.#limit) {
        this.#error = new FramingError(
          "FRAME_TOO_LARGE",
          `Expected at most ${this.#limit} bytes, got a header that declares ${length}`,
        );
        throw this.#error;
      }
      if (bytes.length < HEADER_LENGTH + length) {
        this.#needed = HEADER_LENGTH + length;
        break;
      }
      const frame = bytes.slice(HEADER_LENGTH, HEADER_LENGTH + length);
      frames.push(frame);
      bytes = bytes.subarray(HEADER_LENGTH + length);
    }
    this.#chunks = [bytes];
    this.#arrived = bytes.length;
    return frames;
  }

  end(): void {
    if (this.#error !== undefined) throw this.#error;
    if (this.#arrived === 0) return;
    const expected = `${this.#needed} bytes of a frame or its header`;
    this.#error = new FramingError(
      "FRAME_TRUNCATED",
      `Expected ${expected}, got ${this.#arrived} and then the end`,
    );
    throw this.#error;
  }
}

function join(chunks: Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function readLength(bytes: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  return (a << 24) | (b << 16) | (c << 8) | d;
}
