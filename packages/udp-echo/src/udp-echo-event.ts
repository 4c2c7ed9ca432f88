import type { Mode } from "./server-options.ts";

/** An address and port. */
export interface Endpoint {
  address: string;
  port: number;
}

/** What tells one flow from all others. `localAddress` is the one that was bound: 0.0.0.0 if that was. */
export interface FiveTuple {
  protocol: "udp";
  localAddress: string;
  localPort: number;
  remoteAddress: string;
  remotePort: number;
}

/**
 * Why a datagram was not answered.
 * - `malformed`: not a request
 * - `oversized`: longer than `maxDatagramLength`
 * - `reflected`: from a port below `minSourcePort`
 * - `overloaded`: a new request while `maxRunning` were running
 */
export type DropReason = "malformed" | "oversized" | "reflected" | "overloaded";

/** About one datagram; of each event at most ten are told a second. `suppressed` counts those left out before this one. */
interface Datagram extends FiveTuple {
  /** Length of the datagram. */
  bytes: number;
  suppressed: number;
}

/** What the server tells, as it happens. */
export type UdpEchoEvent =
  | { event: "listening"; protocol: "udp"; localAddress: string; localPort: number; mode: Mode }
  | ({ event: "received" } & Datagram)
  | ({ event: "dropped"; reason: DropReason } & Datagram)
  | ({ event: "failed"; message: string } & Datagram)
  | ({ event: "not-sent"; code: string } & Datagram)
  | { event: "socket-failed"; code: string; message: string }
  | { event: "draining"; requests: number; deadline: number }
  | { event: "drained"; finished: number; cut: number; duration: number };

/** The tuple, seen from `local`. */
export function fiveTuple(local: Endpoint, remote: Endpoint): FiveTuple {
  return {
    protocol: "udp",
    localAddress: local.address,
    localPort: local.port,
    remoteAddress: remote.address,
    remotePort: remote.port,
  };
}
