import { LengthPrefixedDecoder } from "@tcpip-workshop/core/framing";
import { NetError } from "@tcpip-workshop/core/net-error";
import type { EchoMode } from "./options.ts";

/** Bytes in, replies out, in the order of the requests. A reply is a copy: keep it, write into it. */
export interface ReplyReader {
  /** Says that a reply of `length` bytes is owed. */
  expect(length: number): void;
  /** Returns the replies that `chunk` completes. Throws `REPLY_INVALID` for bytes that nobody is owed, and as a decoder does. */
  push(chunk: Uint8Array): Uint8Array[];
}

export function replyReader(mode: EchoMode, maxFrameLength: number): ReplyReader {
  return mode === "raw" ? new RawReplies() : new FramedReplies(maxFrameLength);
}

/** A raw reply is as long as its request; nothing else says where it ends. */
class RawReplies implements ReplyReader {
  readonly #owed: number[] = [];
  #reply: Uint8Array | undefined;
  #filled = 0;

  expect(length: number): void {
    this.#owed.push(length);
  }

  push(chunk: Uint8Array): Uint8Array[] {
    const replies: Uint8Array[] = [];
    for (let at = 0; at < chunk.length;) {
      const length = this.#owed[0];
      if (length === undefined) throw unasked(`${chunk.length - at} bytes`);
      this.#reply ??= new Uint8Array(length);
      const piece = chunk.subarray(at, at + length - this.#filled);
      this.#reply.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled < length) break;
      replies.push(this.#reply);
      this.#reply = undefined;
      this.#filled = 0;
      this.#owed.shift();
    }
    return replies;
  }
}

class FramedReplies implements ReplyReader {
  readonly #decoder: LengthPrefixedDecoder;
  #owed = 0;

  constructor(maxFrameLength: number) {
    this.#decoder = new LengthPrefixedDecoder({ maxFrameLength, copy: true });
  }

  expect(): void {
    this.#owed++;
  }

  push(chunk: Uint8Array): Uint8Array[] {
    const replies = this.#decoder.push(chunk);
    this.#owed -= replies.length;
    if (this.#owed < 0) throw unasked(`${-this.#owed} frames`);
    if (this.#decoder.error !== undefined) throw this.#decoder.error;
    return replies;
  }
}

function unasked(what: string): NetError {
  return new NetError("REPLY_INVALID", `Expected nothing, since no reply was due, got ${what}`);
}
