import type { TcpSocketEntry } from "../sockets/socket-entry.ts";
import type { Context, Rule } from "./context.ts";
import { evidenceOf } from "./evidence.ts";
import type { Finding } from "./finding.ts";

/** The start of a connection, RFC 9293 §3.5: who does not answer. */
export const openingRules: readonly Rule[] = [synSent, synReceived, acceptQueueFull, acceptQueueWaiting];

function synSent(context: Context): Finding | undefined {
  // A first SYN that is on its way for one round trip is no finding; one that was sent again is.
  const sockets = (context.byState.get("SYN-SENT") ?? []).filter(
    ({ timer }) => timer === undefined || timer.retransmits > 0,
  );
  if (sockets.length === 0 || sockets.length < context.thresholds.synSent) return undefined;
  return {
    code: "SYN_SENT",
    severity: "critical",
    title: `${sockets.length} in SYN-SENT: our SYN has no answer`,
    cause:
      "Nothing came back: a filter drops it (firewall, security group), the route leads nowhere, the host is off, or the listener's accept queue is full and Linux ignores the SYN.",
    side: "peer or network",
    count: sockets.length,
    evidence: evidenceOf(context, sockets),
    next: [
      "The same destination from another host, and another port of the same destination",
      "`ss -ltn` over there: Recv-Q at Send-Q + 1 is a full accept queue (TcpExt.ListenOverflows counts)",
      "tcpdump on both ends: does the SYN arrive, does the SYN,ACK leave",
    ],
    notConcluded: [
      "That no process listens there: a host without a listener answers RST, and connect fails at once with ECONNREFUSED",
      "That the port is wrong, or the process has crashed: the same",
    ],
  };
}

function synReceived(context: Context): Finding | undefined {
  const sockets = context.byState.get("SYN-RECEIVED") ?? [];
  if (sockets.length === 0 || sockets.length < context.thresholds.synReceived) return undefined;
  return {
    code: "SYN_RECEIVED",
    severity: "warning",
    title: `${sockets.length} in SYN-RECEIVED: half open, the handshake's last ACK is missing`,
    cause:
      "We answered SYN,ACK and the third segment has not come: senders that never meant to (a flood, with forged addresses), or a path that loses our answer on its way back.",
    side: "network",
    count: sockets.length,
    evidence: evidenceOf(context, sockets),
    next: [
      "The remote addresses: many that each appear once is a flood; one network is a return path",
      "TcpExt.SyncookiesSent, TcpExt.TCPReqQFullDoCookies, and the SYN,ACKs sent again (the timer)",
    ],
    notConcluded: [
      "A slow application: these have not reached it",
      "A full accept queue: on Linux that shows as SYN-SENT at the clients and as TcpExt.ListenOverflows",
    ],
  };
}

function acceptQueueFull(context: Context): Finding | undefined {
  // sk_acceptq_is_full: so many may wait as the backlog says, and one more.
  const sockets = listeners(context).filter(({ backlog, recvQ }) => backlog !== undefined && recvQ > backlog);
  if (sockets.length === 0) return undefined;
  return {
    code: "ACCEPT_QUEUE_FULL",
    severity: "critical",
    title: `${sockets.length} ${sockets.length === 1 ? "listener has" : "listeners have"} a full accept queue: new SYNs are ignored`,
    cause:
      "Connections are complete and wait for accept, one more than the backlog: the process does not get to accept them (blocked event loop, stopped, overloaded), or more came in a burst than the backlog holds.",
    side: "ours",
    count: sockets.length,
    evidence: evidenceOf(context, sockets),
    next: [
      "The process's CPU and state (`ps -o stat,pcpu`): T is stopped, R at 100 % is blocked by computing",
      "TcpExt.ListenOverflows and TcpExt.ListenDrops, as deltas",
      "If it only happens in bursts: a larger backlog, and net.core.somaxconn, which caps it",
    ],
    notConcluded: [
      "A network fault, though to clients it looks like one (SYN-SENT, then a time-out)",
      "That a larger backlog helps: where nobody accepts, it only makes more clients wait",
    ],
  };
}

function acceptQueueWaiting(context: Context): Finding | undefined {
  const sockets = listeners(context).filter(
    ({ backlog, recvQ }) => recvQ > 0 && (backlog === undefined || recvQ <= backlog),
  );
  if (sockets.length === 0) return undefined;
  const waiting = sockets.reduce((sum, { recvQ }) => sum + recvQ, 0);
  return {
    code: "ACCEPT_QUEUE_WAITING",
    severity: "info",
    title: `${waiting} ${waiting === 1 ? "connection waits" : "connections wait"} to be accepted`,
    cause:
      "The handshake is complete, and the process has not called accept yet. A busy listener shows it now and then.",
    side: "ours",
    count: sockets.length,
    evidence: evidenceOf(context, sockets),
    next: [
      "Read again: a number that stays is a process that does not accept",
      ...(sockets.some(({ backlog }) => backlog === undefined)
        ? [
            "`ss -ltn`: its Send-Q is the backlog, which /proc/net/tcp does not tell; the queue is full at one more",
          ]
        : []),
    ],
    notConcluded: [
      "That connections are refused or lost: they are complete, and the clients see them as ESTAB",
    ],
  };
}

function listeners({ byState }: Context): TcpSocketEntry[] {
  return byState.get("LISTEN") ?? [];
}
