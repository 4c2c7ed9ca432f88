// Mistake: believes that what goes over a connection is text
// Caught by: returns bytes that are no text exactly as they came
// Tell: The chunks are turned into text before the frames are found. A chunk may end inside a character,
//   and a payload need not be text at all: cut the bytes into frames first, and leave what they mean to
//   whoever reads them.

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
  #text = "";
  #error: FramingError | undefined;

  constructor(options: LengthPrefixedDecoderOptions = {}) {
    this.#limit = options.maxFrameLength ?? DEFAULT_MAX_FRAME_LENGTH;
  }

  push(chunk: Uint8Array): Uint8Array[] {
    if (this.#error !== undefined) throw this.#error;
    this.#text += Buffer.from(chunk).toString("utf8");
    const frames: Uint8Array[] = [];
    while (this.#text.length >= HEADER_LENGTH) {
      const length = Buffer.from(this.#text.slice(0, HEADER_LENGTH), "latin1").readUInt32BE();
      if (length > this.#limit) {
        this.#error = new FramingError(
          "FRAME_TOO_LARGE",
          `Expected at most ${this.#limit} bytes, got ${length}`,
        );
        throw this.#error;
      }
      const end = HEADER_LENGTH + length;
      if (this.#text.length < end) break;
      frames.push(new Uint8Array(Buffer.from(this.#text.slice(HEADER_LENGTH, end), "utf8")));
      this.#text = this.#text.slice(end);
    }
    return frames;
  }

  end(): void {
    if (this.#error !== undefined) throw this.#error;
    if (this.#text === "") return;
    this.#error = new FramingError(
      "FRAME_TRUNCATED",
      "Expected the rest of a frame, got the end of the stream",
    );
    throw this.#error;
  }
}
