export { delimited, lengthPrefixed } from "./boundary.ts";
export type { Boundary, LengthPrefixedBoundaryOptions, MessageEnds } from "./boundary.ts";
export { ConnectionTap, type ConnectionHandler, type ConnectionTapOptions } from "./connection-tap.ts";
export type {
  BandwidthFault,
  BlackholeFault,
  CutFault,
  DelayReplyFault,
  DropReplyFault,
  Fault,
  FaultPlan,
  HalfCloseFault,
  LatencyFault,
  ResetOnRequestFault,
  SliceFault,
  SlowCloseFault,
} from "./fault.ts";
export { FaultProxy, type FaultProxyOptions, type ProxyTarget } from "./fault-proxy.ts";
export type { ProxiedConnection } from "./proxied-connection.ts";
export { ScriptedPeer, type ScriptedPeerOptions } from "./scripted-peer.ts";
export type { ConnectionEnd, TappedConnection } from "./tapped-connection.ts";
export { seededFaults, type Range, type SeededFaults, type SeededFaultsOptions } from "./seeded-faults.ts";
