import { NetError } from "@tcpip-workshop/core/net-error";
import type { Endpoint, SocketEntry } from "../sockets/socket-entry.ts";
import { tcpStateNamed } from "../sockets/tcp-state.ts";

/**
 * The TCP and UDP sockets in the text of macOS's and the BSDs' `netstat -an` (netstat(1): the port stands behind a dot), or of Linux's
 * (netstat(8): behind a colon). Other sections are passed over. macOS cuts long addresses short unless told `-W`, and
 * prints no uid and no inode (0 here); its `tcp46` is an IPv6 socket for both families.
 * @throws NetError `SOURCE_INVALID` for a row of neither's, or text without table
 */
export function parseNetstat(text: string): SocketEntry[] {
  const lines = text.split("\n").map((line) => line.trim());
  const rows = lines.filter((line) => /^(tcp|udp)\S*(\s|$)/.test(line));
  const isTable =
    rows.length > 0 || lines.every((line) => line === "") || lines.some((line) => /^Proto\s/.test(line));
  if (!isTable) throw invalid(text, "a table that begins with `Proto`");
  return rows.map(parseRow);
}

function parseRow(line: string): SocketEntry {
  const [proto = "", recvQ, sendQ, local, remote, ...rest] = line.split(/\s+/);
  const kind = PROTO.exec(proto);
  if (kind === null || local === undefined || remote === undefined)
    throw invalid(line, "Proto Recv-Q Send-Q and two addresses");
  const family = kind[2] === "6" || kind[2] === "46" ? 6 : 4;
  const facts = {
    family,
    local: parseEndpoint(line, local, family),
    remote: parseEndpoint(line, remote, family),
    recvQ: count(line, recvQ),
    sendQ: count(line, sendQ),
    inode: 0,
    uid: 0,
  } as const;
  const pid = /(?:^|\s)(\d+)\/\S/.exec(rest.join(" "))?.[1];
  const pids = pid === undefined ? {} : { pids: [Number(pid)] };
  if (kind[1] === "udp") {
    const isConnected = facts.remote.port !== 0;
    return { protocol: "udp", state: isConnected ? "ESTAB" : "UNCONN", ...facts, ...pids };
  }
  const state = tcpStateNamed(rest[0] ?? "");
  if (state === undefined) throw invalid(line, "a state");
  return { protocol: "tcp", state, ...facts, ...pids };
}

function parseEndpoint(line: string, cell: string, family: 4 | 6): Endpoint {
  const match = ENDPOINT.exec(cell);
  const port = match?.[2] === "*" ? 0 : Number(match?.[2]);
  if (match === null || port > 65_535) throw invalid(line, "addresses and ports in digits (`netstat -n`)");
  const host = match[1]!;
  return { address: host === "*" ? (family === 4 ? "0.0.0.0" : "::") : host, port };
}

function count(line: string, word: string | undefined): number {
  if (word === undefined || !/^\d{1,10}$/.test(word)) throw invalid(line, "Recv-Q and Send-Q in digits");
  return Number(word);
}

function invalid(line: string, expected: string): NetError {
  return new NetError(
    "SOURCE_INVALID",
    `Expected a line of netstat with ${expected}, got ${JSON.stringify(line.slice(0, 120))}`,
  );
}

const PROTO = /^(tcp|udp)(|4|6|46)$/;
/** `*.8080`, `127.0.0.1.8080`, `fe80::1%lo0.8080` on macOS; `127.0.0.1:8080`, `:::8080`, `0.0.0.0:*` on Linux. */
const ENDPOINT = /^(\*|[0-9A-Fa-f:.]*[0-9A-Fa-f:](?:%[\w.-]+?)?)[.:](\d{1,5}|\*)$/;
