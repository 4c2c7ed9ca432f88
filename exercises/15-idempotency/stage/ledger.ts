import { readdirSync, readlinkSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { SqliteStore } from "@tcpip-workshop/idempotency/sqlite";
import type { Payment } from "../payments.ts";

interface Receipt extends Payment {
  id: string;
  key: string;
}

/** What the service's file says, read by the tests themselves. */
export class Ledger implements Disposable {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #opening: Map<string, number>;

  /** A new file, with these accounts. */
  static async create(file: string, accounts: Record<string, number>): Promise<Ledger> {
    await using store = await SqliteStore.open({ file });
    for (const [id, balance] of Object.entries(accounts))
      await store.transact([{ put: "accounts", row: { id, balance } }]);
    return new Ledger(file, new Map(Object.entries(accounts)));
  }

  private constructor(file: string, opening: Map<string, number>) {
    this.#file = file;
    this.#database = new DatabaseSync(file, { timeout: 5000 });
    this.#opening = opening;
  }

  /** Puts money on an account, as somebody else would. */
  deposit(account: string, amount: number): void {
    this.#database.prepare("UPDATE accounts SET balance = balance + ? WHERE id = ?").run(amount, account);
    this.#opening.set(account, (this.#opening.get(account) ?? 0) + amount);
  }

  receipts(): Receipt[] {
    const rows = this.#database.prepare("SELECT id, account, amount, key FROM receipts").all();
    return rows as unknown as Receipt[];
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
      .toSorted();
  }

  /** Whether this process has the file open. */
  isOpenIn(pid: number): boolean {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((fd) => {
      try {
        return readlinkSync(`${folder}/${fd}`) === this.#file;
      } catch {
        return false; // closed meanwhile
      }
    });
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
    .toSorted();
}

function line(account: string, paid: number, of: { amount: number; key?: string }[]): string {
  const receipts = of.map(({ amount, key }) => `${amount} for ${key}`).toSorted();
  return `${account} has paid ${paid}; receipts: ${receipts.join(", ") || "none"}`;
}
