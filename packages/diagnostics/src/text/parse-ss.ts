import { NetError } from "@tcpip-workshop/core/net-error";
import type { Endpoint, SocketEntry, SocketFacts, SocketTimer } from "../sockets/socket-entry.ts";
import { tcpStateNamed } from "../sockets/tcp-state.ts";
import { parseTcpInfo } from "./tcp-info.ts";

export interface ParseSsOptions {
  /** What the rows are where `ss` was asked for one protocol and prints no column `Netid`: "tcp" by default. */
  protocol?: "tcp" | "udp";
}

/**
 * The sockets in the text of `ss -tan`, `ss -tuanp`, `ss -tanoip`, with or without header (ss(8)). Rows of other families
 * (unix, netlink, raw) are passed over. `*:80`, a listener for both families, is the IPv6 socket it is: `::`.
 * Without `-e` the text has no inode and no uid: both are 0.
 * @throws NetError `SOURCE_INVALID` for a line that `ss` does not print, or has names for ports (it was run without `-n`)
 */
export function parseSs(text: string, options: ParseSsOptions = {}): SocketEntry[] {
  const sockets: SocketEntry[] = [];
  // What is behind a row of another family belongs to it.
  let last: SocketEntry | undefined;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    if (line.startsWith(" ") || line.startsWith("\t")) {
      if (last !== undefined) readDetails(last, line);
      continue;
    }
    const words = line.trimEnd().split(/\s+/);
    if (words[0] === "Netid" || (words[0] === "State" && words[1] === "Recv-Q")) continue;
    last = parseRow(line, words, options.protocol ?? "tcp");
    if (last !== undefined) sockets.push(last);
  }
  return sockets;
}

function parseRow(line: string, words: string[], protocol: "tcp" | "udp"): SocketEntry | undefined {
  const netid = words[0]!;
  if (OTHER_NETIDS.test(netid)) return undefined;
  const hasNetid = netid === "tcp" || netid === "udp";
  if (hasNetid) protocol = netid;
  const [stateName = "", recvQ, sendQ, local, remote, ...details] = words.slice(hasNetid ? 1 : 0);
  if (local === undefined || remote === undefined)
    throw invalid(line, "State Recv-Q Send-Q Local:Port Peer:Port");
  // What `formatSockets` prints for a listener whose source does not tell its backlog.
  const isUntold = sendQ === "-" && tcpStateNamed(stateName) === "LISTEN";
  const facts: SocketFacts = {
    family: [local, remote].some(
      (cell) => cell.includes("[") || cell.startsWith("*") || cell.split(":").length > 2,
    )
      ? 6
      : 4,
    local: parseEndpoint(line, local),
    remote: parseEndpoint(line, remote),
    recvQ: count(line, recvQ),
    sendQ: isUntold ? 0 : count(line, sendQ),
    inode: 0,
    uid: 0,
  };
  const state = tcpStateNamed(stateName);
  if (state === undefined) throw invalid(line, "a state");
  let socket: SocketEntry;
  if (protocol === "udp") {
    socket = { protocol, state: state === "ESTABLISHED" ? "ESTAB" : "UNCONN", ...facts };
  } else {
    socket = { protocol, state, ...facts, ...(state === "LISTEN" && !isUntold && { backlog: facts.sendQ }) };
  }
  readDetails(socket, details.join(" "));
  return socket;
}

/** `127.0.0.1:80`, `[::1]:80`, `[fe80::1]%eth0:80`, `*:80`; `:::80` of versions before 4.17. */
function parseEndpoint(line: string, cell: string): Endpoint {
  const colon = cell.lastIndexOf(":");
  const portText = cell.slice(colon + 1);
  const host = cell.slice(0, Math.max(colon, 0)).replace(/[[\]]/g, "");
  const port = portText === "*" ? 0 : Number(portText);
  if (host === "") throw invalid(line, "an address and a port");
  if (!/^(\*|\d{1,5})$/.test(portText) || port > 65_535) throw invalid(line, "a port in digits (`ss -n`)");
  return { address: host.startsWith("*") ? `::${host.slice(1)}` : host, port };
}

/** The words behind the addresses, and the indented line below: users, timer, uid, ino, TCP_INFO. */
function readDetails(socket: SocketEntry, text: string): void {
  const { pids, rest } = readUsers(text);
  if (pids.length > 0) socket.pids = pids;
  const timer = TIMER.exec(rest);
  if (timer !== null) {
    const kind = TIMERS.find((name) => name === timer[1]) ?? "unknown";
    socket.timer = { kind, milliseconds: parseDuration(timer[2]!), retransmits: Number(timer[3]) };
  }
  socket.uid = Number(/(?:^|\s)uid:(\d{1,10})/.exec(rest)?.[1] ?? socket.uid);
  socket.inode = Number(/(?:^|\s)ino:(\d{1,12})/.exec(rest)?.[1] ?? socket.inode);
  const info = socket.protocol === "tcp" ? parseTcpInfo(rest) : undefined;
  if (info !== undefined && socket.protocol === "tcp") socket.info = info;
}

/** `users:(("node",pid=77,fd=19),("node",pid=78,fd=19))`, and the text without it: a process may be called `ino:5`, or anything. */
function readUsers(text: string): { pids: number[]; rest: string } {
  const start = text.indexOf("users:((");
  if (start < 0) return { pids: [], rest: text };
  const pids = new Set<number>();
  let end = start + "users:(".length;
  for (;;) {
    USER.lastIndex = end;
    const user = USER.exec(text);
    if (user === null) return { pids: [...pids], rest: `${text.slice(0, start)} ${text.slice(end)}` };
    pids.add(Number(user[1]));
    end = USER.lastIndex;
  }
}

/** `1min3sec`, `49sec`, `9.373sec`, `200ms`; and `9.373ms`, which is how versions before 6.12 wrote `9.373sec`. */
function parseDuration(text: string): number {
  const minutes = /^(\d+)min/.exec(text)?.[1] ?? 0;
  const thousandths = /(?:^|\.|\D)(\d{3})(?:ms|sec)$/.exec(text)?.[1] ?? 0;
  const seconds = /(\d+)(?:sec$|\.\d{3}(?:ms|sec)$)/.exec(text)?.[1] ?? 0;
  const isFraction = text.includes(".") || text.endsWith("ms");
  return Number(minutes) * 60_000 + Number(seconds) * 1000 + (isFraction ? Number(thousandths) : 0);
}

function count(line: string, word: string | undefined): number {
  if (word === undefined || !/^\d{1,10}$/.test(word)) throw invalid(line, "Recv-Q and Send-Q in digits");
  return Number(word);
}

function invalid(line: string, expected: string): NetError {
  return new NetError(
    "SOURCE_INVALID",
    `Expected a line of ss(8) with ${expected}, got ${JSON.stringify(line.slice(0, 120))}`,
  );
}

// All bounded: a line is a stranger's, and must not cost more than its length.
const TIMER = /timer:\(([a-z]{1,16}),([^,()]{0,32}),(\d{1,10})\)/;
const USER = /\(".{0,64}?",pid=(\d{1,10}),[^()]{0,300}\)[,)]/y;
const TIMERS: readonly SocketTimer["kind"][] = ["on", "keepalive", "timewait", "persist"];
const OTHER_NETIDS = /^(u_|p_|v_|nl$|raw$|icmp|sctp$|dccp$|mptcp$|ti|xdp$|unix$|\?\?\?$)/;
