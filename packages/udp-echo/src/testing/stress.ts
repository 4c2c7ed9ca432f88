// pnpm --filter @tcpip-workshop/udp-echo stress: the figures of the README. Exit code 1 when a promise is broken.
import { encodeMessage } from "../message.ts";
import { throughLoss } from "./through-loss.ts";
import { type Flood, underFlood } from "./under-flood.ts";

const broken: string[] = [];
const expectThat = (holds: boolean, what: string): void => void (holds || broken.push(what));

const loss = await throughLoss(5000, 0.2);
expectThat(loss.right === 5000, "each of the 5000 requests gets its own answer");
expectThat(loss.executions === 5000, "each is executed once");
console.log(`5000 requests through 20 % loss each way, 2 % doubled, 2 % reordered (seed ${loss.seed})`);
console.log(`  lost ${loss.lost.toServer} requests and ${loss.lost.toClient} replies`);
console.log(`  answered ${loss.right}, executed ${loss.executions}, in ${loss.seconds.toFixed(1)} s`);
console.log(`  client  ${JSON.stringify(loss.client)}`);
console.log(`  server  ${JSON.stringify(loss.server)}`);

const garbage = new Uint8Array(1400).fill(0xff);
const longest = new Uint8Array(65_507).fill(0xff);
const floods: [name: string, datagrams: number, flood: Flood, flags: string[]][] = [
  ["garbage, 1400 bytes", 200_000, () => garbage, []],
  ["oversized, 65,507 bytes", 20_000, () => longest, ["--max-datagram-length", "1472"]],
  ["empty", 200_000, () => new Uint8Array(0), []],
  [
    "requests with new ids, 1000 bytes, window of 10,000",
    200_000,
    (n) => encodeMessage({ kind: "request", id: BigInt(n), payload: new Uint8Array(988) }),
    ["--window-entries", "10000"],
  ],
];
for (const [name, datagrams, flood, flags] of floods) {
  const result = await underFlood(datagrams, flood, flags);
  const { honest, received, dropped } = result;
  expectThat(honest.asked === honest.answered - 1, `${name}: every honest request is answered`);
  expectThat(result.exitCode === 0, `${name}: the server leaves with exit code 0`);
  expectThat(
    Number.isNaN(dropped) || received + dropped === datagrams + honest.sent,
    `${name}: each datagram is counted`,
  );
  const answersOnly = name.startsWith("requests") || result.sentBytes <= 28 * honest.sent;
  expectThat(answersOnly, `${name}: nothing is answered but requests`);
  const rate = Math.round(datagrams / result.seconds / 1000);
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
  console.log(`flood: ${name}: ${datagrams} datagrams, ${rate} thousand a second`);
  console.log(`  read ${received}, dropped by the kernel ${dropped}, sent back ${result.sentBytes} bytes`);
  console.log(`  honest requests ${honest.asked}, all answered, ${honest.retries} retries`);
  console.log(`  memory ${mebibytes(result.memoryBefore)} -> ${mebibytes(result.memoryAfter)} MiB`);
  console.log(`  ${result.lines} lines of log, ${result.evicted} evicted`);
}

for (const what of broken) console.error(`BROKEN: ${what}`);
process.exitCode = broken.length > 0 ? 1 : 0;
