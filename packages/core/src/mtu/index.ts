export { COMMON_MTUS } from "./common-mtus.ts";
export type { IpVersion } from "./ip-limits.ts";
export {
  effectiveSendMss,
  mssOption,
  TCP_TIMESTAMPS_LENGTH,
  type EffectiveSendMssOptions,
  type MssOptionOptions,
} from "./mss.ts";
export {
  PathMtuSearch,
  type PathMtuSearchOptions,
  type PathMtuState,
  type PathMtuStep,
} from "./path-mtu-search.ts";
export { innerMtu, overhead, type InnerMtuOptions } from "./overhead.ts";
export { tunnelLayout, type EspCipher, type Tunnel, type TunnelLayout, type TunnelPart } from "./tunnel.ts";
export { udpPayload, type UdpPayloadOptions } from "./udp-payload.ts";
