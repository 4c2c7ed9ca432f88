import { NetError } from "@tcpip-workshop/core/net-error";
import { kernelStates, kernelTimers } from "./kernel-numbers.ts";
import { ipv4Text, ipv6Text } from "./proc-address.ts";
import type { SocketEntry, SocketTimer } from "./socket-entry.ts";

/** Which of the four files a row is from. */
export interface ProcTable {
  protocol: "tcp" | "udp";
  family: 4 | 6;
}

/** Which rows are wanted: the others are left before anything is made for them. */
export interface RowFilter {
  /** Either end's. */
  port?: number;
  inodes?: ReadonlySet<number>;
}

/** Address texts already spelled: a table of 40,000 rows has few. */
export type SpelledAddresses = Map<number | string, string>;

/**
 * One row of `/proc/net/tcp`, `tcp6`, `udp` or `udp6`, without its line feed (proc_pid_net(5); the kernel's
 * `get_tcp4_sock`). All numbers are hexadecimal up to the uid, and addresses are in the host's byte order:
 *
 *       sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
 *        0: 0100007F:1F90 00000000:0000 0A 00000000:00000002 00:00000000 00000000  1000        0 41060 1 …
 *
 * @returns undefined for a row that the filter does not want.
 * @throws NetError `SOURCE_INVALID`
 */
export function parseProcRow(
  bytes: Buffer,
  start: number,
  end: number,
  table: ProcTable,
  filter: RowFilter,
  spelled: SpelledAddresses,
): SocketEntry | undefined {
  const digits = table.family === 4 ? 8 : 32;
  const localAt = afterColon(bytes, start, end) + 1;
  const remoteAt = localAt + digits + 6;
  const stateAt = remoteAt + digits + 6;
  const queuesAt = stateAt + 3;
  if (
    queuesAt + 40 > end ||
    bytes[localAt + digits] !== COLON ||
    bytes[remoteAt + digits] !== COLON ||
    bytes[queuesAt + 8] !== COLON ||
    bytes[queuesAt + 20] !== COLON
  ) {
    throw invalid(bytes, start, end, table);
  }
  const localPort = hex(bytes, localAt + digits + 1, 4);
  const remotePort = hex(bytes, remoteAt + digits + 1, 4);
  if (filter.port !== undefined && filter.port !== localPort && filter.port !== remotePort) return undefined;

  const uidAt = afterSpaces(bytes, queuesAt + 38, end);
  const probesAt = afterSpaces(bytes, afterDigits(bytes, uidAt, end), end);
  const inodeAt = afterSpaces(bytes, afterDigits(bytes, probesAt, end), end);
  const inodeEnd = afterDigits(bytes, inodeAt, end);
  const inode = decimal(bytes, inodeAt, inodeEnd);
  if (filter.inodes !== undefined && !filter.inodes.has(inode)) return undefined;

  const local = { address: addressText(bytes, localAt, digits, spelled), port: localPort };
  const remote = { address: addressText(bytes, remoteAt, digits, spelled), port: remotePort };
  const stateNumber = hex(bytes, stateAt, 2);
  const sendQ = hex(bytes, queuesAt, 8);
  const recvQ = hex(bytes, queuesAt + 9, 8);
  const timerNumber = hex(bytes, queuesAt + 18, 2);
  const uid = decimal(bytes, uidAt, afterDigits(bytes, uidAt, end));
  const { protocol, family } = table;
  if (inodeAt === inodeEnd || localPort + remotePort + sendQ + recvQ + timerNumber + stateNumber < 0) {
    throw invalid(bytes, start, end, table);
  }

  if (protocol === "udp") {
    const state = stateNumber === 1 ? "ESTAB" : "UNCONN";
    const drops = lastNumber(bytes, inodeEnd, end);
    return { protocol, family, state, local, remote, recvQ, sendQ, inode, uid, drops };
  }
  const state = kernelStates[stateNumber];
  if (state === undefined) throw invalid(bytes, start, end, table);
  if (timerNumber === 0) return { protocol, family, state, local, remote, recvQ, sendQ, inode, uid };
  const kind = kernelTimers[timerNumber] ?? "unknown";
  const timer: SocketTimer = {
    kind,
    milliseconds: hex(bytes, queuesAt + 21, 8) * MILLISECONDS_PER_TICK,
    // What went without an answer is counted in the column named "timeout" where probes are sent.
    retransmits:
      kind === "keepalive" || kind === "persist"
        ? decimal(bytes, probesAt, afterDigits(bytes, probesAt, end))
        : hex(bytes, queuesAt + 30, 8),
  };
  return { protocol, family, state, local, remote, recvQ, sendQ, timer, inode, uid };
}

const COLON = 58;
const SPACE = 32;
/** `tm->when` is in USER_HZ, which is 100 on every architecture Node runs on. */
const MILLISECONDS_PER_TICK = 10;
/** Below zero, and so for any sum with it, for what is no digit. */
const NOT_HEX = -(2 ** 40);
const HEX_VALUE = Array.from({ length: 256 }, (_, code) => {
  const digit = "0123456789abcdef".indexOf(String.fromCharCode(code).toLowerCase());
  return digit < 0 ? NOT_HEX : digit;
});

/** The row's number is padded to four digits, and may have more. */
function afterColon(bytes: Buffer, at: number, end: number): number {
  while (at < end && bytes[at] !== COLON) at++;
  return at + 1;
}

function hex(bytes: Buffer, at: number, digits: number): number {
  let value = 0;
  for (let index = at; index < at + digits; index++) value = value * 16 + HEX_VALUE[bytes[index]!]!;
  return value;
}

function decimal(bytes: Buffer, at: number, end: number): number {
  let value = 0;
  for (let index = at; index < end; index++) value = value * 10 + bytes[index]! - 48;
  return value;
}

function afterSpaces(bytes: Buffer, at: number, end: number): number {
  while (at < end && bytes[at] === SPACE) at++;
  return at;
}

function afterDigits(bytes: Buffer, at: number, end: number): number {
  while (at < end && bytes[at]! >= 48 && bytes[at]! <= 57) at++;
  return at;
}

function lastNumber(bytes: Buffer, start: number, end: number): number {
  while (end > start && bytes[end - 1] === SPACE) end--;
  let at = end;
  while (at > start && bytes[at - 1]! >= 48 && bytes[at - 1]! <= 57) at--;
  return decimal(bytes, at, end);
}

function addressText(bytes: Buffer, at: number, digits: number, spelled: SpelledAddresses): string {
  const key = digits === 8 ? hex(bytes, at, 8) : bytes.toString("latin1", at, at + digits);
  let text = spelled.get(key);
  if (text === undefined) {
    text =
      typeof key === "number"
        ? ipv4Text(key)
        : ipv6Text([
            hex(bytes, at, 8),
            hex(bytes, at + 8, 8),
            hex(bytes, at + 16, 8),
            hex(bytes, at + 24, 8),
          ]);
    spelled.set(key, text);
  }
  return text;
}

function invalid(bytes: Buffer, start: number, end: number, { protocol, family }: ProcTable): NetError {
  const row = bytes.toString("latin1", start, Math.min(end, start + 120));
  const file = `/proc/net/${protocol}${family === 6 ? "6" : ""}`;
  return new NetError("SOURCE_INVALID", `Expected a row of ${file}, got ${JSON.stringify(row)}`);
}
