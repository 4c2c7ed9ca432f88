import type { AddressInfo, Server } from "node:net";
import { NetError, type NetErrorCode } from "@tcpip-workshop/core/net-error";

/**
 * Listens and returns the port. Throws `ADDRESS_IN_USE`, `ADDRESS_UNAVAILABLE` (not this host's, or not allowed),
 * `CONNECTION_FAILED` for the rest of what a system may say, `ARGUMENT_INVALID` (port).
 */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new NetError("ARGUMENT_INVALID", `Expected a port from 0 to 65535, got ${port}`);
  }
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (error: NodeJS.ErrnoException): void => {
    const code = CODES[error.code ?? ""] ?? "CONNECTION_FAILED";
    reject(
      new NetError(code, `Expected to listen on ${host}:${port}, got ${error.message}`, { cause: error }),
    );
  };
  server.once("error", fail);
  server.listen({ port, host }, resolve);
  await promise;
  server.off("error", fail);
  return (server.address() as AddressInfo).port;
}

const CODES: Record<string, NetErrorCode> = {
  EADDRINUSE: "ADDRESS_IN_USE",
  EADDRNOTAVAIL: "ADDRESS_UNAVAILABLE",
  EACCES: "ADDRESS_UNAVAILABLE",
};
