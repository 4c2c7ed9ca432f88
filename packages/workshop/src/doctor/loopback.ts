import { once } from "node:events";
import { createServer } from "node:net";
import type { Finding, Look } from "./finding.ts";
import { toLinux, type Platform } from "./platform.ts";

/** The addresses that suites listen on. */
export function loopbackLooks(platform: Platform): Look[] {
  const linuxOnly =
    platform.system === "macos" ? `${toLinux}; by hand, for 07: sudo ifconfig lo0 alias 127.7.7.7` : toLinux;
  return [
    look({ name: "127.0.0.1", host: "127.0.0.1", state: "stops", costs: "05 to 16 cannot be graded" }),
    look({
      name: "127.7.7.7",
      host: "127.7.7.7",
      state: "stops",
      costs: "07 and 13 keep their sockets apart by addresses of their own, and cannot be graded",
      get: linuxOnly,
    }),
    look({
      name: "::1",
      host: "::1",
      state: "limits",
      costs: "13 shows IPv4 tables only; everything can be graded without",
      get:
        platform.system === "linux"
          ? platform.container
            ? "start the container with --sysctl net.ipv6.conf.all.disable_ipv6=0"
            : "sudo sysctl net.ipv6.conf.lo.disable_ipv6=0"
          : "switch IPv6 on",
    }),
  ];
}

function look({
  name,
  host,
  state,
  costs,
  get,
}: {
  name: string;
  host: string;
  state: "limits" | "stops";
  costs: string;
  get?: string;
}): Look {
  return {
    name,
    costs,
    async take(): Promise<Finding> {
      const error = await listenOn(host);
      if (error === undefined) return { name, state: "works", found: "can be listened on" };
      return { name, state, found: error, costs, ...(get === undefined ? {} : { get }) };
    },
  };
}

/** @returns the error's code; nothing where it works */
async function listenOn(host: string): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(0, host);
    await once(server, "listening");
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    server.close();
  }
}
