import { DatabaseSync } from "node:sqlite";
import { NetError } from "@tcpip-workshop/core/net-error";
import { checkWrites } from "../check-writes.ts";
import type { Gate, Store, TableName, Tables, TransactResult, Write } from "../store.ts";
import { wholeNumber } from "@tcpip-workshop/core/whole-number";
import { checkOwner, setUpSchema } from "./schema.ts";
import { checkSqliteVersion } from "./sqlite-version.ts";
import { SqliteTables } from "./tables.ts";
import { whenFree } from "./when-free.ts";

export interface SqliteStoreOptions {
  /** Path of the database, made when there is none; `-wal` and `-shm` lie beside it. `:memory:` dies with the process. */
  readonly file: string;
  readonly gate?: Gate;
  /** How long to wait for other processes' transactions, in ms. Default 5000. */
  readonly busyTimeout?: number;
  /** Default `FULL`. With `NORMAL` no commit waits for an fsync: SIGKILL loses nothing, a power cut the last commits. */
  readonly synchronous?: "FULL" | "NORMAL";
}

/**
 * A store in one file, for any number of processes on one machine. What `transact` has reported as done survives SIGKILL
 * at any moment, and, as far as disks tell the truth about fsync, a power cut: WAL with `synchronous = FULL`, one fsync a
 * commit (sqlite.org/wal.html, sqlite.org/pragma.html#pragma_synchronous). That fsync stops the event loop for as long as
 * it takes.
 */
export class SqliteStore implements Store {
  readonly #database: DatabaseSync;
  readonly #tables: SqliteTables;
  readonly #gate: Gate;
  readonly #busyTimeout: number;
  #closed = false;

  /**
   * Opens the file, and sets it up if it is empty. Throws `ARGUMENT_INVALID`; `UNSUPPORTED` for a file that is not such a
   * store's, or a Node whose SQLite is too old; `STORE_UNAVAILABLE` when it cannot be opened, or is locked for too long.
   */
  static async open(options: SqliteStoreOptions): Promise<SqliteStore> {
    const { file, gate = async () => {} } = options;
    if (typeof file !== "string" || file === "") {
      throw new NetError("ARGUMENT_INVALID", `Expected the path of a file, got "${file}"`);
    }
    const synchronous = options.synchronous ?? "FULL";
    if (synchronous !== "FULL" && synchronous !== "NORMAL") {
      throw new NetError(
        "ARGUMENT_INVALID",
        `Expected synchronous FULL or NORMAL, got "${String(synchronous)}"`,
      );
    }
    const busyTimeout = wholeNumber("busyTimeout", options.busyTimeout ?? 5000, 0, 2_147_483_647);
    checkSqliteVersion(process.versions["sqlite"]);
    const database = await whenFree(busyTimeout, () => new DatabaseSync(file));
    try {
      await whenFree(busyTimeout, () => setUp(database, synchronous));
      return new SqliteStore(database, gate, busyTimeout);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  private constructor(database: DatabaseSync, gate: Gate, busyTimeout: number) {
    this.#database = database;
    this.#tables = new SqliteTables(database);
    this.#gate = gate;
    this.#busyTimeout = busyTimeout;
  }

  /** Throws `STORE_UNAVAILABLE`, `CLOSED`. */
  async get<T extends TableName>(table: T, id: string): Promise<Tables[T] | undefined> {
    await this.#gate("before get");
    const row = await this.#whenFree(() => this.#tables.get(table, id));
    await this.#gate("after get");
    return row;
  }

  /** Throws `ARGUMENT_INVALID`, `STORE_UNAVAILABLE`, `CLOSED`. */
  async transact(writes: readonly Write[]): Promise<TransactResult> {
    checkWrites(writes);
    await this.#gate("before transact");
    const result = await this.#whenFree(() => this.#transact(writes));
    await this.#gate("after transact");
    return result;
  }

  /**
   * Forgets keys that expired before `now`, in ms since 1970, at most `limit` (default 1000, which keeps the write lock
   * for some milliseconds); returns how many. DynamoDB does that by itself, here it is the service's to call.
   */
  async removeExpired(now: number, limit = 1000): Promise<number> {
    wholeNumber("now", now, 0, Number.MAX_SAFE_INTEGER);
    wholeNumber("limit", limit, 1, 1_000_000);
    const sql = "DELETE FROM keys WHERE id IN (SELECT id FROM keys WHERE expiresAt <= ? LIMIT ?)";
    return this.#whenFree(() => Number(this.#database.prepare(sql).run(now, limit).changes));
  }

  /** Idempotent. What is called later, or waits for the lock, throws `CLOSED`. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#database.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #whenFree<T>(action: () => T): Promise<T> {
    return whenFree(this.#busyTimeout, () => {
      if (this.#closed) {
        throw new NetError("CLOSED", "Expected the store to be open, got a call after close");
      }
      return action();
    });
  }

  // without an await, so nothing of this process comes in between
  #transact(writes: readonly Write[]): TransactResult {
    return inTransaction(this.#database, (rollBack) => {
      for (const [index, write] of writes.entries()) {
        if (!this.#tables.write(write)) {
          rollBack();
          return { done: false, refused: index };
        }
      }
      return { done: true };
    });
  }
}

function setUp(database: DatabaseSync, synchronous: "FULL" | "NORMAL"): void {
  // whoever waits, waits in whenFree
  database.exec(`PRAGMA busy_timeout = 0; PRAGMA synchronous = ${synchronous}`);
  // first, for WAL is written into the file
  checkOwner(database);
  const { journal_mode: mode } = database.prepare("PRAGMA journal_mode = WAL").get() ?? {};
  if (mode !== "wal" && mode !== "memory") {
    throw new NetError(
      "UNSUPPORTED",
      `Expected a file system with shared memory, for WAL, got ${String(mode)}`,
    );
  }
  inTransaction(database, () => setUpSchema(database));
}

function inTransaction<T>(database: DatabaseSync, action: (rollBack: () => void) => T): T {
  // IMMEDIATE: the write lock before the first read, or two could read the same balance and one would fail at its write
  database.exec("BEGIN IMMEDIATE");
  let end = "COMMIT";
  try {
    const result = action(() => (end = "ROLLBACK"));
    database.exec(end);
    return result;
  } catch (error) {
    rollBackAfter(database);
    throw error;
  }
}

/** After some errors (a full disk) SQLite has rolled back already; the first error is the one to tell. */
function rollBackAfter(database: DatabaseSync): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // nothing to roll back
  }
}
