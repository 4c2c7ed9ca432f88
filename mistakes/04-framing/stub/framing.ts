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
  // TODO: make room for the header and the payload, and write both.
  throw new Error("not implemented");
}

/** Gives back the frames of one connection's byte stream, however the network cut it up. */
export class LengthPrefixedDecoder {
  constructor(options: LengthPrefixedDecoderOptions = {}) {
    // TODO: keep the limit. What else must a decoder remember between two chunks?
  }

  /**
   * Takes the next chunk and returns the payloads that it completes, in order: none, one or many. A payload that was
   * returned is the caller's, and never changes again.
   *
   * Throws a FramingError `FRAME_TOO_LARGE` as soon as a header is complete that declares more than the limit. From
   * then on every `push` and `end` throws it again.
   */
  push(chunk: Uint8Array): Uint8Array[] {
    // TODO: a chunk may hold half a header, three frames, or a frame's end and the next one's beginning.
    throw new Error("not implemented");
  }

  /** Says that the stream is over. Throws a FramingError `FRAME_TRUNCATED` when it stopped inside a frame. */
  end(): void {
    // TODO
    throw new Error("not implemented");
  }
}
