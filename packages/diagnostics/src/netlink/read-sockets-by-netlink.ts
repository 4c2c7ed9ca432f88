import { NetError } from "@tcpip-workshop/core/net-error";
import type { SpelledAddresses } from "../sockets/proc-row.ts";
import type { SocketEntry } from "../sockets/socket-entry.ts";
import { MESSAGE_HEADER, messageLength, parseDiagMessage, type DiagTable } from "./diag-message.ts";
import { netlinkSocket } from "./netlink-socket.ts";

export interface NetlinkOptions {
  /** Both by default. */
  protocols?: readonly ("tcp" | "udp")[];
  /** Only sockets with this port at either end. */
  port?: number;
}

/**
 * What `readSockets` gives, by sock_diag(7) as `ss` does, through Node's experimental `node:ffi`: faster, and it tells a
 * listener's backlog (but not a UDP socket's drops). Experimental as that is: wrong use of it can end the process.
 * @throws NetError `UNSUPPORTED` without `node:ffi` (Node below 26.1, `--permission` without `--allow-ffi`) or sock_diag;
 * `SOURCE_INVALID`
 */
export function readSocketsByNetlink({
  protocols = ["tcp", "udp"],
  port,
}: NetlinkOptions = {}): SocketEntry[] {
  using socket = netlinkSocket();
  const sockets: SocketEntry[] = [];
  const spelled: SpelledAddresses = new Map();
  for (const protocol of protocols) {
    for (const family of [4, 6] as const) dump({ protocol, family });
  }
  return sockets;

  function dump(table: DiagTable): void {
    socket.send(dumpRequest(table));
    for (;;) {
      const bytes = socket.receive();
      for (let at = 0; at < bytes.length;) {
        const length = messageLength(bytes, at);
        const type = bytes.readUInt16LE(at + 4);
        if (type === NLMSG_DONE) return;
        if (type === NLMSG_ERROR) {
          const errno = length >= MESSAGE_HEADER + 4 ? -bytes.readInt32LE(at + MESSAGE_HEADER) : 0;
          throw new NetError(
            "UNSUPPORTED",
            `Expected a kernel with sock_diag for ${table.protocol}, got errno ${errno}`,
          );
        }
        const entry = parseDiagMessage(bytes, at, length, table, port, spelled);
        if (entry !== undefined) sockets.push(entry);
        // Messages begin at multiples of four (netlink(7), NLMSG_ALIGN).
        at += (length + 3) & ~3;
      }
    }
  }
}

const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const SOCK_DIAG_BY_FAMILY = 20;
/** NLM_F_REQUEST and NLM_F_DUMP. */
const REQUEST_DUMP = 0x301;
const REQUEST_LENGTH = 56;

/** `struct nlmsghdr`, then `struct inet_diag_req_v2`: family, protocol, extensions, padding, states; any address. */
function dumpRequest({ protocol, family }: DiagTable): Buffer {
  const request = Buffer.alloc(MESSAGE_HEADER + REQUEST_LENGTH);
  request.writeUInt32LE(request.length, 0);
  request.writeUInt16LE(SOCK_DIAG_BY_FAMILY, 4);
  request.writeUInt16LE(REQUEST_DUMP, 6);
  request[MESSAGE_HEADER] = family === 4 ? 2 : 10;
  request[MESSAGE_HEADER + 1] = protocol === "tcp" ? 6 : 17;
  request.writeUInt32LE(0xffffffff, MESSAGE_HEADER + 4);
  return request;
}
