/**
 * `pnpm bench pool [--rounds N]`: the pool of tcp-echo beside its peers from the registry.
 * `pnpm bench pool --requests [--count N]`: requests through a pool of 8 connections, and with a connection each, in a
 * network of its own. Linux.
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
  },
});
console.log(
  `Node ${process.version}, ${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} cores\n`,
);
if (values.requests) await requests(Number(values.count));
else await race(Number(values.rounds));
