// Mistake: believes that a chunk holds a handful of frames
// Caught by: spends as much on many frames in one chunk as on the same frames in many chunks
// Tell: Your function calls itself for every frame of a chunk, and a chunk of empty frames holds thousands: the
//   stack is used up. A loop has no such end.

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

/**
 * The frame of a payload: its length as an unsigned 32-bit integer, most significant byte first, and then the payload.
 * The length counts the payload only. The frame is memory of its own.
 */
export function encodeFrame(payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_LENGTH + payload.length);
  new DataView(frame.buffer).setUint32(0, payload.length);
  frame.set(payload, HEADER_LENGTH);
  return frame;
}

/**
 * Gives back the frames of one connection's byte stream, however the network cut it up.
 *
 * The stream is a header, a payload, a header, a payload … and each of them is the same work: collect so many bytes.
 * That is why a cut through a header needs no code of its own.
 */
export class LengthPrefixedDecoder {
  readonly #maxFrameLength: number;
  #collecting: "header" | "payload" = "header";
  /** How many bytes the header or payload under way needs, … */
  #wanted = HEADER_LENGTH;
  /** … how many have arrived, … */
  #arrived = 0;
  /** … and where they are. The room grows with what arrives, never with what was declared. */
  #bytes = new Uint8Array(0);
  #error: FramingError | undefined;

  constructor(options: LengthPrefixedDecoderOptions = {}) {
    this.#maxFrameLength = options.maxFrameLength ?? DEFAULT_MAX_FRAME_LENGTH;
  }

  /**
   * Takes the next chunk and returns the payloads that it completes, in order: none, one or many. A payload that was
   * returned is the caller's, and never changes again.
   *
   * Throws a FramingError `FRAME_TOO_LARGE` as soon as a header is complete that declares more than the limit. From
   * then on every `push` and `end` throws it again.
   */
  push(chunk: Uint8Array): Uint8Array[] {
    if (this.#error !== undefined) throw this.#error;
    const rest = this.#collect(chunk);
    if (this.#arrived < this.#wanted) return []; // the rest is still on its way
    if (this.#collecting === "header") {
      this.#start("payload", this.#declaredLength());
      return this.push(rest);
    }
    const frame = this.#bytes;
    this.#start("header", HEADER_LENGTH);
    return [frame, ...this.push(rest)];
  }

  /** Says that the stream is over. Throws a FramingError `FRAME_TRUNCATED` when it stopped inside a frame. */
  end(): void {
    if (this.#error !== undefined) throw this.#error;
    // Between two frames means: waiting for a header, and nothing of it has come.
    if (this.#collecting === "header" && this.#arrived === 0) return;
    const wanted = `${this.#wanted} bytes of ${this.#collecting}`;
    this.#fail("FRAME_TRUNCATED", `Expected ${wanted}, got ${this.#arrived} before the end of the stream`);
  }

  /** Takes what the part under way needs and returns what is left of the chunk. */
  #collect(chunk: Uint8Array): Uint8Array {
    const taken = chunk.subarray(0, this.#wanted - this.#arrived);
    this.#makeRoom(this.#arrived + taken.length);
    this.#bytes.set(taken, this.#arrived);
    this.#arrived += taken.length;
    return chunk.subarray(taken.length);
  }

  /** Doubles: over a whole payload each byte is moved about once, while chunk by chunk would move all of them each time. */
  #makeRoom(needed: number): void {
    if (needed <= this.#bytes.length) return;
    const roomier = new Uint8Array(Math.min(needed * 2, this.#wanted));
    roomier.set(this.#bytes);
    this.#bytes = roomier;
  }

  /** Fresh memory each time, for what has been returned belongs to the caller. */
  #start(collecting: "header" | "payload", wanted: number): void {
    this.#collecting = collecting;
    this.#wanted = wanted;
    this.#arrived = 0;
    this.#bytes = new Uint8Array(0);
  }

  #declaredLength(): number {
    const length = new DataView(this.#bytes.buffer).getUint32(0);
    // A stranger wrote this number: it is checked before anything is stored for it.
    if (length > this.#maxFrameLength) {
      this.#fail(
        "FRAME_TOO_LARGE",
        `Expected at most ${this.#maxFrameLength} bytes, got a header that declares ${length}`,
      );
    }
    return length;
  }

  /** Behind a wrong length no boundary can be found: there is no way back from an error. */
  #fail(code: FramingErrorCode, message: string): never {
    this.#error = new FramingError(code, message);
    throw this.#error;
  }
}
