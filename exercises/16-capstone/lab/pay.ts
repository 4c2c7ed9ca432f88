/**
 * Your client pays 2.50 for alice at the gateway of serve.ts, under the key that you name, and shows the receipts of the ledger.
 *
 *     npx pnpm@12 exec node exercises/16-capstone/lab/pay.ts KEY [path of a client.ts]
 */
import { resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";

const [key = "order 1", file = `${import.meta.dirname}/../client.ts`] = process.argv.slice(2);
const { PaymentClient } = (await import(pathToFileURL(resolve(file)).href)) as typeof import("../client.ts");

const client = new PaymentClient({
  host: "127.0.0.1",
  port: 4016,
  size: 1,
  connectTimeout: 1000,
  replyTimeout: 4000,
  totalTimeout: 10_000,
  idleTimeout: 10_000,
  attempts: 5,
  backoff: 100,
});
const started = performance.now();
const outcome = await client.pay({ account: "alice", amount: 250, key }).then(
  ({ id }) => `receipt ${id}`,
  (error: Error & { code?: string }) => `${error.code ?? error.name}: ${error.message}`,
);
console.log(`${outcome}, after ${(performance.now() - started).toFixed(0)} ms`);
await client.close();

using database = new DatabaseSync("/tmp/ledger.db", { readOnly: true });
console.table(database.prepare("SELECT key, account, amount, id FROM receipts").all());
