/** One end of a connection, as `ss -n` prints it. */
export interface Endpoint {
  /** Without brackets: `127.0.0.1`, `::1`, `fe80::1%eth0`; `*` where `ss` prints a star. */
  address: string;
  /** 0 where `ss` prints a star. */
  port: number;
}

/** One row of `ss -tan`. */
export interface SocketRow {
  /** As `ss` spells it: `ESTAB`, `TIME-WAIT`, `LISTEN` … */
  state: string;
  recvQ: number;
  sendQ: number;
  local: Endpoint;
  peer: Endpoint;
}

/** What can be concluded from a table; the lesson says from which rows. */
export type Cause =
  | "nobody-listens"
  | "accept-queue-full"
  | "syn-not-answered"
  | "we-do-not-close"
  | "peer-does-not-close"
  | "we-do-not-read"
  | "not-acknowledged"
  | "fin-not-acknowledged"
  | "ports-in-time-wait";

/** Where to look: in the program on this machine, in the peer's, on the path or behind it, or nowhere. */
export type Side = "us" | "peer" | "beyond" | "nobody";

export interface Finding {
  cause: Cause;
  side: Side;
  /** How many rows say so; 0 for "nobody-listens", where it is the missing row that says it. */
  rows: number;
}

/**
 * The rows of what `ss -tan` printed, in its order. The header, empty lines and whatever else is no row of a TCP socket
 * are left out.
 */
export function parseSs(text: string): SocketRow[] {
  // TODO: one row a line. Mind where the port begins in an IPv6 address.
  throw new Error("not implemented");
}

/** How many rows there are in each state; states that do not occur are not there. */
export function countStates(rows: SocketRow[]): { [state: string]: number } {
  // TODO
  throw new Error("not implemented");
}

/**
 * What a table of one machine's sockets says: a finding for each cause that is there, in any order; nothing for healthy
 * traffic.
 *
 * @param text what `ss -tan` printed on that machine
 * @param listening ports on which some program of this machine should listen
 */
export function diagnose(text: string, listening: number[] = []): Finding[] {
  // TODO: the lesson's table, row by row.
  throw new Error("not implemented");
}
