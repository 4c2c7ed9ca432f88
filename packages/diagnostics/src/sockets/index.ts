export { countStates } from "./count-states.ts";
export { formatEndpoint, formatSockets, formatTimer } from "./format-sockets.ts";
export type { FormatSocketsOptions } from "./format-sockets.ts";
export { addOwners, visibleInodesOf } from "./owners.ts";
export { readSockets, socketsOf } from "./read-sockets.ts";
export type { ReadSocketsOptions } from "./read-sockets.ts";
export type {
  Endpoint,
  SocketEntry,
  SocketFacts,
  SocketTimer,
  TcpSocketEntry,
  UdpSocketEntry,
} from "./socket-entry.ts";
export { ssName, tcpStateNamed, tcpStates } from "./tcp-state.ts";
export type { TcpState } from "./tcp-state.ts";
