import type { Server } from "node:net";
import { NetError, type NetErrorCode } from "@tcpip-workshop/core/net-error";

/** Resolves when `server` listens. Throws as `startEchoServer` does. */
export async function listen(server: Server, at: { host: string; port: number }): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (error: NodeJS.ErrnoException): void => {
    const code = CODES[error.code ?? ""] ?? "CONNECTION_FAILED";
    const message = `Expected to listen on ${at.host} port ${at.port}, got ${error.message}`;
    reject(new NetError(code, message, { cause: error }));
  };
  server.once("error", fail);
  server.listen(at, resolve);
  await promise;
  server.off("error", fail);
}

const CODES: Record<string, NetErrorCode> = {
  EADDRINUSE: "ADDRESS_IN_USE",
  EADDRNOTAVAIL: "ADDRESS_UNAVAILABLE",
  EACCES: "ADDRESS_UNAVAILABLE",
  // a name that leads to no address
  ENOTFOUND: "ADDRESS_UNAVAILABLE",
};
