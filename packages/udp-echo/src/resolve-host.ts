import type { SocketType } from "node:dgram";
import { lookup } from "node:dns/promises";

/** Where a name leads, and the kind of socket that goes there. Throws what the system's resolver says. */
export async function resolveHost(host: string): Promise<{ address: string; type: SocketType }> {
  const { address, family } = await lookup(host);
  return { address, type: family === 6 ? "udp6" : "udp4" };
}
