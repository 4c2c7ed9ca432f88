export { NetError, type NetErrorCode } from "@tcpip-workshop/core/net-error";
export {
  timeline,
  type Direction,
  type TimelineOptions,
  type UntilOptions,
  type WireRecord,
} from "./record.ts";
export { expectNoOpenResources, openResources } from "./open-resources.ts";
export { VirtualTimers, type Timers } from "./timers.ts";
export * from "./tcp/index.ts";
export * from "./udp/index.ts";
export * from "./kernel/index.ts";
