// What a durable commit costs, by journal, and a payment: `pnpm --filter @tcpip-workshop/idempotency measure`.
import { DatabaseSync } from "node:sqlite";
import { PaymentHandler } from "../payment-handler.ts";
import { SqliteStore } from "../sqlite/sqlite-store.ts";
import { temporaryFile } from "./temporary-file.ts";

const COMMITS = 300;

for (const [journal, synchronous] of [
  ["WAL", "FULL"],
  ["WAL", "NORMAL"],
  ["TRUNCATE", "FULL"],
  ["DELETE", "EXTRA"],
] as const) {
  using file = temporaryFile();
  using database = new DatabaseSync(file.path);
  database.exec(`PRAGMA journal_mode = ${journal}; PRAGMA synchronous = ${synchronous}`);
  database.exec("CREATE TABLE accounts (id TEXT PRIMARY KEY, balance INTEGER NOT NULL) STRICT");
  database.exec("INSERT INTO accounts VALUES ('alice', 0)");
  const add = database.prepare("UPDATE accounts SET balance = balance + 1");
  const ms = await medianOf(async () => void add.run());
  console.log(`commit, ${journal}, synchronous ${synchronous}: ${ms.toFixed(2)} ms`);
}

using file = temporaryFile();
await using store = await SqliteStore.open({ file: file.path });
await store.transact([{ put: "accounts", row: { id: "alice", balance: 1_000_000 } }]);
const payments = new PaymentHandler({ store });
let key = 0;
const pay = () => payments.handle({ key: `k${key}`, account: "alice", amount: 1 });
console.log(
  `payment (claim; effect and reply): ${(await medianOf(() => ((key += 1), pay()))).toFixed(2)} ms`,
);
console.log(`replay: ${(await medianOf(pay)).toFixed(2)} ms`);

async function medianOf(action: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < COMMITS; count++) {
    const start = performance.now();
    await action();
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[COMMITS / 2]!;
}
