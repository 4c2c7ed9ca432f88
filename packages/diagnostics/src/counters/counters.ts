import { NetError } from "@tcpip-workshop/core/net-error";
import { readFileSync } from "node:fs";
import { errnoCode } from "../sockets/errno-code.ts";

/** By their kernel names with the group before them: `TcpExt.ListenOverflows`, `Tcp.RetransSegs`. */
export type Counters = ReadonlyMap<string, number>;

/**
 * The counters of `/proc/net/snmp` and `/proc/net/netstat` (the kernel's `networking/snmp_counter.rst`; `nstat` prints the
 * same). They count since boot, for the whole network namespace: what is of use is {@link counterDeltas} of two readings.
 * @throws NetError `UNSUPPORTED`, `SOURCE_INVALID`
 */
export function readCounters(): Counters {
  return parseCounters(readText("/proc/net/snmp") + readText("/proc/net/netstat"));
}

/** Pairs of lines: the first names the columns, the second has the numbers. @throws NetError `SOURCE_INVALID` */
export function parseCounters(text: string): Counters {
  const counters = new Map<string, number>();
  const lines = text.split("\n").filter((line) => line !== "");
  for (let index = 0; index < lines.length; index += 2) {
    const [group, ...names] = lines[index]!.split(" ");
    const [again, ...values] = (lines[index + 1] ?? "").split(" ");
    if (group !== again || !group?.endsWith(":") || names.length !== values.length) {
      const got = JSON.stringify(lines[index]!.slice(0, 80));
      throw new NetError("SOURCE_INVALID", `Expected a line of names and one of as many numbers, got ${got}`);
    }
    for (const [column, name] of names.entries()) {
      const value = values[column]!;
      // `Tcp: MaxConn` is -1 where there is no limit.
      if (!/^-?\d{1,20}$/.test(value))
        throw new NetError("SOURCE_INVALID", `Expected a number for ${name}, got "${value}"`);
      counters.set(`${group.slice(0, -1)}.${name}`, Number(value));
    }
  }
  return counters;
}

/** What has changed between two readings, by name: only what is not 0. Gauges (`Tcp.CurrEstab`) may go down. */
export function counterDeltas(before: Counters, after: Counters): { [name: string]: number } {
  const changes = Array.from(after, ([name, value]): [string, number] => [
    name,
    value - (before.get(name) ?? 0),
  ]);
  return Object.fromEntries(changes.filter(([, change]) => change !== 0));
}

function readText(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    const message = `Expected a Linux kernel that counts in ${path}, got ${errnoCode(error)}`;
    throw new NetError("UNSUPPORTED", message, { cause: error });
  }
}
