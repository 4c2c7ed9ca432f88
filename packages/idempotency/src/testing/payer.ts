// A process of its own that pays, and may kill itself at a gate. Told by one argument of JSON; prints a line a reply.
import { PaymentHandler } from "../payment-handler.ts";
import { SqliteStore } from "../sqlite/sqlite-store.ts";
import type { PayerOptions } from "./spawn-payer.ts";

const options = JSON.parse(process.argv[2]!) as PayerOptions;
let points = 0;
const gate = async (): Promise<void> => {
  points += 1;
  if (points === options.dieAtPoint) {
    process.kill(process.pid, "SIGKILL");
    // the signal comes when the kernel likes; nothing more is done until then
    await new Promise(() => {});
  }
};
const { file, synchronous = "FULL" } = options;
await using store = await SqliteStore.open({ file, gate, busyTimeout: 30_000, synchronous });
const payments = new PaymentHandler({ store });

process.stdout.write("ready\n");
// nobody starts before all are there
await new Promise((resolve) => process.stdin.once("data", resolve));
process.stdin.destroy();

if (options.atOnce) {
  await Promise.all(options.keys.map(pay));
} else {
  for (const key of options.keys) {
    await pay(key);
  }
}

async function pay(key: string): Promise<void> {
  for (;;) {
    const { status, replayed } = await payments.handle({ key, account: "alice", amount: options.amount });
    process.stdout.write(`${JSON.stringify({ key, status, replayed })}\n`);
    if (status !== 409 && status !== 503) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
