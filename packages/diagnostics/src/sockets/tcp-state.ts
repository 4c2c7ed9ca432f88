/**
 * The eleven states of RFC 9293 §3.3.2, as the RFC spells them, in the order of a connection's life. CLOSED is fictional:
 * "it represents the state when there is no TCB", so no socket table has a row for it, except for a connection that is
 * over while its file descriptor is still open.
 */
export const tcpStates = [
  "LISTEN",
  "SYN-SENT",
  "SYN-RECEIVED",
  "ESTABLISHED",
  "FIN-WAIT-1",
  "FIN-WAIT-2",
  "CLOSE-WAIT",
  "CLOSING",
  "LAST-ACK",
  "TIME-WAIT",
  "CLOSED",
] as const;

export type TcpState = (typeof tcpStates)[number];

/** How `ss` spells a state: three of the eleven are its own (`ESTAB`, `SYN-RECV`, `UNCONN`). */
export function ssName(state: TcpState): string {
  return SS_NAMES[state] ?? state;
}

/** The state behind a name of `ss`'s or of any `netstat`'s (`SYN_RCVD`, `FIN_WAIT_1`, `TIME_WAIT`); undefined for any other text. */
export function tcpStateNamed(name: string): TcpState | undefined {
  return STATE_BY_NAME.get(name.toUpperCase().replaceAll("_", "-"));
}

const SS_NAMES: { [state in TcpState]?: string } = {
  ESTABLISHED: "ESTAB",
  "SYN-RECEIVED": "SYN-RECV",
  CLOSED: "UNCONN",
};

const STATE_BY_NAME = new Map<string, TcpState>([
  ...tcpStates.map((state): [string, TcpState] => [state, state]),
  ["ESTAB", "ESTABLISHED"],
  ["SYN-RECV", "SYN-RECEIVED"],
  ["SYN-RCVD", "SYN-RECEIVED"],
  ["UNCONN", "CLOSED"],
  ["CLOSE", "CLOSED"],
  // Linux netstat writes FIN_WAIT1, `ss` and macOS FIN-WAIT-1 and FIN_WAIT_1.
  ["FIN-WAIT1", "FIN-WAIT-1"],
  ["FIN-WAIT2", "FIN-WAIT-2"],
]);
