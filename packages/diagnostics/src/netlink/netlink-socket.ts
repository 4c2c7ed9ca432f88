import { NetError } from "@tcpip-workshop/core/net-error";
import { errnoCode } from "../sockets/errno-code.ts";

/** A socket to the kernel's sock_diag. */
export interface NetlinkSocket extends Disposable {
  send(message: Buffer): void;
  /** The next messages; valid until the next call. Never waits: a dump always has its next part ready. */
  receive(): Buffer;
}

/** @throws NetError `UNSUPPORTED` */
export function netlinkSocket(): NetlinkSocket {
  const libc = (loaded ??= load());
  const descriptor = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (descriptor < 0)
    throw new NetError("UNSUPPORTED", "Expected a netlink socket for sock_diag, got none from the kernel");
  const buffer = Buffer.allocUnsafe(BUFFER_LENGTH);
  return {
    send(message) {
      const sent = Number(libc.send(descriptor, message, BigInt(message.length), 0));
      if (sent !== message.length)
        throw new NetError("UNSUPPORTED", `Expected sock_diag to take a request, got ${sent}`);
    },
    receive() {
      const count = Number(libc.recv(descriptor, buffer, BigInt(BUFFER_LENGTH), MSG_DONTWAIT));
      if (count <= 0) throw new NetError("UNSUPPORTED", `Expected sock_diag to answer, got ${count}`);
      return buffer.subarray(0, count);
    },
    [Symbol.dispose]() {
      libc.close(descriptor);
    },
  };
}

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const NETLINK_SOCK_DIAG = 4;
const MSG_DONTWAIT = 0x40;
/** The kernel fills at most 32 KiB a part. */
const BUFFER_LENGTH = 65_536;

let loaded: ReturnType<typeof load> | undefined;

function load() {
  try {
    // Not imported: this module must load where there is no node:ffi, to say so.
    return process.getBuiltinModule("node:ffi").dlopen(null, {
      socket: { arguments: ["int32", "int32", "int32"], return: "int32" },
      send: { arguments: ["int32", "buffer", "uint64", "int32"], return: "int64" },
      recv: { arguments: ["int32", "buffer", "uint64", "int32"], return: "int64" },
      close: { arguments: ["int32"], return: "int32" },
    }).functions;
  } catch (error) {
    const message = `Expected Node 26.1 or later on Linux with node:ffi allowed, got ${process.version}: ${errnoCode(error)}`;
    throw new NetError("UNSUPPORTED", message, { cause: error });
  }
}
