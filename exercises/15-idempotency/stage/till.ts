import { expect, quietly, step } from "@tcpip-workshop/grader/suite";
import type { Payment, PaymentRequest, Reply } from "../payments.ts";
import type { Requests } from "./requests.ts";
import type { Service } from "./shop.ts";

/** What comes back for each attempt, the last one being what `pay` has to give; how many attempts it may make; why. */
type Attempts = [replies: string[], limit: number, rule: string];

export const retries: Attempts[] = [
  [["201"], 4, "A payment that is made is made"],
  [["lost", "201"], 4, "Where `send` rejects nobody knows whether the payment was made: ask again"],
  [
    ["lost", "lost", "lost", "201"],
    4,
    "Where `send` rejects nobody knows whether the payment was made: ask again",
  ],
];

export const outcomes: Attempts[] = [
  [
    ["lost", "409", "409", "201"],
    4,
    "409 says that the payment is under way: ask again, and hear what became of it",
  ],
  [["503", "lost", "201"], 3, "503 says nothing of the payment: ask again"],
  [["402"], 4, "402 is the reply to this payment: to ask again does not change it"],
  [["lost", "422"], 4, "422 is a mistake of the client's, and stays one"],
  [["409", "403"], 4, "403 is the reply to this payment"],
  [["lost", "404"], 4, "404 is the reply to this payment"],
  [["400"], 4, "400 is a mistake of the client's, and stays one"],
  [["lost", "409", "503"], 3, "Three attempts are allowed: the last one's reply is given, whatever it is"],
  [["503", "409", "lost"], 3, "Three attempts are allowed: the last one's error is thrown"],
  [["lost"], 1, "One attempt is allowed: its error is thrown"],
];

/** Pays as often as there are scripts. */
export async function paysAsScripted(
  service: Service,
  requests: Requests,
  scripts: Attempts[],
): Promise<void> {
  for (const [replies, limit, rule] of scripts) {
    const { account, amount } = requests.next();
    const till = new Till(replies);
    expect(await till.pay(service, { account, amount }, limit), rule).toBe(replies.at(-1));
    till.hasSent({ account, amount });
  }
}

/** A client's surroundings: a network that does with each request what the script says. */
export class Till {
  readonly sent: PaymentRequest[] = [];
  readonly pauses: number[] = [];
  readonly keys: string[] = [];
  readonly #replies: readonly string[];

  constructor(replies: readonly string[]) {
    this.#replies = replies;
  }

  newKey(): string {
    const key = `key ${this.keys.length + 1} of this payment`;
    this.keys.push(key);
    return key;
  }

  async send(request: PaymentRequest): Promise<Reply> {
    const what =
      this.#replies[this.sent.push(request) - 1] ?? `one more attempt, after ${this.#replies.at(-1)}`;
    if (!/^\d/.test(what)) throw new Error(what);
    return { status: Number(what), body: `reply ${this.sent.length}` };
  }

  /** @returns the status of the reply, or the message of the error */
  async pay(service: Service, payment: Payment, attempts: number): Promise<string> {
    const given = this.#replies.map((what) => (what === "lost" ? "a rejection" : what)).join(", ");
    step(
      `pay() of at most ${attempts} attempt${attempts === 1 ? "" : "s"}; what \`send\` gives, in turn: ${given}`,
    );
    const paying = quietly(() =>
      service.pay((request) => this.send(request), payment, {
        attempts,
        newKey: () => this.newKey(),
        wait: async (failures) => void this.pauses.push(failures),
      }),
    );
    return await paying.then(
      ({ status }) => String(status),
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  }

  /** Every attempt was the same request, and every pause was told how many had failed. */
  hasSent({ account, amount }: Payment): void {
    expect(
      this.keys.length,
      "One payment is one key for all its attempts: `newKey` is called once (counted: how often)",
    ).toBe(1);
    const one = { key: this.keys[0], account, amount };
    const once = "Every attempt sends the payment with the one key that `newKey` gave";
    expect(this.sent, once).toEqual(this.#replies.map(() => one));
    const waits =
      "Before each further attempt `wait` is called with the number of failures so far, and after the last one not at all";
    expect(this.pauses, waits).toEqual(this.#replies.slice(1).map((_, index) => index + 1));
  }
}
