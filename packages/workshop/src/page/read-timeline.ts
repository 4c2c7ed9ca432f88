import type { Wire } from "@tcpip-workshop/grader";

/** What one proxy, relay, tap or peer has seen. */
export interface WireSource {
  /** `the slow client`; empty where the suite gave it no name. */
  name: string;
  lines: WireLine[];
}

export interface WireLine {
  /** Milliseconds since the source began; nothing where it has no clock. */
  at: number | null;
  /** `#1`, or empty. */
  connection: string;
  direction: "toServer" | "toClient" | null;
  what: string;
}

/** What the verdict has as data; of a source that only has lines, those are read. */
export function readWire(wires: Wire[]): WireSource[] {
  return wires.map(({ name, events, left, lines = [] }) => {
    const read: WireLine[] | undefined = events?.map(({ at, connection, direction = null, what }) => ({
      at,
      connection: connection === undefined ? "" : `#${connection}`,
      direction,
      what,
    }));
    if (left === undefined || read === undefined) return { name, lines: read ?? lines.flatMap(readLine) };
    const more: WireLine = { at: null, connection: "", direction: null, what: `… ${left.count} more …` };
    return { name, lines: read.toSpliced(left.after, 0, more) };
  });
}

/** Reads a failure's `timeline` back: records as `timeline()` of the faults prints them, under the names that the suite gave. */
export function readTimeline(lines: string[]): WireSource[] {
  const sources: WireSource[] = [];
  for (const line of lines) {
    const last = sources.at(-1);
    if (isHeading(line)) sources.push({ name: line.slice(0, -1), lines: [] });
    else if (last === undefined) sources.push({ name: "", lines: readLine(line) });
    else last.lines.push(...readLine(line));
  }
  return sources;
}

/** `the slow client:` names what stands below it; a record begins with its time. */
function isHeading(line: string): boolean {
  return /^[^\s…].*:$/.test(line);
}

/** `    12.3 ms  #1  → server  cut at byte 4097, RST`, or less of it. */
const record =
  /^ *(?:(?<at>\d+\.\d) ms)? *(?<connection>#\d+)? *(?:→ (?<towards>server|client)(?= |$))? *(?<what>.*)$/;
/** What a test's own UDP peers print: `client 1 → :49426  00 00 00 01 "1"`. */
const datagram = /^(?<who>client(?: \d+)?) (?<arrow>[→←]) :\d+ *(?<bytes>.*)$/;
/** What a link prints of the packets on it: `packet 2, 1500 bytes, probe: dropped: too big, 1436`. */
const packet = /^packet \d+, /;

/** What an HTTP upstream prints of an exchange: `connection 2: GET /price → half a body, then FIN`. */
const exchange = /^(?<connection>connection \d+): (?<request>.+) → (?<reply>.+)$/;

/** One line, or two for an exchange. */
function readLine(line: string): WireLine[] {
  const { who = "", arrow, bytes = "" } = datagram.exec(line)?.groups ?? {};
  if (arrow !== undefined) {
    // Only where there are several is it worth a word.
    const connection = who === "client" ? "" : who;
    const direction = arrow === "→" ? "toServer" : "toClient";
    return [{ at: null, connection, direction, what: bytes === "" ? "no bytes" : bytes }];
  }
  if (packet.test(line)) return [{ at: null, connection: "", direction: "toServer", what: line }];
  const { request, reply = "", connection: on = "" } = exchange.exec(line)?.groups ?? {};
  if (request !== undefined) {
    const asked: WireLine = { at: null, connection: on, direction: "toServer", what: request };
    return [asked, { ...asked, direction: reply === "held" ? null : "toClient", what: reply }];
  }
  const { at, connection = "", towards, what = "" } = record.exec(line)?.groups ?? {};
  const direction = towards === undefined ? null : towards === "server" ? "toServer" : "toClient";
  return [{ at: at === undefined ? null : Number(at), connection, direction, what: what.trim() }];
}
