import type { DelayReplyFault, DropReplyFault, ResetOnRequestFault } from "../fault.ts";
import { MessageParts, type Parts } from "./message-parts.ts";
import { isBytes, type Item, type Place, type Stage } from "./stage.ts";

/** What the faults about the nth message have in common: they find it. */
abstract class MessageStage implements Stage {
  protected readonly place: Place;
  /** Nothing goes on from here any more. */
  protected shut = false;
  readonly #parts: MessageParts;

  constructor(number: number, place: Place) {
    this.place = place;
    this.#parts = new MessageParts(number, place.messageEnds());
  }

  get held(): number {
    return 0;
  }

  take(item: Item): void {
    if (this.shut) return;
    if (!isBytes(item)) return this.ending(item);
    let parts: Parts;
    try {
      parts = this.#parts.split(item);
    } catch (error) {
      this.shut = true;
      const what = `RST: not the messages that were expected here (${(error as Error).message})`;
      return this.place.pass({ by: "RST", of: "connection", what });
    }
    if (parts.before.length > 0) this.place.pass(parts.before);
    this.message(parts);
  }

  release(): Item[] {
    return [];
  }

  protected ending(item: Item): void {
    this.place.pass(item);
  }

  /** What lies in front of the message has gone on. */
  protected abstract message(parts: Parts): void;
}

export class ResetOnRequestStage extends MessageStage {
  readonly #request: number;

  constructor({ request }: ResetOnRequestFault, place: Place) {
    super(request, place);
    this.#request = request;
  }

  protected message({ of }: Parts): void {
    if (of.length === 0) return;
    this.shut = true;
    const what = `RST on the first byte of request ${this.#request}`;
    this.place.pass({ by: "RST", of: "connection", what });
  }
}

export class DropReplyStage extends MessageStage {
  readonly #fault: DropReplyFault;
  #swallowed = 0;
  #dropped = false;

  constructor(fault: DropReplyFault, place: Place) {
    super(fault.reply, place);
    this.#fault = fault;
  }

  protected message({ of, after, whole }: Parts): void {
    this.#swallowed += of.length;
    if (!whole) return;
    if (!this.#dropped) this.#drop();
    if (after.length > 0 && !this.shut) this.place.pass(after);
  }

  #drop(): void {
    this.#dropped = true;
    const { reply, afterwards = "hang" } = this.#fault;
    this.shut = afterwards !== "goOn";
    const what = `reply ${reply} dropped (${this.#swallowed} bytes): the server has executed`;
    if (afterwards === "FIN" || afterwards === "RST") {
      this.place.pass({ by: afterwards, of: "connection", what: `${what}; ${afterwards}` });
    } else {
      this.place.record(afterwards === "hang" ? `${what}; nothing more comes` : what);
    }
  }
}

export class DelayReplyStage extends MessageStage {
  readonly #fault: DelayReplyFault;
  #waiting: Item[] | undefined;
  #held = 0;
  #timer: unknown;
  #done = false;

  constructor(fault: DelayReplyFault, place: Place) {
    super(fault.reply, place);
    this.#fault = fault;
  }

  override get held(): number {
    return this.#held;
  }

  override take(item: Item): void {
    if (this.#done) this.place.pass(item);
    else if (this.#waiting === undefined) super.take(item);
    else this.#hold(item);
  }

  override release(): Item[] {
    if (this.#timer !== undefined) this.place.timers.clearTimeout(this.#timer);
    this.#done = true;
    this.#held = 0;
    return this.#waiting?.splice(0) ?? [];
  }

  protected message({ of, after }: Parts): void {
    if (of.length === 0) return;
    const { reply, ms } = this.#fault;
    this.place.record(`reply ${reply} held for ${ms} ms`);
    this.#waiting = [];
    this.#hold(of);
    if (after.length > 0) this.#hold(after);
    this.#timer = this.place.timers.setTimeout(() => {
      this.place.record(`reply ${reply} goes on`);
      for (const item of this.release()) this.place.pass(item);
    }, ms);
  }

  #hold(item: Item): void {
    this.#waiting?.push(item);
    if (isBytes(item)) this.#held += item.length;
  }
}
