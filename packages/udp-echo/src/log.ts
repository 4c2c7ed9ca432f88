import type { AddressInfo } from "node:net";

/** One event, as plain data; a line of JSON when the command prints it. */
export interface LogRecord {
  /** ISO 8601, UTC. */
  time: string;
  level: "info" | "warn" | "error";
  event: string;
  [field: string]: string | number | boolean | undefined;
}

/** Takes what there is to tell. */
export type Log = (record: LogRecord) => void;

/** An address and port. */
export interface Endpoint {
  address: string;
  port: number;
}

/** The 5-tuple: what tells one flow from all others (RFC 6146, section 2). */
export function fiveTuple(local: AddressInfo | Endpoint, remote: Endpoint): Record<string, string | number> {
  return {
    protocol: "udp",
    localAddress: local.address,
    localPort: local.port,
    remoteAddress: remote.address,
    remotePort: remote.port,
  };
}
