/** What went wrong, for programs: a closed list. Messages are for people and may change; match on the code. */
export type NetErrorCode =
  /** A frame's declared or delimited length is above the decoder's limit. */
  | "FRAME_TOO_LARGE"
  /** The stream ended in the middle of a frame or of its header. */
  | "FRAME_TRUNCATED"
  /** A header that no encoder can have written: a varint without an end, a length that counts itself and is too small. */
  | "FRAME_INVALID"
  /** Bytes for a decoder that is closed: after `end`, or after a visitor threw in the middle of a chunk. */
  | "DECODER_CLOSED"
  /** An address that is not in the one strict spelling. */
  | "ADDRESS_INVALID"
  /** A prefix (`10.0.0.0/8`) that is not in the one strict spelling, or out of range. */
  | "CIDR_INVALID"
  /** A number or option outside what the function documents. */
  | "ARGUMENT_INVALID";

/** The one error this package throws. `message` says what was expected and what came. */
export class NetError extends Error {
  override readonly name = "NetError";
  readonly code: NetErrorCode;

  constructor(code: NetErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
