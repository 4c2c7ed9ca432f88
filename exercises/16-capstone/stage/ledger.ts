import { DatabaseSync } from "node:sqlite";
import { SqliteStore } from "@tcpip-workshop/idempotency/sqlite";
import type { ReceiptRow } from "@tcpip-workshop/idempotency/store";

let opened = 0;

/** The gateway's database, seen by an auditor: it reads the file, whatever the gateway says. */
export class Ledger implements Disposable {
  /** A fresh one in `folder`, with these balances in cents. */
  static async open(folder: string, accounts: Readonly<Record<string, number>>): Promise<Ledger> {
    const ledger = `${folder}/ledger-${++opened}.db`;
    await put(ledger, accounts);
    return new Ledger(ledger);
  }

  readonly file: string;
  readonly #database: DatabaseSync;

  private constructor(file: string) {
    this.file = file;
    this.#database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  balance(account: string): number {
    const row = this.#database.prepare("SELECT balance FROM accounts WHERE id = ?").get(account);
    return Number(row?.["balance"]);
  }

  receipts(): ReceiptRow[] {
    return this.#database.prepare("SELECT * FROM receipts").all() as unknown as ReceiptRow[];
  }

  /** What was charged for which key, in the order of the keys: `order 1: 300`; and how often, where that is not once. */
  charges(): string[] {
    const lines = Map.groupBy(this.receipts(), ({ key, amount }) => `${key}: ${amount}`);
    return [...lines]
      .map(([line, { length }]) => (length === 1 ? line : `${line}, ≈${length} times`))
      .toSorted();
  }

  /** Somebody pays in. */
  async setBalance(account: string, balance: number): Promise<void> {
    await put(this.file, { [account]: balance });
  }
}

async function put(file: string, accounts: Readonly<Record<string, number>>): Promise<void> {
  await using store = await SqliteStore.open({ file, synchronous: "NORMAL" });
  const rows = Object.entries(accounts).map(([id, balance]) => ({ id, balance }));
  await store.transact(rows.map((row) => ({ put: "accounts", row }) as const));
}
