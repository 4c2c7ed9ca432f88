import type { Endpoint, SocketEntry, TcpSocketEntry } from "../sockets/socket-entry.ts";
import type { TcpState } from "../sockets/tcp-state.ts";
import type { EphemeralPorts } from "./ephemeral-ports.ts";
import type { Finding } from "./finding.ts";
import type { Thresholds } from "./thresholds.ts";

/** What every rule looks at. */
export interface Context {
  sockets: readonly SocketEntry[];
  byState: ReadonlyMap<TcpState, TcpSocketEntry[]>;
  /** Ports with a listener: a socket on one of them was accepted, any other was connected. */
  listening: ReadonlySet<number>;
  thresholds: Thresholds;
  ephemeralPorts: EphemeralPorts;
}

/** A rule looks for one thing. */
export type Rule = (context: Context) => Finding | undefined;

export function contextOf(
  sockets: readonly SocketEntry[],
  thresholds: Thresholds,
  ephemeralPorts: EphemeralPorts,
): Context {
  const byState = new Map<TcpState, TcpSocketEntry[]>();
  for (const socket of sockets) {
    if (socket.protocol !== "tcp") continue;
    const group = byState.get(socket.state);
    if (group === undefined) byState.set(socket.state, [socket]);
    else group.push(socket);
  }
  const listening = new Set(byState.get("LISTEN")?.map(({ local }) => local.port));
  return { sockets, byState, listening, thresholds, ephemeralPorts };
}

/** The service a socket belongs to, in words: our listener's port, or the endpoint we connected to. */
export function serviceOf(
  { listening }: Context,
  { local, remote }: { local: Endpoint; remote: Endpoint },
): string {
  return listening.has(local.port) ? `on our port ${local.port}` : `to ${remote.address} port ${remote.port}`;
}
