import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { Condition, TableName, Tables, Write } from "../store.ts";

const COLUMNS: { readonly [T in TableName]: readonly string[] } = {
  keys: ["id", "fingerprint", "state", "owner", "leaseUntil", "status", "body", "expiresAt"],
  accounts: ["id", "balance"],
  receipts: ["id", "account", "amount", "key"],
};

/** The rows of the three tables, by statements that are compiled once. What is one transaction is the caller's to say. */
export class SqliteTables {
  readonly #statements;

  constructor(database: DatabaseSync) {
    const prepare = (table: TableName) => {
      const columns = COLUMNS[table];
      const places = columns.map(() => "?").join(", ");
      return {
        get: database.prepare(`SELECT ${columns.join(", ")} FROM ${table} WHERE id = ?`),
        put: database.prepare(`INSERT OR REPLACE INTO ${table} (${columns.join(", ")}) VALUES (${places})`),
        remove: database.prepare(`DELETE FROM ${table} WHERE id = ?`),
      };
    };
    this.#statements = {
      keys: prepare("keys"),
      accounts: prepare("accounts"),
      receipts: prepare("receipts"),
    };
  }

  get<T extends TableName>(table: T, id: string): Tables[T] | undefined {
    const row = this.#statements[table].get.get(id);
    if (row === undefined) {
      return undefined;
    }
    const { expiresAt, ...rest } = row;
    // the only column that may be missing in a row; the others' null is a value
    return { ...rest, ...(typeof expiresAt === "number" && { expiresAt }) } as unknown as Tables[T];
  }

  /** Whether the condition held; if not, nothing is written. */
  write(write: Write): boolean {
    if ("add" in write) {
      return this.#add(write.id, write.amount, write.atLeast);
    }
    if ("remove" in write) {
      const { remove, id, when } = write;
      return this.#holds(remove, id, when) && (this.#statements[remove].remove.run(id), true);
    }
    return this.#holds(write.put, write.row.id, write.when) && this.#put(write.put, write.row);
  }

  #put<T extends TableName>(table: T, row: Tables[T]): true {
    const values = row as unknown as { readonly [column: string]: SQLInputValue | undefined };
    this.#statements[table].put.run(...COLUMNS[table].map((column) => values[column] ?? null));
    return true;
  }

  #add(id: string, amount: number, atLeast = -Number.MAX_SAFE_INTEGER): boolean {
    const row = this.get("accounts", id);
    const balance = (row?.balance ?? Number.NaN) + amount;
    // beyond the safe integers a sum may be rounded: such a one is refused whatever it says
    return Number.isSafeInteger(balance) && balance >= atLeast && this.#put("accounts", { id, balance });
  }

  #holds<T extends TableName>(table: T, id: string, when: Condition<Tables[T]> | undefined): boolean {
    if (when === undefined) {
      return true;
    }
    const row = this.get(table, id);
    if (when === "absent" || row === undefined) {
      return when === "absent" && row === undefined;
    }
    const names = Object.keys(when) as (keyof Tables[T])[];
    return names.every((name) => row[name] === when[name]);
  }
}
