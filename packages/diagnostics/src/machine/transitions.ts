import type { TcpState } from "../sockets/tcp-state.ts";

/** What happens to a connection: a call of its user's, a segment that arrives, or the end of 2 MSL (RFC 9293 §3.3.2). */
export type TcpEvent =
  | "passive OPEN"
  | "active OPEN"
  | "SEND"
  | "CLOSE"
  | "ABORT"
  | "rcv SYN"
  | "rcv SYN,ACK"
  | "rcv ACK of SYN"
  | "rcv FIN"
  | "rcv ACK of FIN"
  /** One segment with both: the peer closes and acknowledges our FIN at once. */
  | "rcv FIN,ACK of FIN"
  | "rcv RST"
  | "timeout=2MSL";

export interface TcpTransition {
  from: TcpState;
  event: TcpEvent;
  to: TcpState;
  /** The segment that goes out with it; absent where none does. */
  sends?: "SYN" | "SYN,ACK" | "ACK" | "FIN" | "RST";
  /** Where it is from: Figure 5 of RFC 9293, or the section of the text that it leaves out of the picture. */
  source: string;
}

/** RFC 9293 Figure 5 as a table, with simultaneous open (Figure 7) and close (Figure 13), ABORT and RST from the text. */
export const tcpTransitions: readonly TcpTransition[] = [
  { from: "CLOSED", event: "passive OPEN", to: "LISTEN", source: "Figure 5" },
  { from: "CLOSED", event: "active OPEN", to: "SYN-SENT", sends: "SYN", source: "Figure 5" },
  { from: "LISTEN", event: "rcv SYN", to: "SYN-RECEIVED", sends: "SYN,ACK", source: "Figure 5" },
  { from: "LISTEN", event: "SEND", to: "SYN-SENT", sends: "SYN", source: "Figure 5" },
  { from: "LISTEN", event: "CLOSE", to: "CLOSED", source: "Figure 5" },
  // Simultaneous open: both ends were active.
  { from: "SYN-SENT", event: "rcv SYN", to: "SYN-RECEIVED", sends: "SYN,ACK", source: "Figure 5, Figure 7" },
  { from: "SYN-SENT", event: "rcv SYN,ACK", to: "ESTABLISHED", sends: "ACK", source: "Figure 5" },
  { from: "SYN-SENT", event: "CLOSE", to: "CLOSED", source: "Figure 5" },
  { from: "SYN-SENT", event: "rcv RST", to: "CLOSED", source: "§3.10.7.3" },
  { from: "SYN-RECEIVED", event: "rcv ACK of SYN", to: "ESTABLISHED", source: "Figure 5" },
  // The peer of a simultaneous open acknowledges with its own SYN,ACK.
  { from: "SYN-RECEIVED", event: "rcv SYN,ACK", to: "ESTABLISHED", source: "Figure 7" },
  { from: "SYN-RECEIVED", event: "CLOSE", to: "FIN-WAIT-1", sends: "FIN", source: "Figure 5" },
  // Figure 5, note 1: only a connection that came from a passive OPEN goes back; an active one is refused and CLOSED.
  { from: "SYN-RECEIVED", event: "rcv RST", to: "LISTEN", source: "Figure 5 note 1, §3.10.7.4" },
  { from: "ESTABLISHED", event: "CLOSE", to: "FIN-WAIT-1", sends: "FIN", source: "Figure 5" },
  { from: "ESTABLISHED", event: "rcv FIN", to: "CLOSE-WAIT", sends: "ACK", source: "Figure 5" },
  { from: "FIN-WAIT-1", event: "rcv ACK of FIN", to: "FIN-WAIT-2", source: "Figure 5" },
  // Simultaneous close: the peer's FIN and ours crossed.
  { from: "FIN-WAIT-1", event: "rcv FIN", to: "CLOSING", sends: "ACK", source: "Figure 5, Figure 13" },
  {
    from: "FIN-WAIT-1",
    event: "rcv FIN,ACK of FIN",
    to: "TIME-WAIT",
    sends: "ACK",
    source: "Figure 5 note 2",
  },
  { from: "FIN-WAIT-2", event: "rcv FIN", to: "TIME-WAIT", sends: "ACK", source: "Figure 5" },
  { from: "CLOSING", event: "rcv ACK of FIN", to: "TIME-WAIT", source: "Figure 5" },
  { from: "CLOSE-WAIT", event: "CLOSE", to: "LAST-ACK", sends: "FIN", source: "Figure 5" },
  { from: "LAST-ACK", event: "rcv ACK of FIN", to: "CLOSED", source: "Figure 5" },
  { from: "TIME-WAIT", event: "timeout=2MSL", to: "CLOSED", source: "Figure 5" },
  ...endedBy(
    "ABORT",
    "RST",
    ["SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT"],
    "§3.10.5",
  ),
  ...endedBy("ABORT", undefined, ["LISTEN", "SYN-SENT", "CLOSING", "LAST-ACK", "TIME-WAIT"], "§3.10.5"),
  ...endedBy(
    "rcv RST",
    undefined,
    ["ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT"],
    "§3.10.7.4",
  ),
];

function endedBy(
  event: TcpEvent,
  sends: "RST" | undefined,
  states: TcpState[],
  source: string,
): TcpTransition[] {
  return states.map((from) => ({ from, event, to: "CLOSED", ...(sends && { sends }), source }));
}
