import type { SocketTable } from "./static/page-data.ts";

/** What each state asks of whoever reads the table (RFC 9293 §3.3.2, in the spelling of `ss`). */
const meanings: { [state: string]: string } = {
  LISTEN:
    "waits for connections. Recv-Q counts those that your code has not accepted yet, Send-Q how many may wait.",
  "SYN-SENT": "your SYN is on its way, and nobody has answered it yet.",
  "SYN-RECV": "a SYN came and was answered; the last part of the handshake is missing.",
  ESTAB:
    "open both ways. Recv-Q counts bytes your code has not read, Send-Q bytes the peer has not acknowledged.",
  "FIN-WAIT-1": "your FIN is sent, and not acknowledged yet.",
  "FIN-WAIT-2": "your FIN is acknowledged; the peer has not sent its own yet.",
  "CLOSE-WAIT": "the peer has sent FIN, and your code has not closed its side: it is your turn.",
  "LAST-ACK": "both sides have sent FIN; the acknowledgment of yours is missing.",
  CLOSING: "both sides sent FIN at the same moment.",
  "TIME-WAIT": "closed by your side first: the kernel remembers it for a minute, and nothing is wrong.",
  UNCONN: "a UDP socket that is bound and takes datagrams from anyone.",
};

/** A table of `ss -tan`, as lines with their header first; nothing where there is no row. */
export function socketTable(lines: string[]): SocketTable | null {
  const [header = "", ...rest] = lines;
  const more = rest.at(-1)?.startsWith("…") === true ? (rest.pop() ?? "") : "";
  if (rest.length === 0) return null;
  const columns = header.trim().split(/\s+(?!Address)/);
  const rows = rest.map((line) => cellsOf(line, columns.length));
  const at = columns.indexOf("State");
  const seen = new Set(rows.map((row) => row[at] ?? ""));
  const states = Object.entries(meanings)
    .filter(([name]) => seen.has(name))
    .map(([name, meaning]) => ({ name, meaning }));
  return { columns, rows, more, states };
}

/** As many cells as there are columns; what stands behind the last one belongs to it. */
function cellsOf(line: string, count: number): string[] {
  const words = line.trim().split(/\s+/);
  return [...words.slice(0, count - 1), words.slice(count - 1).join(" ")];
}
