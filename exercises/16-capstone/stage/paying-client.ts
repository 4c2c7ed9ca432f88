import { type Answer, eventually, expect, quietly, step } from "@tcpip-workshop/grader/suite";
import type { Payment, PaymentClientOptions } from "../client.ts";
import { ScriptedGateway } from "./scripted-gateway.ts";

export type Clients = Answer<typeof import("../client.ts")>;

/** What is paid where a test says nothing else. */
export const acme = { account: "acme", amount: 250 };

/** With time enough for whatever a test is not about. */
const patient = {
  size: 4,
  connectTimeout: 5000,
  replyTimeout: 5000,
  totalTimeout: 20_000,
  idleTimeout: 20_000,
  attempts: 3,
  backoff: 2,
};

/** A client of the answer's. */
export class PayingClient {
  readonly #clients: Clients;
  readonly #client;
  readonly #port: number;

  /** @param told the options as the steps tell them, where they differ from run to run */
  constructor(clients: Clients, port: number, options: Partial<PaymentClientOptions> = {}, told?: string) {
    const all = { host: "127.0.0.1", port, ...patient, ...options };
    this.#clients = clients;
    const shown = Object.entries({ size: all.size, attempts: all.attempts, ...options });
    const listed = told ?? shown.map(([name, value]) => `${name}: ${value}`).join(", ");
    step(`a client = new PaymentClient({ ${listed}, … }); what is not shown is ample`);
    this.#client = quietly(() => clients.create("PaymentClient", all));
    this.#port = port;
  }

  /** The receipt's id, or what it rejected with. Who fails before it comes need not wait for it. */
  pay(payment: Partial<Payment> = {}): Promise<string> {
    step(`client.pay(${payment.key === undefined ? "without a key" : payment.key})`);
    const paid = quietly(() => this.#client.pay({ ...acme, ...payment })).then(
      ({ id }) => id,
      (error: Error & { code?: string }) => {
        if (error.name === "AnswerFailure") throw error;
        return `rejected with ${error.name === "PaymentError" ? error.code : error}`;
      },
    );
    paid.catch(() => {});
    return paid;
  }

  /** Pays for an order, which has this outcome soon. */
  async gets(outcome: string, order: string, rule: string, within?: number): Promise<void> {
    await soon(this.pay({ key: order }), outcome, rule, within);
  }

  /** Pays for an order, and gets its receipt. */
  async getsReceipt(order: string, rule: string): Promise<void> {
    await this.gets(`receipt of ${order}`, order, rule);
  }

  /** Does not fail the test that never looks at it. */
  close(): Promise<void> {
    const closed = quietly(() => this.#client.close());
    closed.catch(() => {});
    return closed;
  }

  /** Its connections to the gateway, as the kernel calls their states. */
  get states(): string[] {
    return this.#clients.process.sockets({ port: this.#port }).map(({ state }) => state);
  }

  /** Whether it has read all that has come from the gateway. */
  get hasRead(): boolean {
    return this.#clients.process.sockets({ port: this.#port }).every(({ recvQ }) => recvQ === 0);
  }
}

/** The outcome, if it comes soon: a wrong answer is not waited for until its deadline. */
export async function soon(
  paying: Promise<string>,
  expected: string,
  rule: string,
  within = 1200,
): Promise<void> {
  let [outcome, isOver] = ["no outcome yet", false];
  const become = (is: unknown): void => {
    isOver = true;
    // A call that has outlived its own deadline has no outcome either.
    if (!/ never settled/.test(String(is))) outcome = String(is);
  };
  paying.then(become, become);
  await eventually(() => isOver, rule, { within, expected, received: () => outcome });
  expect(outcome, rule).toBe(expected);
}

/** Payments elsewhere, by the same process: when these have their receipts, all others have done what they do at once. */
export async function elsewhere(clients: Clients, count: number): Promise<void> {
  await using gateway = await ScriptedGateway.listen();
  const client = quietly(() => new PayingClient(clients, gateway.tap.port));
  for (let number = 1; number <= count; number++)
    await quietly(() => client.pay({ key: `elsewhere ${number}` }));
}
