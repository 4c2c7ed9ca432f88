import { DatabaseSync } from "node:sqlite";
import { SqliteStore } from "@tcpip-workshop/idempotency/sqlite";
import type { Payment } from "../payments.ts";

interface Receipt extends Payment {
  id: string;
  key: string;
}

/** What the service's file says, read by the tests themselves. */
export class Ledger implements Disposable {
  readonly #database: DatabaseSync;
  readonly #opening: ReadonlyMap<string, number>;

  /** A new file, with these accounts. */
  static async create(file: string, accounts: Record<string, number>): Promise<Ledger> {
    await using store = await SqliteStore.open({ file });
    for (const [id, balance] of Object.entries(accounts))
      await store.transact([{ put: "accounts", row: { id, balance } }]);
    return new Ledger(file, new Map(Object.entries(accounts)));
  }

  private constructor(file: string, opening: ReadonlyMap<string, number>) {
    this.#database = new DatabaseSync(file, { timeout: 5000 });
    this.#opening = opening;
  }

  /** Puts money on an account, as somebody else would. */
  deposit(account: string, amount: number): void {
    this.#database.prepare("UPDATE accounts SET balance = balance + ? WHERE id = ?").run(amount, account);
    (this.#opening as Map<string, number>).set(account, (this.#opening.get(account) ?? 0) + amount);
  }

  receipts(): Receipt[] {
    const rows = this.#database.prepare("SELECT id, account, amount, key FROM receipts").all();
    return rows as unknown as Receipt[];
  }

  /** How many rows there are of any kind, the accounts not counted. */
  rows(): number {
    const sql = "SELECT (SELECT count(*) FROM keys) + (SELECT count(*) FROM receipts) AS rows";
    return Number(this.#database.prepare(sql).get()?.["rows"]);
  }

  /** The books, a line for each account that has paid or has receipts. */
  books(): string[] {
    const receipts = this.receipts();
    const accounts = this.#database.prepare("SELECT id, balance FROM accounts").all();
    return accounts
      .map(({ id, balance }) => {
        const paid = (this.#opening.get(String(id)) ?? 0) - Number(balance);
        return { id: String(id), paid, of: receipts.filter(({ account }) => account === id) };
      })
      .filter(({ paid, of }) => paid !== 0 || of.length > 0)
      .map(({ id, paid, of }) => line(id, paid, of))
      .sort();
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

/** The books as they have to be when just these payments were made. */
export function booksOf(payments: (Payment & { key?: string })[]): string[] {
  const byAccount = Map.groupBy(payments, ({ account }) => account);
  return [...byAccount]
    .map(([account, of]) =>
      line(
        account,
        of.reduce((sum, { amount }) => sum + amount, 0),
        of,
      ),
    )
    .sort();
}

function line(account: string, paid: number, of: { amount: number; key?: string }[]): string {
  const receipts = of.map(({ amount, key }) => `${amount} for ${key}`).sort();
  return `${account} has paid ${paid}; receipts: ${receipts.join(", ") || "none"}`;
}
