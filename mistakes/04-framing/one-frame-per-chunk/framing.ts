// Mistake: believes that one `data` event carries one message
// Caught by: returns both frames when one chunk carries two
// Tell: One chunk is taken for one frame. TCP keeps no trace of who wrote what in one go: a chunk may hold
//   three frames, or a third of one. What is left of a chunk has to be kept, and looked at again.

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

  constructor(options: LengthPrefixedDecoderOptions = {}) {
    this.#limit = options.maxFrameLength ?? DEFAULT_MAX_FRAME_LENGTH;
  }

  push(chunk: Uint8Array): Uint8Array[] {
    const length = new DataView(chunk.buffer, chunk.byteOffset).getUint32(0);
    if (length > this.#limit) {
      throw new FramingError("FRAME_TOO_LARGE", `Expected at most ${this.#limit} bytes, got ${length}`);
    }
    return [chunk.subarray(HEADER_LENGTH, HEADER_LENGTH + length)];
  }

  end(): void {
    // Every chunk has been dealt with when it came.
  }
}
