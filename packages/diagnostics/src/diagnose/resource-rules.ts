import type { SocketEntry, TcpSocketEntry } from "../sockets/socket-entry.ts";
import type { Context, Rule } from "./context.ts";
import { evidenceOf } from "./evidence.ts";
import type { Finding } from "./finding.ts";

/** What runs out: ports, and room for datagrams. */
export const resourceRules: readonly Rule[] = [ephemeralPorts, udpDrops];

function ephemeralPorts(context: Context): Finding | undefined {
  const { first, last } = context.ephemeralPorts;
  const available = last - first + 1;
  const fullest = destinations(context).toSorted((one, other) => other.length - one.length)[0] ?? [];
  const share = fullest.length / available;
  const [example] = fullest;
  if (example === undefined || share < context.thresholds.ephemeralShare) return undefined;
  const waiting = fullest.filter(({ state }) => state === "TIME-WAIT").length;
  return {
    code: "EPHEMERAL_PORTS",
    severity: "critical",
    title: `${fullest.length} of ${available} ephemeral ports are in use from ${example.local.address} to ${example.remote.address} port ${example.remote.port}`,
    cause: `A connection is told from another by four numbers; towards one address and port only our own port is left to differ. ${waiting} of these are in TIME-WAIT. At the end of the ports connect fails with EADDRNOTAVAIL.`,
    side: "ours",
    count: fullest.length,
    evidence: evidenceOf(context, fullest),
    next: [
      "Reuse connections (a pool): it is the only one of these that lasts",
      "A second destination address or port, or a second local one: each has all the ports again",
      "net.ipv4.ip_local_port_range; net.ipv4.tcp_tw_reuse (needs timestamps, clients only)",
    ],
    notConcluded: [
      "That the peer refuses: EADDRNOTAVAIL is said before any segment leaves",
      "A leak, where they are in TIME-WAIT: a rate",
    ],
  };
}

function udpDrops(context: Context): Finding | undefined {
  const sockets = context.sockets.filter((socket) => socket.protocol === "udp" && (socket.drops ?? 0) > 0);
  if (sockets.length === 0) return undefined;
  const drops = sockets.reduce(
    (sum, socket) => sum + (socket.protocol === "udp" ? (socket.drops ?? 0) : 0),
    0,
  );
  return {
    code: "UDP_DROPS",
    severity: "info",
    title: `${drops} datagrams thrown away at ${sockets.length} UDP ${sockets.length === 1 ? "socket" : "sockets"} of ours`,
    cause:
      "They came faster than the application read them, and the receive buffer was full. Counted since the socket was made.",
    side: "ours",
    count: sockets.length,
    evidence: evidenceOf(context, sockets),
    next: [
      "Whether it grows: read again, or Udp.RcvbufErrors as a delta",
      "SO_RCVBUF and net.core.rmem_max, and what keeps the process from reading",
    ],
    notConcluded: ["All the loss there is: what the network dropped never came here"],
  };
}

/** Connections of ours by local address, remote address and remote port. */
function destinations({ byState, listening, ephemeralPorts: { first, last } }: Context): TcpSocketEntry[][] {
  const connected = [...byState.values()].flat().filter(isConnection);
  const groups = new Map<string, TcpSocketEntry[]>();
  for (const socket of connected) {
    const { local, remote } = socket;
    if (listening.has(local.port) || local.port < first || local.port > last) continue;
    const key = `${local.address} ${remote.address} ${remote.port}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [socket]);
    else group.push(socket);
  }
  return [...groups.values()];
}

function isConnection({ remote }: SocketEntry): boolean {
  return remote.port !== 0;
}
