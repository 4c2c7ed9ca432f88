// One pool in a process of its own: told how many callers and how many pairs, it says what that took. Ends with its parent.
import { lanes } from "./lanes.ts";

const [name = ""] = process.argv.slice(2);
const start = lanes[name];
if (start === undefined) throw new Error(`Expected a pool, got "${name}"`);
const caller = start();

process.on("message", async ({ callers, pairs }: { callers: number; pairs: number }) => {
  let left = pairs;
  const more = (): boolean => left-- > 0;
  const before = process.cpuUsage();
  const started = performance.now();
  await Promise.all(Array.from({ length: callers }, () => caller(more)));
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  process.send?.({ seconds, cpu: (user + system) / 1e6 });
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
