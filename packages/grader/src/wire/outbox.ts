import { packFrame, type Message } from "./message.ts";
import { ValueWriter, type Exporter } from "./value-writer.ts";

/** Bigger batches leave at once: the other side can work on them while we write the next. */
const fullBatch = { messages: 256, bytes: 1024 * 1024 };

/** Collects the messages of one turn and sends them as one frame. */
export class Outbox {
  readonly #send: (frame: Uint8Array) => void;
  readonly #exporter: Exporter;
  #messages: Message[] = [];
  #writer: ValueWriter;
  #scheduled = false;

  constructor(send: (frame: Uint8Array) => void, exporter: Exporter) {
    this.#send = send;
    this.#exporter = exporter;
    this.#writer = new ValueWriter(exporter);
  }

  /** Adds a message; values are written now, so they cross as they are now. Whatever `write` throws leaves nothing behind. */
  post(write: (writer: ValueWriter) => Message): void {
    this.#messages.push(write(this.#writer));
    if (this.#messages.length >= fullBatch.messages || this.#writer.attachedLength >= fullBatch.bytes) {
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
    this.#writer = new ValueWriter(this.#exporter);
    this.#send(packFrame(messages, attachments));
  }
}
