// Mistake: believes that `Buffer.concat` costs what the new chunk costs
// Caught by: spends as much on a payload in many chunks as on the same chunks with many payloads
// Tell: Each chunk copies all that came before it, so a payload in twice as many chunks costs four times as
//   much. Keep the chunks apart until the frame is complete, or let one buffer grow by doubling.

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
  #pending: Buffer = Buffer.alloc(0);
  #error: FramingError | undefined;

  constructor(options: LengthPrefixedDecoderOptions = {}) {
    this.#limit = options.maxFrameLength ?? DEFAULT_MAX_FRAME_LENGTH;
  }

  push(chunk: Uint8Array): Uint8Array[] {
    if (this.#error !== undefined) throw this.#error;
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const frames: Uint8Array[] = [];
    while (this.#pending.length >= HEADER_LENGTH) {
      const length = this.#pending.readUInt32BE(0);
      if (length > this.#limit) {
        this.#error = new FramingError(
          "FRAME_TOO_LARGE",
          `Expected at most ${this.#limit} bytes, got ${length}`,
        );
        throw this.#error;
      }
      const end = HEADER_LENGTH + length;
      if (this.#pending.length < end) break; // the rest is still on its way
      frames.push(new Uint8Array(this.#pending.subarray(HEADER_LENGTH, end)));
      this.#pending = this.#pending.subarray(end);
    }
    return frames;
  }

  end(): void {
    if (this.#error !== undefined) throw this.#error;
    if (this.#pending.length === 0) return;
    this.#error = new FramingError(
      "FRAME_TRUNCATED",
      "Expected the rest of a frame, got the end of the stream",
    );
    throw this.#error;
  }
}
