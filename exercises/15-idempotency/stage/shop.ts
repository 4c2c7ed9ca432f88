import { join } from "node:path";
import {
  type Answer,
  eventually,
  expect,
  quietly,
  type RemoteInstance,
  step,
} from "@tcpip-workshop/grader/suite";
import type { Payments, PaymentRequest, Reply } from "../payments.ts";
import type { Death } from "./deaths.ts";
import { Desk } from "./desk.ts";
import { booksOf, Ledger } from "./ledger.ts";
import { Meeting } from "./meeting.ts";
import { said } from "./requests.ts";

export type Service = Answer<typeof import("../payments.ts")>;

/** One that has opened the file. */
export type Instance = RemoteInstance<Payments>;

/** A request under way. */
export interface Pending {
  /** What it was told, once it was. */
  told?: string;
  /** Resolves to the same. */
  reply: Promise<string>;
}

let files = 0;
/** Milliseconds. A commit waits for the disk, which a busy machine shares. */
export const patience = 3000;
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
  onPause: (point: string) => Promise<void> | void = () => {};
  /** What has to come to an end before the test does. */
  readonly #pending: Promise<unknown>[] = [];
  readonly #held: (() => void)[] = [];
  #isOver = false;
  readonly #pause = (point: string): Promise<void> | void => this.onPause(point);
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
    step(`the service opens a new file: ${owned.slice(0, 3).join(", ")}${owned.length > 3 ? " …" : ""}`);
    shop.#payments = await shop.#openIn(shop.#service);
    return shop;
  }

  private constructor(services: [Service, Service], file: string, ledger: Ledger) {
    [this.#service, this.#spare] = services;
    [this.file, this.ledger] = [file, ledger];
  }

  /** A second instance, in another process; the two meet at their first transactions. */
  async openBeside(): Promise<Instance> {
    const meeting = new Meeting();
    this.#held.push(() => meeting.end());
    this.onPause = meeting.gate();
    return await this.#openIn(this.#spare, meeting.gate());
  }

  async #openIn(service: Service, onPause = this.#pause): Promise<Instance> {
    return await quietly(() =>
      service.openPayments({
        file: this.file,
        now: () => this.now,
        check: async (request) => {
          await onPause("check");
          return await this.desk.check(request);
        },
        gate: async (point) => await onPause(point),
      }),
    );
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
      reply.then(
        (told) => (pending.told = told),
        () => (pending.told = "an error"),
      ),
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

  /** Waits until so many questions are held at the desk, or one of these requests has its reply already. */
  async isAsked(questions: number, pending: Pending, rule: string): Promise<void> {
    const come = () => this.desk.held.length >= questions || pending.told !== undefined;
    await eventually(come, rule, { within: patience });
    // Whatever it threw is the better story.
    if (pending.told === "an error") await pending.reply;
    const seen = pending.told === undefined ? `asked ${this.desk.held.length} times` : `told ${pending.told}`;
    expect(seen, rule).toBe(`asked ${questions} times`);
  }

  /** The check says yes to this question, and the transaction behind it is held. @returns what lets it go */
  async holdsStore(question: number): Promise<() => void> {
    const { promise: gone, resolve: letGo } = Promise.withResolvers<void>();
    this.#held.push(letGo);
    let isHeld = false;
    this.onPause = async (point) => {
      if (point !== "before transact") return;
      this.onPause = () => {};
      isHeld = true;
      await gone;
    };
    this.desk.held[question]?.answer(true);
    const rule = "When the check has said yes, the payment is made in a transaction";
    await eventually(() => isHeld, rule, { within: patience });
    return letGo;
  }

  /** The first transaction behind the next check fails: it has not been done, or it has, and its answer is lost. */
  failsStoreOnce(when: "before" | "after"): void {
    const said = when === "before" ? "it has not been done" : "it has been done, and its answer is lost";
    step(`the store will fail in the first transaction behind the check: ${said}`);
    let asked = false;
    this.onPause = (point) => {
      if (point === "check") asked = true;
      if (!asked || point !== `${when} transact`) return;
      this.onPause = () => {};
      throw new Error("the database does not answer");
    };
  }

  /** A request that has to be refused while another one is under way: before it asks anybody. */
  async refusesMeanwhile(pending: Pending, status: string, rule: string): Promise<void> {
    const before = this.desk.held.length;
    await eventually(() => pending.told !== undefined || this.desk.held.length > before, rule, {
      within: patience,
    });
    if (pending.told === "an error") await pending.reply;
    expect(pending.told ?? "no reply yet: the check is asked again", rule).toBe(status);
  }

  /**
   * Payments on a connection of its own each, until each has its reply or is held, for ever, at the await that is told.
   * @returns where each was held; undefined when it had its reply
   */
  async holdAt(deaths: Death[]): Promise<(string | undefined)[]> {
    const held: (string | undefined)[] = deaths.map(() => undefined);
    const pending = deaths.map(async ({ payment, nth }, index) => {
      let waits = 0;
      const payments = await this.#openIn(this.#service, (point) => {
        if (++waits < nth) return Promise.resolve();
        if (this.#isOver) return Promise.reject(new Error("the test is over"));
        held[index] = point;
        return new Promise<void>((_, reject) => {
          this.#held.push(() => reject(new Error("the test is over")));
        });
      });
      return this.begin(payment, "", payments);
    });
    const all = await Promise.all(pending);
    const settled = () => all.every(({ told }, index) => told !== undefined || held[index] !== undefined);
    const rule = "Each request gets a reply, or waits where the tests hold it";
    await eventually(settled, rule, { within: patience });
    for (const { told, reply } of all) if (told === "an error") await reply;
    return held;
  }

  /** The file adds up, and has just these receipts. */
  hasTaken(payments: PaymentRequest[], rule: string): void {
    expect(this.ledger.books(), rule).toEqual(booksOf(payments));
  }

  /** The account of this one payment adds up. */
  hasTakenOnce(payment: PaymentRequest, rule: string): void {
    const books = this.ledger.books().filter((line) => line.startsWith(`${payment.account} `));
    expect(books, rule).toEqual(booksOf([payment]));
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
    for (const end of this.#held) end();
    await Promise.all(this.#pending);
    // A service that cannot close is the matter of one test only.
    await this.close().catch(() => undefined);
    this.ledger[Symbol.dispose]();
  }
}
