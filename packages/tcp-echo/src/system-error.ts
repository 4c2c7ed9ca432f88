import { NetError, type NetErrorCode } from "@tcpip-workshop/core/net-error";

/** What the system says of a connection, in our codes; `cause` has it as it was. `expected` begins the message. */
export function systemError(expected: string, error: NodeJS.ErrnoException): NetError {
  const code = CODES[error.code ?? ""] ?? "CONNECTION_FAILED";
  // Of several addresses, as of "localhost", Node tells each one's error, and the first one's code.
  const all = error instanceof AggregateError ? (error.errors as Error[]) : [error];
  const got = all.map(({ message }) => message).join("; ");
  return new NetError(code, `Expected ${expected}, got ${got}`, { cause: error });
}

const CODES: Record<string, NetErrorCode> = {
  ECONNREFUSED: "CONNECTION_REFUSED",
  ECONNRESET: "CONNECTION_RESET",
  // our write came after the peer's RST
  EPIPE: "CONNECTION_RESET",
  // the kernel's own time-out for SYNs (about 131 s), or Node's for one of several addresses
  ETIMEDOUT: "CONNECT_TIMEOUT",
  // no port left for this destination
  EADDRNOTAVAIL: "ADDRESS_UNAVAILABLE",
};
