export { NetError, type NetErrorCode } from "@tcpip-workshop/core/net-error";
export type { Lease } from "./lease.ts";
export { Pool } from "./pool.ts";
export type { PoolCloseReason, PoolEvent, PoolRefusal, PoolStats } from "./pool-event.ts";
export type { AcquireOptions, PoolCloseOptions, PoolCloseReport, PoolOptions } from "./pool-options.ts";
export type { Timers } from "./timers.ts";
