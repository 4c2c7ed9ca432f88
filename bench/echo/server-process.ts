// One lane's server in a process of its own: told the lane and, for a proxy, the port behind it; says its port, and when
// asked what CPU time it has used, in µs, and the most memory it has had, in KiB. Ends with its parent.
import { lanes } from "./lanes.ts";

const [name = "", target = "0"] = process.argv.slice(2);
const start = lanes[name];
if (start === undefined) throw new Error(`Expected a lane, got "${name}"`);
const { port, own } = await start(Number(target));
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({
    cpu: user + system,
    maxRss: process.resourceUsage().maxRSS,
    rss: process.memoryUsage.rss() >> 10,
  });
});
process.on("disconnect", async () => {
  await own?.[Symbol.asyncDispose]();
  process.exit(0);
});
process.send?.({ port });
