import { Random, seed } from "@tcpip-workshop/grader/suite";
import type { PaymentRequest } from "../payments.ts";

export type Keyed = Required<PaymentRequest>;

/** Random payments, each with a key and an account of its own. */
export class Requests {
  readonly #random: Random;
  readonly #taken = new Set<number>();

  /** @param salt so that each test has others */
  constructor(salt: number) {
    this.#random = new Random(seed() + salt);
  }

  next(): Keyed {
    return {
      key: this.key(),
      account: `a-${this.#fresh(100, 999)}`,
      amount: this.#random.integer(1000, 4999),
    };
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

export function said({ key, account, amount }: PaymentRequest): string {
  return `${amount} from ${account}, ${key === undefined ? "no key" : `key ${key}`}`;
}
