export { LossyRelay, type RelayFaults } from "./lossy-relay.ts";
export type { LossyRelayOptions, RelayTarget } from "./relay-options.ts";
export type { DatagramCounts } from "./datagram-lane.ts";
export {
  listedFaults,
  type DatagramFate,
  type DatagramFaults,
  type DatagramPlace,
  type DatagramSchedule,
} from "./datagram-faults.ts";
export { seededDatagrams, type SeededDatagrams, type SeededDatagramsOptions } from "./seeded-datagrams.ts";
