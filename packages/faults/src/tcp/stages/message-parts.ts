import type { MessageEnds } from "../boundary.ts";

/** A chunk around one message: what lies in front of it, of it, behind it. */
export interface Parts {
  before: Uint8Array;
  of: Uint8Array;
  after: Uint8Array;
  /** The message's last byte is in `of`, or came earlier. */
  whole: boolean;
}

/** Finds the nth message (from 1) of a stream that comes in chunks. Throws what `messageEnds` throws. */
export class MessageParts {
  readonly #number: number;
  readonly #messageEnds: MessageEnds;
  /** Messages that have ended in earlier chunks. */
  #ended = 0;

  constructor(number: number, messageEnds: MessageEnds) {
    this.#number = number;
    this.#messageEnds = messageEnds;
  }

  split(chunk: Uint8Array): Parts {
    // once it is past, the rest need not be read
    const ends = this.#ended >= this.#number ? [] : this.#messageEnds(chunk);
    const start = this.#endOf(this.#number - 1, ends) ?? chunk.length;
    const end = this.#endOf(this.#number, ends);
    this.#ended += ends.length;
    return {
      before: chunk.subarray(0, start),
      of: chunk.subarray(start, end ?? chunk.length),
      after: chunk.subarray(end ?? chunk.length),
      whole: end !== undefined,
    };
  }

  /** Where message `number` ends in this chunk: 0 when that was earlier, undefined when it is yet to come. */
  #endOf(number: number, ends: readonly number[]): number | undefined {
    return this.#ended >= number ? 0 : ends[number - this.#ended - 1];
  }
}
