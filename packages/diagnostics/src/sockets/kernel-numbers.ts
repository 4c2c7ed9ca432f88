import type { SocketTimer } from "./socket-entry.ts";
import type { TcpState } from "./tcp-state.ts";

/** By the kernel's number (`include/net/tcp_states.h`); 12 is a SYN-RECEIVED that the table itself shows as 3. */
export const kernelStates: readonly (TcpState | undefined)[] = [
  undefined,
  "ESTABLISHED",
  "SYN-SENT",
  "SYN-RECEIVED",
  "FIN-WAIT-1",
  "FIN-WAIT-2",
  "TIME-WAIT",
  "CLOSED",
  "CLOSE-WAIT",
  "LAST-ACK",
  "LISTEN",
  "CLOSING",
  "SYN-RECEIVED",
];
/** By `tr` in /proc/net/tcp, `idiag_timer` in sock_diag(7). */
export const kernelTimers: readonly (SocketTimer["kind"] | undefined)[] = [
  undefined,
  "on",
  "keepalive",
  "timewait",
  "persist",
];
