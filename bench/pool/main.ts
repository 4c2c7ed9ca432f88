/**
 * `pnpm bench pool [--rounds N]`: the pool of tcp-echo beside its peers from the registry.
 * `pnpm bench pool --requests [--count N] [--seconds N]`: requests through a pool of 8 connections, and with a connection
 * each, in networks of their own. Linux.
 */
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { race } from "./race.ts";
import { requests } from "./requests.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "21" },
    requests: { type: "boolean", default: false },
    count: { type: "string", default: "100000" },
    seconds: { type: "string", default: "60" },
  },
});
console.log(
  `Node ${process.version}, ${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} cores\n`,
);
if (values.requests) await requests(Number(values.count), Number(values.seconds));
else await race(Number(values.rounds));
