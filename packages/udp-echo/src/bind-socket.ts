import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { NetError, type NetErrorCode } from "@tcpip-workshop/core/net-error";
import { resolveHost } from "./resolve-host.ts";

export interface BindOptions {
  host: string;
  port: number;
  receiveBufferBytes: number | undefined;
}

/** A bound socket. Throws as `startUdpEchoServer` does, and leaves none open then. */
export async function bindSocket({ host, port, receiveBufferBytes }: BindOptions): Promise<Socket> {
  let socket: Socket | undefined;
  try {
    const { address, type } = await resolveHost(host);
    socket = createSocket({ type, ...(receiveBufferBytes && { recvBufferSize: receiveBufferBytes }) });
    socket.bind(port, address);
    await once(socket, "listening");
    return socket;
  } catch (error) {
    socket?.close();
    const { code, message } = error as NodeJS.ErrnoException;
    throw new NetError(
      CODES[code ?? ""] ?? "CONNECTION_FAILED",
      `Expected to bind ${host} port ${port}, got ${message}`,
      { cause: error },
    );
  }
}

const CODES: Record<string, NetErrorCode> = {
  EADDRINUSE: "ADDRESS_IN_USE",
  EADDRNOTAVAIL: "ADDRESS_UNAVAILABLE",
  EACCES: "ADDRESS_UNAVAILABLE",
  // a name that leads to no address
  ENOTFOUND: "ADDRESS_UNAVAILABLE",
};
