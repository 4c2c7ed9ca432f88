/** What {@link diagnose} can find: a closed list. */
export type FindingCode =
  | "HEALTHY"
  | "TIME_WAIT_MANY"
  | "CLOSE_WAIT"
  | "FIN_WAIT_1"
  | "FIN_WAIT_2"
  | "CLOSING"
  | "LAST_ACK"
  | "SYN_SENT"
  | "SYN_RECEIVED"
  | "ACCEPT_QUEUE_FULL"
  | "ACCEPT_QUEUE_WAITING"
  | "NOT_READING"
  | "ZERO_WINDOW"
  | "RETRANSMITTING"
  | "PEER_NOT_ACKNOWLEDGING"
  | "KEEPALIVE_UNANSWERED"
  | "EPHEMERAL_PORTS"
  | "UDP_DROPS";

export interface Finding {
  code: FindingCode;
  /** `info` is worth knowing and no fault by itself. */
  severity: "info" | "warning" | "critical";
  /** One line, with the number. */
  title: string;
  /** What brings sockets into this state. */
  cause: string;
  /** Where to look for the fault: this host's application, the peer's, the path between, or one of two that the table cannot tell apart. */
  side: "ours" | "peer" | "network" | "peer or network" | "nobody";
  /** How many sockets show it. */
  count: number;
  /** By whom they are shared, and a few rows as `ss -tano` prints them. */
  evidence: string[];
  /** What to look at next, most telling first. */
  next: string[];
  /** What this does not prove, though it is often concluded from it. */
  notConcluded: string[];
}
