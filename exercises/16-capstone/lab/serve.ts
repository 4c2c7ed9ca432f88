/**
 * Your gateway on port 4016, on the ledger /tmp/ledger.db, where alice has 100 euros the first time. Ctrl-C drains it.
 *
 *     npx pnpm@12 exec node exercises/16-capstone/lab/serve.ts [path of a gateway.ts]
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { SqliteStore } from "@tcpip-workshop/idempotency/sqlite";

const file = "/tmp/ledger.db";
const path = resolve(process.argv[2] ?? `${import.meta.dirname}/../gateway.ts`);
const { startGateway } = (await import(pathToFileURL(path).href)) as typeof import("../gateway.ts");

await using store = await SqliteStore.open({ file });
await store.transact([{ put: "accounts", row: { id: "alice", balance: 10_000 }, when: "absent" }]);
const gateway = await startGateway({ file, port: 4016, idleTimeout: 30_000 });
console.log(`process ${process.pid} listens on port ${gateway.port}`);
await new Promise((resolve) => process.once("SIGINT", resolve));
await gateway.drain();
