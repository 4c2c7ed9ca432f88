export { NetError, type NetErrorCode } from "@tcpip-workshop/core/net-error";
export {
  startEchoServer,
  type DrainReport,
  type EchoServer,
  type EchoServerOptions,
  type EchoServerStats,
} from "./echo-server.ts";
export { type CloseReason, type EchoEvent, type FiveTuple } from "./echo-event.ts";
export { type EchoMode } from "./options.ts";
export { connect, type ConnectOptions } from "./connect.ts";
export { type EchoConnection, type EchoOptions } from "./echo-connection.ts";
export * from "./pool/index.ts";
export { EchoPool, type EchoPoolOptions } from "./pool/echo-pool.ts";
