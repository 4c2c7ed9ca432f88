import { AnswerFailure } from "./answer-failure.ts";
import { callEach, callMethod, isThenable, iterate } from "./method-call.ts";
import { ObjectTable } from "./object-table.ts";
import { Outbox } from "./outbox.ts";
import { standIn, type MakeCall } from "./stand-in.ts";
import {
  forged,
  maxMessageBytes,
  unpackFrame,
  type CallMessage,
  type Message,
  type NewMessage,
  type ReplyMessage,
} from "./message.ts";
import { ValueReader, type Importer } from "./value-reader.ts";

/** How a call goes out: see {@link CallMessage}. */
export type CallMode = NonNullable<CallMessage["mode"]>;

/** Batches of so few messages are answered one by one; bulk is answered in bulk. */
const smallBatch = 8;

/** The most calls of what the suite has lent that may come between two replies. */
const mostCallsBetweenReplies = 50_000;

/** The most exports of an answer: an exercise asks for a handful. */
const mostExports = 1000;

interface Waiting {
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

/** One end of the wire. Both ends are the same; what each may be asked for is what it has exported. */
export class Peer {
  readonly #table: ObjectTable;
  readonly #outbox: Outbox;
  readonly #waiting = new Map<number, Waiting>();
  readonly #importer: Importer;
  #lastId = 0;
  /** Since the last reply. */
  #calls = 0;
  /** Called with every reply: the sign of life that deadlines are counted from. */
  onReply: (() => void) | undefined;
  /** Called when the answer's module is loaded, or is not. */
  onLoaded: ((exports: { [name: string]: string } | undefined, error: unknown) => void) | undefined;

  /**
   * @param send takes a packed frame
   * @param root what handle 0 stands for, when this side is the answer's
   * @param makeCall how stand-ins make their calls; without it, plainly
   */
  constructor(
    send: (frame: Uint8Array) => void,
    root?: object,
    makeCall: MakeCall = (on, _label, name, args, mode) => this.call(on, name, args, mode),
  ) {
    this.#table = new ObjectTable(root, (handle, reason) => {
      this.#outbox.post((writer) => ({ op: "abort", on: handle, value: writer.write(reason) }));
    });
    // The suite may send what it likes: it is ours.
    const maxBytes = this.#table.hasModule ? maxMessageBytes : Number.POSITIVE_INFINITY;
    this.#outbox = new Outbox(send, this.#table, maxBytes);
    this.#importer = {
      ownObject: (handle) => this.#table.get(handle),
      standIn: (kind, handle, name) =>
        this.#table.standInFor(handle, () => standIn(kind, handle, name, makeCall)),
      followSignal: (handle, aborted) => this.#table.followSignal(handle, aborted),
    };
  }

  /** Calls that have no reply yet. */
  get pending(): number {
    return this.#waiting.size;
  }

  /** Calls `name` of the other side's object `on`; without a name, `on` itself. */
  call(on: number, name: string | undefined, args: unknown[], mode?: CallMode): Promise<unknown> {
    return this.#request((id, writer) => ({
      op: "call",
      id,
      on,
      ...(name === undefined ? {} : { name }),
      args: writer.write(args),
      ...(mode === undefined ? {} : { mode }),
    }));
  }

  /** `new` on the other side's export `name`. The instance goes by `handle`, a negative number of the caller's choice. */
  create(handle: number, name: string, args: unknown[]): Promise<unknown> {
    return this.#request((id, writer) => ({ op: "new", id, name, args: writer.write(args), handle }));
  }

  /** What stands here for the other side's instance. */
  instance(handle: number, label: string): object {
    return this.#importer.standIn("instance", handle, label) as object;
  }

  /** Tells the other side about its module. */
  announce(loaded: { exports: { [name: string]: string } } | { error: unknown }): void {
    if ("exports" in loaded) {
      const count = Object.keys(loaded.exports).length;
      if (count > mostExports)
        return this.announce({
          error: new RangeError(`Expected at most ${mostExports} exports, got ${count}`),
        });
    }
    const post = (said: typeof loaded): void =>
      this.#outbox.post((writer) =>
        "exports" in said
          ? { op: "loaded", exports: said.exports }
          : { op: "notLoaded", value: writer.write(said.error) },
      );
    try {
      post(loaded);
    } catch (reason) {
      // An error as long as memory, or with something in it that cannot cross: it is one all the same.
      post({ error: describe(reason) });
    }
  }

  /** Forgets every handle given out or held so far: nothing of one test is alive in the next. */
  freeAll(): void {
    const handles = this.#table.forget();
    if (handles.length > 0) this.#outbox.post(() => ({ op: "free", handles }));
  }

  /** Ends every waiting call with `reason`. */
  fail(reason: unknown): void {
    for (const waiting of this.#waiting.values()) waiting.reject(reason);
    this.#waiting.clear();
  }

  /** @throws {AnswerFailure} FORGED_FRAME for a frame that the other side's peer cannot have written */
  receive(frame: Uint8Array): void {
    const { messages, attached } = unpackFrame(frame);
    const reader = new ValueReader(this.#importer, attached);
    for (const message of messages) {
      this.#handle(message, reader);
      // So that when a call never returns, it is plain which: those before it have their replies.
      if (messages.length <= smallBatch) this.#outbox.flush();
    }
  }

  #handle(message: Message, reader: ValueReader): void {
    switch (message.op) {
      case "call":
        if (++this.#calls > mostCallsBetweenReplies && !this.#table.hasModule)
          throw forged("calls without an end of what it was lent");
        return this.#serve(message, () => this.#run(message, reader));
      case "new":
        return this.#serve(message, () => this.#construct(message, reader));
      case "ok":
      case "err":
        return this.#settle(message, reader);
      case "abort":
        return this.#table.abort(message.on, reader.read(message.value));
      case "free":
        return this.#table.drop(message.handles);
      case "loaded":
      case "notLoaded": {
        if (this.onLoaded === undefined) throw forged("a second greeting");
        if (message.op === "loaded" && Object.keys(message.exports).length > mostExports)
          throw forged(`more than ${mostExports} exports`);
        // Read before it counts as said: what cannot be read ends the process, and whoever waits is to hear of that.
        const error = message.op === "loaded" ? undefined : reader.read(message.value);
        const onLoaded = this.onLoaded;
        this.onLoaded = undefined;
        return message.op === "loaded" ? onLoaded(message.exports, undefined) : onLoaded(undefined, error);
      }
    }
  }

  #serve(message: CallMessage | NewMessage, work: () => unknown): void {
    const reply = (op: "ok" | "err", value: unknown): void => {
      try {
        this.#outbox.post((writer) => ({
          op,
          id: message.id,
          value: this.#write(writer, op, value, message),
        }));
      } catch (reason) {
        // The value cannot cross, or a getter in it threw: that is the reply.
        this.#outbox.post((writer) => ({ op: "err", id: message.id, value: writer.write(describe(reason)) }));
      }
    };
    let result: unknown;
    try {
      result = work();
      if (!isThenable(result)) return reply("ok", result);
    } catch (error) {
      if (error instanceof AnswerFailure && error.code === "FORGED_FRAME" && !this.#table.hasModule)
        throw error;
      return reply("err", error);
    }
    Promise.resolve(result).then(
      (value) => reply("ok", value),
      (error: unknown) => reply("err", error),
    );
  }

  #write(
    writer: Parameters<Parameters<Outbox["post"]>[0]>[0],
    op: "ok" | "err",
    value: unknown,
    message: CallMessage | NewMessage,
  ) {
    if (op === "ok" && message.op === "call" && message.mode === "keep") {
      // Whatever it is, it stays here; `get` reads it later as it is then.
      return { $: "instance", id: this.#table.exportObject({ value }), name: "kept" };
    }
    return writer.write(value);
  }

  #run(message: CallMessage, reader: ValueReader): unknown {
    const { name, mode } = message;
    // The suite's side lends plain functions and iterables. A name would reach `constructor`, and so `Function`.
    if (name !== undefined && !this.#table.hasModule)
      throw forged("a named call on something of the suite's");
    const target = this.#table.get(message.on) as { [name: string]: unknown };
    const args = reader.read(message.args) as unknown[];
    if (mode === "next" || mode === "return") return iterate(target, mode, args, this.#table);
    if (name === undefined) return (target as unknown as (...args: unknown[]) => unknown)(...args);
    if (mode === "get") return target[name];
    if (mode === "each") return callEach(target, name, args as unknown[][]);
    if (mode === "map")
      return callEach(
        target,
        name,
        args.map((arg) => [arg]),
      );
    return callMethod(target, name, args);
  }

  #construct(message: NewMessage, reader: ValueReader): unknown {
    const root = this.#table.get(0) as { [name: string]: unknown };
    return this.#table.hold(message.handle, () => {
      const Class = root[message.name] as new (...args: unknown[]) => object;
      return new Class(...(reader.read(message.args) as unknown[]));
    });
  }

  #settle(message: ReplyMessage, reader: ValueReader): void {
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) throw forged("a reply to no call");
    this.#waiting.delete(message.id);
    this.#calls = 0;
    this.onReply?.();
    try {
      const value = reader.read(message.value);
      if (message.op === "ok") waiting.resolve(value);
      else waiting.reject(value);
    } catch (error) {
      waiting.reject(error);
      if (error instanceof AnswerFailure && error.code === "CANNOT_CROSS") return;
      throw error;
    }
  }

  #request(
    message: (id: number, writer: Parameters<Parameters<Outbox["post"]>[0]>[0]) => Message,
  ): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#outbox.post((writer) => message(id, writer));
    });
  }
}

function describe(reason: unknown): unknown {
  return reason instanceof Error ? new AnswerFailure("CANNOT_CROSS", reason.message) : "a getter threw";
}
