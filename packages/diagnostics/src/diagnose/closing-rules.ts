import type { TcpState } from "../sockets/tcp-state.ts";
import type { Rule } from "./context.ts";
import { evidenceOf } from "./evidence.ts";
import type { Finding } from "./finding.ts";
import type { Thresholds } from "./thresholds.ts";

/** The end of a connection, RFC 9293 §3.6: who closed, who has not. */
export const closingRules: readonly Rule[] = [
  whenMany("CLOSE-WAIT", "closeWait", (count) => ({
    code: "CLOSE_WAIT",
    severity: "critical",
    title: `${count} in CLOSE-WAIT: the peer has closed, our application has not`,
    cause:
      "The peer's FIN has come and been acknowledged; the connection now waits for our application to call close. No timer ends this state.",
    side: "ours",
    next: [
      "The process that holds them (`netdiag sockets`, `ss -tanp state close-wait`), and in it the path that forgets to end the socket",
      "Recv-Q: a number above 1 means that it does not even read (unread data, a paused stream), so it never sees the end",
      "In Node: allowHalfOpen: true without end(); data never consumed; a response body left unread",
      "Read again in a minute: the same sockets, or more, is a leak",
    ],
    notConcluded: [
      "A fault of the peer's: it did what it should",
      "A leak, from one reading: a half-close whose reply is still on its way looks the same (RFC 9293 §3.6)",
      "A time-out setting of the kernel's that would help: there is none for this state",
    ],
  })),
  whenMany("FIN-WAIT-2", "finWait2", (count) => ({
    code: "FIN_WAIT_2",
    severity: "warning",
    title: `${count} in FIN-WAIT-2: we have closed, the peer has not`,
    cause: "Our FIN is acknowledged and the peer's has not come: the mirror image of CLOSE-WAIT over there.",
    side: "peer",
    next: [
      "The peer's table: the same connections should be in CLOSE-WAIT there",
      "The timer: sockets that no process holds end after tcp_fin_timeout (60 s); those half-closed with shutdown(2) never do",
    ],
    notConcluded: ["A leak on our side: we have closed", "That the peer is down: it acknowledged our FIN"],
  })),
  whenMany("FIN-WAIT-1", "finWait1", (count) => ({
    code: "FIN_WAIT_1",
    severity: "warning",
    title: `${count} in FIN-WAIT-1: our FIN is not acknowledged`,
    cause:
      "We have closed, and our FIN waits: behind data that the peer has no room for (it does not read), or for an acknowledgement that does not come.",
    side: "peer or network",
    next: [
      "The timer: `persist` is a peer that does not read, `on` with retransmissions is a path or host that does not answer",
      "The peer's Recv-Q: a FIN behind unread data is not processed, so it still shows ESTAB",
    ],
    notConcluded: ["That the peer has not closed yet: it may not have been told"],
  })),
  whenMany("CLOSING", "closing", (count) => ({
    code: "CLOSING",
    severity: "warning",
    title: `${count} in CLOSING: both closed at once, and the last acknowledgement is missing`,
    cause:
      "Both sides sent FIN before seeing the other's (RFC 9293 Figure 13); ours is not acknowledged yet. It lasts one round trip.",
    side: "network",
    next: [
      "Loss on the path: TcpExt.TCPTimeouts, Tcp.RetransSegs",
      "Read again: the same ones still there means the path is cut one way",
    ],
    notConcluded: ["A fault of either application: to close at the same time is allowed"],
  })),
  whenMany("LAST-ACK", "lastAck", (count) => ({
    code: "LAST_ACK",
    severity: "warning",
    title: `${count} in LAST-ACK: we closed second, and our FIN is not acknowledged`,
    cause:
      "The peer closed first, we followed, and its acknowledgement does not come: the peer or the path has gone, or our FIN is behind data that it no longer reads.",
    side: "peer or network",
    next: [
      "The timer's retransmissions",
      "A firewall that drops its state at the first FIN",
      "Send-Q: above 1 there is data before the FIN",
    ],
    notConcluded: ["A leak on our side: we have closed"],
  })),
  whenMany("TIME-WAIT", "timeWait", (count) => ({
    code: "TIME_WAIT_MANY",
    severity: "info",
    title: `${count} in TIME-WAIT: this side closed first, that often in the last minute`,
    cause:
      "The side that sends the first FIN keeps the connection's addresses for 60 s (Linux's 2 MSL), so that late segments meet no new connection (RFC 9293 §3.6.1).",
    side: "ours",
    next: [
      "Who opens a connection for each request: a pool or keep-alive ends it",
      "Whether they are on our listener's port (our server closes first: harmless, costs no ephemeral port) or outbound (each holds an ephemeral port)",
      "Ephemeral ports in use towards each destination (finding EPHEMERAL_PORTS)",
    ],
    notConcluded: [
      "A leak: no process holds them, and each ends by itself",
      "That the peer closes badly: had it closed first, it would have them",
      "That it must be tuned away: tcp_tw_reuse and RST closes trade away what the state protects",
    ],
  })),
];

function whenMany(
  state: TcpState,
  threshold: keyof Thresholds,
  describe: (count: number) => Omit<Finding, "count" | "evidence">,
): Rule {
  return (context) => {
    const sockets = context.byState.get(state) ?? [];
    const count = sockets.length;
    if (count === 0 || count < context.thresholds[threshold]) return undefined;
    return { ...describe(count), count, evidence: evidenceOf(context, sockets) };
  };
}
