import { join } from "node:path";
import {
  type Answer,
  eventually,
  expect,
  quietly,
  type RemoteInstance,
  step,
  type WaitOptions,
} from "@tcpip-workshop/grader/suite";
import type { Payments, PaymentRequest, Reply } from "../payments.ts";
import { Desk } from "./desk.ts";
import { booksOf, Ledger } from "./ledger.ts";
import { Meeting } from "./meeting.ts";
import { said } from "./requests.ts";

export type Service = Answer<typeof import("../payments.ts")>;

/** One that has opened the file. */
export type Instance = RemoteInstance<Payments>;

/** Told of a moment at which a service waits for its store or the desk; it waits for this as well. */
export type Pause = (point: string) => Promise<void> | void;

/** A request under way. */
export interface Pending {
  /** What it was told, once it was. */
  told?: string;
  /** Resolves to the same. */
  reply: Promise<string>;
}

let files = 0;
/** Milliseconds in which nothing at all happens: then what is waited for will not come. */
const patience = 3000;
/** So many waits of one request are progress: whoever asks the store again and again gets nowhere. */
const mostPauses = 20;
/** Milliseconds, for calls that the tests hold. */
export const deadline = 10_000;

/** The answer's service on a file of its own, and all that surrounds it. */
export class Shop implements AsyncDisposable {
  readonly desk = new Desk();
  readonly ledger: Ledger;
  readonly file: string;
  /** The service's clock. */
  now = 1_790_000_000_000;
  /** Told of each moment at which the service waits for its store or the desk. */
  onPause: Pause = () => {};
  /** What has to come to an end before the test does. */
  readonly #pending: Promise<unknown>[] = [];
  readonly #atEnd: (() => void)[] = [];
  #isOver = false;
  #pauses = 0;
  #replies = 0;
  readonly #pause: Pause = (point) => this.onPause(point);
  /** The process of the moment, and another one. */
  #service: Service;
  #spare: Service;
  readonly #names = new Map<string, string>();
  #payments: Instance | undefined;

  /** The instance that works. */
  get instance(): Instance {
    return this.#payments!;
  }

  /** @param services two processes: one that works, and one beside it or after it */
  static async open(services: [Service, Service], accounts: Record<string, number>): Promise<Shop> {
    const file = join(services[0].scratch, `payments-${++files}.db`);
    const shop = new Shop(services, file, await Ledger.create(file, accounts));
    const owned = Object.entries(accounts).map(([id, balance]) => `${id} has ${balance}`);
    step(`openPayments() on a new file: ${owned.slice(0, 3).join(", ")}${owned.length > 3 ? " …" : ""}`);
    shop.#payments = await shop.#openIn(shop.#service);
    return shop;
  }

  private constructor(services: [Service, Service], file: string, ledger: Ledger) {
    [this.#service, this.#spare] = services;
    [this.file, this.ledger] = [file, ledger];
  }

  /** A second instance, in another process; the two meet before they write anything. */
  async openBeside(): Promise<Instance> {
    const meeting = new Meeting();
    this.atEnd(() => meeting.end());
    this.onPause = meeting.gate();
    return await this.#openIn(this.#spare, meeting.gate());
  }

  /** An instance whose waits are told to this function alone. */
  async openWatched(onPause: Pause): Promise<Instance> {
    return await this.#openIn(this.#service, onPause);
  }

  async #openIn(service: Service, onPause = this.#pause): Promise<Instance> {
    const pause: Pause = (point) => {
      this.#pauses++;
      return onPause(point);
    };
    return await quietly(() =>
      service.openPayments({
        file: this.file,
        now: () => this.now,
        check: async (request) => {
          await pause("check");
          return await this.desk.check(request);
        },
        gate: async (point) => await pause(point),
      }),
    );
  }

  /** What lets go whatever is held, before the test ends: at once, if it is over already. */
  atEnd(letGo: () => void): void {
    if (this.#isOver) letGo();
    else this.#atEnd.push(letGo);
  }

  /** One request, and what it is told: `201, receipt A`, or the status. */
  async charge(request: PaymentRequest): Promise<string> {
    return await this.begin(request).reply;
  }

  /** One request, which has to be told this. */
  async tells(request: PaymentRequest, told: string, rule: string): Promise<void> {
    expect(await this.charge(request), rule).toBe(told);
  }

  begin(request: PaymentRequest, who = "a client", payments = this.instance): Pending {
    if (who !== "") step(`${who} asks for ${said(request)}`);
    const reply = quietly(() => payments.charge(request)).then((given) => this.told(given));
    const pending: Pending = { reply };
    this.#pending.push(
      reply
        .then(
          (told) => (pending.told = told),
          () => (pending.told = "an error"),
        )
        .then(() => this.#replies++),
    );
    return pending;
  }

  /** The reply as it came. */
  async raw(request: PaymentRequest): Promise<Reply> {
    step(`a client asks for ${said(request)}`);
    return await quietly(() => this.instance.charge(request));
  }

  /** A reply in words that do not depend on chance. */
  told(reply: Reply | undefined): string {
    if (reply?.status !== 201) return String(reply?.status);
    if (!this.ledger.receipts().some(({ id }) => id === reply.body)) return "201, body is no receipt's id";
    if (!this.#names.has(reply.body)) this.#names.set(reply.body, String.fromCharCode(65 + this.#names.size));
    return `201, receipt ${this.#names.get(reply.body)}`;
  }

  /** Waits for a state as long as the service gets on, however slow the disk: it is over when nothing happens any more. */
  async until(condition: () => boolean, rule: string, shown: WaitOptions = {}): Promise<void> {
    const progress = () => this.#replies + Math.min(this.#pauses, mostPauses * this.#pending.length);
    while (!condition()) {
      const before = progress();
      const goesOn = () => condition() || progress() > before;
      await eventually(goesOn, rule, { ...shown, within: patience });
    }
  }

  /** Waits until so many questions are held at the desk, or one of these requests has its reply already. */
  async isAsked(questions: number, pending: Pending, rule: string): Promise<void> {
    const seen = () =>
      pending.told === undefined ? `asked ${this.desk.held.length} times` : `told ${pending.told}`;
    const expected = `asked ${questions} times`;
    const come = () => this.desk.held.length >= questions || pending.told !== undefined;
    await this.until(come, rule, { expected, received: seen });
    // Whatever it threw is the better story.
    if (pending.told === "an error") await pending.reply;
    expect(seen(), rule).toBe(expected);
  }

  /** A request that has to be refused while another one is under way: before it asks anybody. */
  async refusesMeanwhile(pending: Pending, status: string, rule: string): Promise<void> {
    const before = this.desk.held.length;
    const asks = () => this.desk.held.length > before;
    const seen = () => pending.told ?? `no reply yet${asks() ? ": the check is asked again" : ""}`;
    const come = () => pending.told !== undefined || asks();
    await this.until(come, rule, { expected: status, received: seen });
    if (pending.told === "an error") await pending.reply;
    expect(seen(), rule).toBe(status);
  }

  /** The file adds up, and has just these receipts. */
  hasTaken(payments: PaymentRequest[], rule: string): void {
    expect(this.ledger.books(), rule).toEqual(booksOf(payments));
  }

  /** The account of this one payment adds up. */
  hasTakenOnce(payment: PaymentRequest, rule: string): void {
    expect(this.#booksOf(payment), rule).toEqual(booksOf([payment]));
  }

  isTakenOnce(payment: PaymentRequest): boolean {
    return this.#booksOf(payment).join() === booksOf([payment]).join();
  }

  #booksOf({ account }: PaymentRequest): string[] {
    return this.ledger.books().filter((line) => line.startsWith(`${account} `));
  }

  /** Closes the service, and opens the file in the other process. */
  async reopen(): Promise<void> {
    await this.close();
    await this.#openInTheOther();
  }

  /** SIGKILL in the middle of whatever it does; the other process opens the file. */
  async kill(): Promise<void> {
    await this.#service.process.kill();
    await this.#openInTheOther();
  }

  async #openInTheOther(): Promise<void> {
    [this.#service, this.#spare] = [this.#spare, this.#service];
    this.#payments = await this.#openIn(this.#service);
  }

  async close(): Promise<void> {
    await quietly(() => this.instance.close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.desk.end();
    for (const letGo of this.#atEnd) letGo();
    await Promise.all(this.#pending);
    // A service that cannot close is the matter of one test only.
    await this.close().catch(() => undefined);
    this.ledger[Symbol.dispose]();
  }
}
