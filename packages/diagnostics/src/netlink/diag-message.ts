import { NetError } from "@tcpip-workshop/core/net-error";
import { kernelStates, kernelTimers } from "../sockets/kernel-numbers.ts";
import type { SpelledAddresses } from "../sockets/proc-row.ts";
import { ipv4Text, ipv6Text } from "../sockets/proc-address.ts";
import type { SocketEntry } from "../sockets/socket-entry.ts";

export interface DiagTable {
  protocol: "tcp" | "udp";
  family: 4 | 6;
}

/** Bytes of `struct nlmsghdr` (netlink(7)). */
export const MESSAGE_HEADER = 16;

/** The length of the message at `at`, header included. @throws NetError `SOURCE_INVALID` */
export function messageLength(bytes: Buffer, at: number): number {
  const length = bytes.length - at < MESSAGE_HEADER ? 0 : bytes.readUInt32LE(at);
  if (length >= MESSAGE_HEADER && at + length <= bytes.length) return length;
  throw new NetError(
    "SOURCE_INVALID",
    `Expected a netlink message of at most ${bytes.length - at} bytes, got ${length}`,
  );
}

/**
 * One `struct inet_diag_msg` (sock_diag(7)). Numbers are in the host's byte order, which `node:ffi` has on little-endian
 * machines only; ports and addresses are in network order:
 *
 *      0 family, state, timer, retransmits: a byte each
 *      4 source port, destination port: 2 bytes each
 *      8 source address, 24 destination address: 16 bytes each
 *     40 interface, 44 cookie (8 bytes)
 *     52 expires in ms, receive queue, send queue, uid, inode: 4 bytes each
 *
 * @returns undefined for a row without the port
 * @throws NetError `SOURCE_INVALID`
 */
export function parseDiagMessage(
  bytes: Buffer,
  start: number,
  length: number,
  { protocol, family }: DiagTable,
  port: number | undefined,
  spelled: SpelledAddresses,
): SocketEntry | undefined {
  const at = start + MESSAGE_HEADER;
  if (length < MESSAGE_HEADER + DIAG_LENGTH) {
    throw new NetError(
      "SOURCE_INVALID",
      `Expected ${DIAG_LENGTH} bytes of inet_diag_msg, got ${length - MESSAGE_HEADER}`,
    );
  }
  const localPort = bytes.readUInt16BE(at + 4);
  const remotePort = bytes.readUInt16BE(at + 6);
  if (port !== undefined && port !== localPort && port !== remotePort) return undefined;

  const local = { address: addressAt(bytes, at + 8, family, spelled), port: localPort };
  const remote = { address: addressAt(bytes, at + 24, family, spelled), port: remotePort };
  const recvQ = bytes.readUInt32LE(at + 56);
  const sendQ = bytes.readUInt32LE(at + 60);
  const uid = bytes.readUInt32LE(at + 64);
  const inode = bytes.readUInt32LE(at + 68);
  const stateNumber = bytes[at + 1]!;
  if (protocol === "udp") {
    return {
      protocol,
      family,
      state: stateNumber === 1 ? "ESTAB" : "UNCONN",
      local,
      remote,
      recvQ,
      sendQ,
      inode,
      uid,
    };
  }
  const state = kernelStates[stateNumber];
  if (state === undefined)
    throw new NetError("SOURCE_INVALID", `Expected a TCP state from 1 to 12, got ${stateNumber}`);
  const socket: SocketEntry = { protocol, family, state, local, remote, recvQ, sendQ, inode, uid };
  if (state === "LISTEN") socket.backlog = sendQ;
  const timerNumber = bytes[at + 2]!;
  if (timerNumber !== 0) {
    const milliseconds = bytes.readUInt32LE(at + 52);
    socket.timer = {
      kind: kernelTimers[timerNumber] ?? "unknown",
      milliseconds,
      retransmits: bytes[at + 3]!,
    };
  }
  return socket;
}

const DIAG_LENGTH = 72;

function addressAt(bytes: Buffer, at: number, family: 4 | 6, spelled: SpelledAddresses): string {
  const first = bytes.readUInt32LE(at);
  const key = family === 4 ? first : bytes.toString("latin1", at, at + 16);
  let text = spelled.get(key);
  if (text === undefined) {
    text =
      family === 4
        ? ipv4Text(first)
        : ipv6Text([
            first,
            bytes.readUInt32LE(at + 4),
            bytes.readUInt32LE(at + 8),
            bytes.readUInt32LE(at + 12),
          ]);
    spelled.set(key, text);
  }
  return text;
}
