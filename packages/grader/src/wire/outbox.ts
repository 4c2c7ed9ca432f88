import { AnswerFailure } from "./answer-failure.ts";
import { maxFrameObjects, maxMessageLength, maxMessageObjects, packFrame, type Message } from "./message.ts";
import { ValueWriter, type Exporter } from "./value-writer.ts";

/** Bigger batches leave at once: the other side can work on them while we write the next. */
const fullBatch = { messages: 256, bytes: 1024 * 1024, objects: maxFrameObjects - maxMessageObjects };

/** Collects the messages of one turn and sends them as one frame. */
export class Outbox {
  readonly #send: (frame: Uint8Array) => void;
  readonly #exporter: Exporter;
  readonly #maxBytes: number;
  /** Each as JSON. */
  #messages: string[] = [];
  /** Bytes of them. */
  #length = 0;
  #writer: ValueWriter;
  #scheduled = false;

  /** @param maxBytes the most bytes of one message, beside its JSON */
  constructor(send: (frame: Uint8Array) => void, exporter: Exporter, maxBytes: number) {
    this.#send = send;
    this.#exporter = exporter;
    this.#maxBytes = maxBytes;
    this.#writer = new ValueWriter(exporter);
  }

  /**
   * Adds a message; values are written now, so they cross as they are now. Whatever `write` throws leaves nothing behind.
   *
   * @throws {AnswerFailure} CANNOT_CROSS when there is too much in it besides bytes
   */
  post(write: (writer: ValueWriter) => Message): void {
    const { objects: before, attachedLength: attached } = this.#writer;
    const message = JSON.stringify(write(this.#writer));
    if (this.#writer.objects - before > maxMessageObjects) throw tooMany(this.#writer.objects - before);
    const bytes = this.#writer.attachedLength - attached;
    if (bytes > this.#maxBytes) {
      // They are in the batch already, and nothing points at them: it goes without.
      this.#writer.detach(attached);
      throw tooManyBytes(bytes, this.#maxBytes);
    }
    const length = Buffer.byteLength(message);
    if (length > maxMessageLength) throw tooMuch(length);
    this.#messages.push(message);
    this.#length += length;
    const most = Math.max(this.#length, this.#writer.attachedLength);
    const isFull =
      this.#messages.length >= fullBatch.messages ||
      most >= fullBatch.bytes ||
      this.#writer.objects >= fullBatch.objects;
    if (isFull) {
      this.flush();
    } else if (!this.#scheduled) {
      this.#scheduled = true;
      process.nextTick(() => this.flush());
    }
  }

  /** Sends what has been posted, now. */
  flush(): void {
    this.#scheduled = false;
    if (this.#messages.length === 0) return;
    const messages = this.#messages;
    const { attachments } = this.#writer;
    this.#messages = [];
    this.#length = 0;
    this.#writer = new ValueWriter(this.#exporter);
    this.#send(packFrame(messages, attachments));
  }
}

function tooMany(objects: number): AnswerFailure {
  return new AnswerFailure(
    "CANNOT_CROSS",
    `Expected at most ${maxMessageObjects.toLocaleString("en")} objects at once, got ${objects.toLocaleString("en")}`,
  );
}

function mib(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1).replace(/\.0$/, "");
}

function tooManyBytes(bytes: number, most: number): AnswerFailure {
  return new AnswerFailure(
    "CANNOT_CROSS",
    `Expected at most ${mib(most)} MiB of bytes at once, got ${mib(bytes)} MiB`,
  );
}

function tooMuch(length: number): AnswerFailure {
  return new AnswerFailure(
    "CANNOT_CROSS",
    `Expected at most ${mib(maxMessageLength)} MiB of text, numbers and objects at once, got ${mib(length)} MiB (bytes in a Uint8Array do not count)`,
  );
}
