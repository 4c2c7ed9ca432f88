import type { DatabaseSync } from "node:sqlite";
import { NetError } from "@tcpip-workshop/core/net-error";

/** In the header of the file, at byte 68: nobody else's database is taken for ours ("idem"). */
const APPLICATION_ID = 0x6964656d;
const VERSION = 1;
const MAX = Number.MAX_SAFE_INTEGER;

const TABLES = `
  CREATE TABLE keys (
    id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('in flight', 'done')),
    owner TEXT NOT NULL, leaseUntil INTEGER NOT NULL, status INTEGER, body TEXT, expiresAt INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX keys_by_expiry ON keys (expiresAt) WHERE expiresAt IS NOT NULL;
  CREATE TABLE accounts (
    id TEXT PRIMARY KEY, balance INTEGER NOT NULL CHECK (balance BETWEEN -${MAX} AND ${MAX})
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE receipts (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, amount INTEGER NOT NULL, key TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${VERSION};
`;

/** Sets up an empty database, inside the transaction that the caller has begun, or finds it set up. Throws `UNSUPPORTED`. */
export function setUpSchema(database: DatabaseSync): void {
  if (checkOwner(database) === "nobody's") {
    database.exec(TABLES);
  }
}

/** Whether a file is empty or a store's, and nothing written. Throws `UNSUPPORTED` for somebody else's, or a later version's. */
export function checkOwner(database: DatabaseSync): "nobody's" | "ours" {
  const version = number(database, "PRAGMA user_version", "user_version");
  const application = number(database, "PRAGMA application_id", "application_id");
  const tables = number(database, "SELECT count(*) AS tables FROM sqlite_schema", "tables");
  if (application === 0 && version === 0 && tables === 0) {
    return "nobody's";
  }
  if (application === APPLICATION_ID && version === VERSION) {
    return "ours";
  }
  const expected = `Expected an empty file, or idempotency keys of version ${VERSION}`;
  throw new NetError("UNSUPPORTED", `${expected}, got application ${application}, version ${version}`);
}

function number(database: DatabaseSync, sql: string, column: string): number {
  return Number(database.prepare(sql).get()?.[column]);
}
