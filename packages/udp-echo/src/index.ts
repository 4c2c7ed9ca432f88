export type { BackoffOptions } from "./backoff.ts";
export type { UdpEchoClientOptions } from "./client-options.ts";
export type { UdpEchoClientStats } from "./client-stats.ts";
export type { KernelDrops } from "./kernel-drops.ts";
export {
  decodeMessage,
  encodeMessage,
  HEADER_LENGTH,
  MAX_DATAGRAM_LENGTH_IPV4,
  MAX_DATAGRAM_LENGTH_IPV6,
  type Message,
  type MessageKind,
} from "./message.ts";
export { NetError, type NetErrorCode } from "@tcpip-workshop/core/net-error";
export { NoReplyError } from "./no-reply-error.ts";
export type { RequestOptions } from "./request-table.ts";
export type { Handler, HandlerContext } from "./run-handler.ts";
export type { Mode, UdpEchoServerOptions } from "./server-options.ts";
export type { UdpEchoServerStats } from "./server-stats.ts";
export { UdpEchoClient } from "./udp-echo-client.ts";
export type { Timers } from "./timers.ts";
export type { DropReason, Endpoint, FiveTuple, UdpEchoEvent } from "./udp-echo-event.ts";
export { type DrainReport, startUdpEchoServer, type UdpEchoServer } from "./udp-echo-server.ts";
