import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import type { Finding, Look } from "./finding.ts";
import { toLinux, type Platform } from "./platform.ts";

/** Milliseconds in which a byte must have gone over the loopback interface and back. */
const longestTry = 1000;

/** The addresses that suites listen on, and connect to. */
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
      const error = await tryLoopback(host);
      if (error === undefined) return { name, state: "works", found: "a byte goes there and comes back" };
      const { found, isDown } = error;
      const how = isDown ? "sudo ip link set lo up" : get;
      return { name, state, found, costs, ...(how === undefined ? {} : { get: how }) };
    },
  };
}

/**
 * Really sends a byte: with the interface down an address can be listened on, and not connected to.
 *
 * @returns what is wrong; nothing where it works
 */
async function tryLoopback(host: string): Promise<{ found: string; isDown: boolean } | undefined> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.pipe(socket);
  });
  try {
    server.listen(0, host);
    await once(server, "listening");
  } catch (error) {
    return { found: codeOf(error), isDown: false };
  }
  const { port } = server.address() as AddressInfo;
  const client = connect({ host, port, signal: AbortSignal.timeout(longestTry) });
  try {
    client.end("x");
    await once(client, "data");
    return undefined;
  } catch (error) {
    const code = codeOf(error) === "ABORT_ERR" ? `no answer within ${longestTry / 1000} s` : codeOf(error);
    return { found: `can be listened on, not connected to: ${code}`, isDown: code === "ENETUNREACH" };
  } finally {
    client.destroy();
    server.close();
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
