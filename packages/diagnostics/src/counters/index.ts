export { counterDeltas, parseCounters, readCounters } from "./counters.ts";
export type { Counters } from "./counters.ts";
