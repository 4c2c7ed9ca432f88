// Mistake: judges the receive queue in every state
// Caught by: finds the program here that does not read
// Tell: The queues are judged for ESTAB (and, as connections, for LISTEN): elsewhere the state itself is the finding.

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

/** Fewer bytes than this are on their way in any healthy connection. */
const muchInQueue = 65_536;
/** Fewer connections to one peer are closed in any healthy minute. */
const manyInTimeWait = 20;

/** State, Recv-Q, Send-Q, the two ends, and whatever columns `ss` was asked for beyond. */
const rowPattern = /^([A-Z][A-Z0-9-]+)\s+(\d+)\s+(\d+)\s+(\S+:(?:\d+|\*))\s+(\S+:(?:\d+|\*))(?:\s|$)/;

/** The rows of what `ss -tan` printed, in its order. */
export function parseSs(text: string): SocketRow[] {
  return text.split("\n").flatMap((line) => {
    const [, state, recvQ, sendQ, local, peer] = rowPattern.exec(line.trimStart()) ?? [];
    if (state === undefined || local === undefined || peer === undefined) return [];
    return [
      {
        state,
        recvQ: Number(recvQ),
        sendQ: Number(sendQ),
        local: parseEndpoint(local),
        peer: parseEndpoint(peer),
      },
    ];
  });
}

function parseEndpoint(text: string): Endpoint {
  // The last colon: an IPv6 address is full of them.
  const colon = text.lastIndexOf(":");
  const port = text.slice(colon + 1);
  return { address: text.slice(0, colon).replace(/[[\]]/g, ""), port: port === "*" ? 0 : Number(port) };
}

/** How many rows there are in each state. */
export function countStates(rows: SocketRow[]): { [state: string]: number } {
  const counts: { [state: string]: number } = {};
  for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** Each cause, whose it is, and whether a row says so. */
const rules: { cause: Cause; side: Side; says: (row: SocketRow) => boolean }[] = [
  {
    cause: "accept-queue-full",
    side: "us",
    // For a listener the queues count connections: those that wait for accept, and the backlog.
    says: ({ state, recvQ, sendQ }) => state === "LISTEN" && recvQ > sendQ,
  },
  { cause: "syn-not-answered", side: "beyond", says: ({ state }) => state === "SYN-SENT" },
  { cause: "we-do-not-close", side: "us", says: ({ state }) => state === "CLOSE-WAIT" },
  { cause: "peer-does-not-close", side: "peer", says: ({ state }) => state === "FIN-WAIT-2" },
  {
    cause: "we-do-not-read",
    side: "us",
    says: ({ state, recvQ }) => state !== "LISTEN" && recvQ > muchInQueue,
  },
  {
    cause: "not-acknowledged",
    side: "beyond",
    says: ({ state, sendQ }) => state === "ESTAB" && sendQ > muchInQueue,
  },
  {
    cause: "fin-not-acknowledged",
    side: "beyond",
    says: ({ state }) => ["FIN-WAIT-1", "CLOSING", "LAST-ACK"].includes(state),
  },
];

/** What a table of one machine's sockets says. */
export function diagnose(text: string, listening: number[] = []): Finding[] {
  const rows = parseSs(text);
  const found = rules
    .map(({ cause, side, says }): Finding => ({ cause, side, rows: rows.filter(says).length }))
    .filter((finding) => finding.rows > 0);
  const ours = new Set(rows.filter(({ state }) => state === "LISTEN").map(({ local }) => local.port));
  if (listening.some((port) => !ours.has(port))) found.push({ cause: "nobody-listens", side: "us", rows: 0 });
  const waiting = inTimeWait(rows);
  if (waiting > 0) found.push({ cause: "ports-in-time-wait", side: "nobody", rows: waiting });
  return found;
}

/** Rows in TIME-WAIT that use up local ports: many of them towards the same address and port. */
function inTimeWait(rows: SocketRow[]): number {
  const perPeer = new Map<string, number>();
  for (const { state, peer } of rows) {
    if (state !== "TIME-WAIT") continue;
    const key = `${peer.address} ${peer.port}`;
    perPeer.set(key, (perPeer.get(key) ?? 0) + 1);
  }
  return [...perPeer.values()].filter((count) => count >= manyInTimeWait).reduce((sum, n) => sum + n, 0);
}
