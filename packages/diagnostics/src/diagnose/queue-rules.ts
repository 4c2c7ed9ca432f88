import type { TcpSocketEntry } from "../sockets/socket-entry.ts";
import type { Context, Rule } from "./context.ts";
import { evidenceOf } from "./evidence.ts";
import type { Finding } from "./finding.ts";

/** Established connections on which nothing moves: who does not read, who does not answer. */
export const queueRules: readonly Rule[] = [
  notReading,
  zeroWindow,
  retransmitting,
  notAcknowledging,
  keepaliveUnanswered,
];

function notReading(context: Context): Finding | undefined {
  const { unreadBytes, unreadSockets } = context.thresholds;
  const sockets = established(context).filter(({ recvQ }) => recvQ > 0);
  if (!sockets.some(({ recvQ }) => recvQ >= unreadBytes) && sockets.length < unreadSockets) return undefined;
  if (sockets.length === 0) return undefined;
  return {
    code: "NOT_READING",
    severity: "warning",
    title: `${sockets.length} ESTAB with unread data (Recv-Q): our application does not read`,
    cause:
      "Bytes have arrived and been acknowledged, and the process has not read them: blocked, stopped, paused, or slower than the sender.",
    side: "ours",
    count: sockets.length,
    evidence: evidenceOf(context, sockets),
    next: [
      "The process's CPU: an event loop that computes reads nothing",
      "Backpressure that never ends: pause() without resume(), a pipe whose other end is stuck",
      "Read again: does the number stay, grow, or move",
    ],
    notConcluded: [
      "That the peer is still there: a FIN behind unread data is not seen, so the peer may have closed and show FIN-WAIT",
      "A slow network: the data is here",
    ],
  };
}

function zeroWindow(context: Context): Finding | undefined {
  const sockets = sending(context).filter(({ timer }) => timer?.kind === "persist");
  if (sockets.length === 0) return undefined;
  return {
    code: "ZERO_WINDOW",
    severity: "warning",
    title: `${sockets.length} with a closed window: the peer's application does not read`,
    cause:
      "The peer acknowledges and says that it has no room (window 0); we send probes now and then (the timer `persist`, RFC 9293 §3.8.6.1).",
    side: "peer",
    count: sockets.length,
    evidence: evidenceOf(context, sockets),
    next: [
      "The peer's Recv-Q for the same connection, and its process",
      "Our own memory: what we write is buffered in the process too, unless we wait for drain",
    ],
    notConcluded: ["Packet loss: the probes are answered, or this would end", "A slow network"],
  };
}

function retransmitting(context: Context): Finding | undefined {
  const sockets = sending(context).filter(({ timer }) => timer?.kind === "on" && timer.retransmits > 0);
  if (sockets.length === 0) return undefined;
  return {
    code: "RETRANSMITTING",
    severity: "critical",
    title: `${sockets.length} sending the same segment again: no acknowledgement comes`,
    cause:
      "The peer's host has gone, or the path drops segments of ours or the acknowledgements. Each retransmission waits twice as long; the kernel gives up after tcp_retries2 (15, some 15 minutes).",
    side: "peer or network",
    count: sockets.length,
    evidence: evidenceOf(context, sockets),
    next: [
      "The timer: the third number is how often; growing on all connections to one host is the host or its path",
      "Only large segments lost (small ones pass): the path's MTU",
      "`ss -ti`: rto, backoff, retrans",
    ],
    notConcluded: [
      "That the peer's process has crashed: its kernel would answer FIN or RST",
      "Which direction loses",
    ],
  };
}

function notAcknowledging(context: Context): Finding | undefined {
  const sockets = established(context).filter(
    ({ sendQ, timer }) =>
      sendQ >= context.thresholds.unackedBytes &&
      timer?.kind !== "persist" &&
      (timer === undefined || timer.retransmits === 0),
  );
  if (sockets.length === 0) return undefined;
  return {
    code: "PEER_NOT_ACKNOWLEDGING",
    severity: "info",
    title: `${sockets.length} ESTAB with unacknowledged data (Send-Q)`,
    cause:
      "We have written more than has been acknowledged: data in flight on a long path, a peer that reads slowly, or the beginning of an outage.",
    side: "peer or network",
    count: sockets.length,
    evidence: evidenceOf(context, sockets),
    next: [
      "The timer (`ss -o`): `persist` is a peer that does not read, `on` with a count is loss",
      "Read again: a transfer that moves is no fault",
    ],
    notConcluded: ["That anything is wrong: a bulk transfer looks like this while it runs"],
  };
}

function keepaliveUnanswered(context: Context): Finding | undefined {
  const sockets = established(context).filter(
    ({ timer }) => timer?.kind === "keepalive" && timer.retransmits > 0,
  );
  if (sockets.length === 0) return undefined;
  return {
    code: "KEEPALIVE_UNANSWERED",
    severity: "warning",
    title: `${sockets.length} ESTAB whose keepalive probes have no answer`,
    cause:
      "The peer's host or the path has gone without a FIN or RST: power, a NAT or firewall that forgot the connection.",
    side: "peer or network",
    count: sockets.length,
    evidence: evidenceOf(context, sockets),
    next: [
      "The idle time-out of what is between (NAT, load balancer) against the keepalive time",
      "tcp(7): TCP_KEEPINTVL × TCP_KEEPCNT until the kernel ends it",
    ],
    notConcluded: ["That the peer's process is stuck: its kernel answers probes without it"],
  };
}

function established({ byState }: Context): TcpSocketEntry[] {
  return byState.get("ESTABLISHED") ?? [];
}

/** The states in which data of ours may wait for the peer. */
function sending({ byState }: Context): TcpSocketEntry[] {
  return (["ESTABLISHED", "CLOSE-WAIT", "FIN-WAIT-1", "LAST-ACK", "CLOSING"] as const).flatMap(
    (state) => byState.get(state) ?? [],
  );
}
