import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { NetError } from "@tcpip-workshop/core/net-error";

/** Where a name leads, and the kind of socket that goes there. Throws `ADDRESS_INVALID` when it leads nowhere. */
export async function resolveHost(host: string): Promise<{ address: string; type: "udp4" | "udp6" }> {
  try {
    const { address, family } = await lookup(host);
    return { address, type: family === 6 ? "udp6" : "udp4" };
  } catch (cause) {
    throw new NetError("ADDRESS_INVALID", `Expected an address or a name that resolves, got "${host}"`, {
      cause,
    });
  }
}

/** A bound socket. Throws `ADDRESS_IN_USE`, `ADDRESS_UNAVAILABLE` or `ADDRESS_INVALID`, the socket closed. */
export async function bindSocket(
  host: string,
  port: number,
  recvBufferSize: number | undefined,
): Promise<Socket> {
  const { address, type } = await resolveHost(host);
  const socket = createSocket({ type, ...(recvBufferSize !== undefined && { recvBufferSize }) });
  try {
    socket.bind(port, address);
    await once(socket, "listening");
    return socket;
  } catch (cause) {
    // after a failed bind Node has closed the handle by itself on some paths, and not on others
    await new Promise<void>((resolve) => {
      try {
        socket.close(() => resolve());
      } catch {
        resolve();
      }
    });
    throw bindError(cause, `${host} port ${port}`);
  }
}

function bindError(cause: unknown, where: string): NetError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "EADDRINUSE") {
    return new NetError(
      "ADDRESS_IN_USE",
      `Expected ${where} to be free, got EADDRINUSE: another socket has it`,
      {
        cause,
      },
    );
  }
  return new NetError(
    "ADDRESS_UNAVAILABLE",
    `Expected to bind ${where}, got ${String(code ?? cause)}: not an address of this host's, or not allowed`,
    { cause },
  );
}
