import { Random, seed } from "@tcpip-workshop/grader/suite";
import type { PaymentRequest } from "../payments.ts";

export type Keyed = Required<PaymentRequest>;

/** Random payments, each with a key and an account of its own. */
export class Requests {
  readonly #random: Random;
  readonly #taken = new Set<number>();

  /** @param salt so that each test has others */
  constructor(salt: number) {
    this.#random = new Random(seed().plus(salt));
  }

  next(): Keyed {
    return {
      key: this.key(),
      account: `a-${this.#fresh(100, 999)}`,
      amount: this.#random.integer(1000, 4999),
    };
  }

  several(count: number): Keyed[] {
    return Array.from({ length: count }, () => this.next());
  }

  key(): string {
    return `k-${this.#fresh(100_000, 999_999)}`;
  }

  #fresh(least: number, most: number): number {
    for (;;) {
      const number = this.#random.integer(least, most);
      if (!this.#taken.has(number) && this.#taken.add(number)) return number;
    }
  }
}

/** Their accounts, with what they pay and so much more. */
export function accountsOf(...payments: [Keyed, more: number][]): Record<string, number> {
  return Object.fromEntries(payments.map(([{ account, amount }, more]) => [account, amount + more]));
}

export function said({ key, account, amount }: PaymentRequest): string {
  const withKey = key === undefined ? "no key" : key === "" ? "an empty key" : `key ${key}`;
  return `${amount} from ${account}, ${key && key.length > 200 ? `a key of ${key.length} characters` : withKey}`;
}

/** What comes from outside and is no payment. */
export function noPayments({ key, account, amount }: Keyed): [PaymentRequest, rule: string][] {
  const amounts = [0, -500, 1.5, 2 ** 53, NaN];
  return [
    [{ account, amount }, "A request without a key is told 400"],
    [{ key: "", account, amount }, "An empty key is none: 400"],
    [{ key: "k".repeat(256), account, amount }, "A key has a `length` of at most 255: 400"],
    ...amounts.map((no): [PaymentRequest, string] => [
      { key, account, amount: no },
      `An amount is a safe integer from 1 up, and ${no} is none: 400`,
    ]),
  ];
}

/** Other payments with this one's key; the accounts are there. */
export function mixedUp({ key, account, amount }: Keyed): [PaymentRequest, string][] {
  const digits = String(amount);
  const glued = "Account and amount are other ones, even if they glue together to the same characters";
  return [
    [{ key, account, amount: amount + 1 }, "The amount is another one"],
    [{ key, account: account + digits[0], amount }, "The account is another one"],
    [{ key, account: account + digits[0], amount: Number(digits.slice(1)) }, glued],
    [{ key, account: digits.at(-1) + account, amount: Number(digits.slice(0, -1)) }, glued],
  ];
}
