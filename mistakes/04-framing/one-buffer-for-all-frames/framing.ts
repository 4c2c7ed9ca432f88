// Mistake: believes that nobody looks at a frame any more when the next one comes
// Caught by: leaves the frames it returned as they were when more bytes arrive
// Tell: The frames that you return are views of one buffer that you fill again for the next frame. What was
//   returned belongs to the caller: copy it out, or begin the next frame in fresh memory.

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
  readonly #header = new Uint8Array(HEADER_LENGTH);
  #headerArrived = 0;
  /** For payloads that come in pieces; kept from one frame to the next, so that memory is taken only once. */
  #scratch = new Uint8Array(1024);
  #wanted = 0;
  #arrived = 0;
  #error: FramingError | undefined;

  constructor(options: LengthPrefixedDecoderOptions = {}) {
    this.#limit = options.maxFrameLength ?? DEFAULT_MAX_FRAME_LENGTH;
  }

  push(chunk: Uint8Array): Uint8Array[] {
    if (this.#error !== undefined) throw this.#error;
    const frames: Uint8Array[] = [];
    let rest = chunk;
    for (;;) {
      if (this.#headerArrived < HEADER_LENGTH) {
        const taken = rest.subarray(0, HEADER_LENGTH - this.#headerArrived);
        this.#header.set(taken, this.#headerArrived);
        this.#headerArrived += taken.length;
        rest = rest.subarray(taken.length);
        if (this.#headerArrived < HEADER_LENGTH) return frames;
        this.#wanted = this.#readLength();
        this.#arrived = 0;
      }
      const taken = rest.subarray(0, this.#wanted - this.#arrived);
      rest = rest.subarray(taken.length);
      if (taken.length === this.#wanted) {
        frames.push(taken); // all of it in one chunk: no copy
      } else {
        this.#keep(taken);
        if (this.#arrived < this.#wanted) return frames;
        frames.push(this.#scratch.subarray(0, this.#wanted));
      }
      this.#headerArrived = 0;
    }
  }

  end(): void {
    if (this.#error !== undefined) throw this.#error;
    if (this.#headerArrived === 0) return;
    this.#error = new FramingError(
      "FRAME_TRUNCATED",
      "Expected the rest of a frame, got the end of the stream",
    );
    throw this.#error;
  }

  #keep(bytes: Uint8Array): void {
    const arrived = this.#arrived + bytes.length;
    if (arrived > this.#scratch.length) {
      const roomier = new Uint8Array(arrived * 2);
      roomier.set(this.#scratch);
      this.#scratch = roomier;
    }
    this.#scratch.set(bytes, this.#arrived);
    this.#arrived = arrived;
  }

  #readLength(): number {
    const length = new DataView(this.#header.buffer).getUint32(0);
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
