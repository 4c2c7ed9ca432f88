import { DatabaseSync } from "node:sqlite";

export interface Ledger {
  /** What SQLite says of the file: "ok". */
  integrity: unknown;
  balance: number;
  /** Keys of the receipts, sorted. */
  paid: string[];
  /** The sum of the receipts. */
  taken: number;
}

/** What is on disk, read by SQLite alone, without the code under test. */
export function readLedger(file: string): Ledger {
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA busy_timeout = 30000");
    const integrity = database.prepare("PRAGMA integrity_check").get()?.["integrity_check"];
    const balance = Number(database.prepare("SELECT sum(balance) AS sum FROM accounts").get()?.["sum"]);
    const receipts = database.prepare("SELECT key, amount FROM receipts ORDER BY key").all();
    const taken = receipts.reduce((sum, { amount }) => sum + Number(amount), 0);
    return { integrity, balance, paid: receipts.map(({ key }) => String(key)), taken };
  } finally {
    database.close();
  }
}
