export { decodePcap, type Pcap } from "./decode-pcap.ts";
export { LINKTYPE } from "./linktype.ts";
export { PcapDecoder, type PcapDecoderOptions } from "./pcap-decoder.ts";
export { encodePcap, PcapEncoder, type PcapEncoderOptions, type PcapPacket } from "./pcap-encoder.ts";
export { DEFAULT_SNAP_LENGTH, type PcapHeader, type PcapResolution } from "./pcap-header.ts";
export type { PcapRecord } from "./pcap-record.ts";
