import { readSockets, type SocketEntry } from "@tcpip-workshop/diagnostics/sockets";
import { ConnectionTap, type ConnectionHandler, type ConnectionTapOptions } from "@tcpip-workshop/faults/tcp";

/** An address that nobody else uses: rows of the kernel's table with it, and with a server's port, are a test's own. */
export const host = "127.7.7.7";

/** On a port of which the kernel shows nothing more from an earlier server, a minute ago or in another grading. */
export async function listen(
  handler: ConnectionHandler,
  options: ConnectionTapOptions = {},
): Promise<ConnectionTap> {
  for (;;) {
    const tap = await ConnectionTap.listen(handler, { host, ...options });
    if (options.port !== undefined || rows(tap.port).length === 1) return tap;
    await tap[Symbol.asyncDispose]();
  }
}

/** Whose table has how many TIME-WAIT of connections with the server on this port. */
export function timeWaits(port: number): { client: number; server: number } {
  const waiting = rows(port).filter(({ state }) => state === "TIME-WAIT");
  const client = waiting.filter(({ remote }) => remote.address === host && remote.port === port).length;
  return { client, server: waiting.length - client };
}

/** Both ends of all connections with a server of ours, as the kernel has them. */
export function rows(port: number): SocketEntry[] {
  const isServer = (end: { address: string; port: number }): boolean =>
    end.address === host && end.port === port;
  const all = readSockets({ protocols: ["tcp"], port });
  return all.filter(({ local, remote }) => isServer(local) || isServer(remote));
}
