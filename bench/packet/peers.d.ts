declare module "cap/lib/Decoders.js" {
  interface Layer<Info> {
    readonly info: Info;
    readonly hdrlen: number;
    readonly offset: number;
  }
  const decoders: {
    Ethernet(bytes: Buffer): Layer<{ readonly type: number }>;
    IPV4(
      bytes: Buffer,
      offset?: number,
    ): Layer<{
      readonly protocol: number;
      readonly totallen: number;
      readonly srcaddr: string;
      readonly dstaddr: string;
    }>;
    TCP(
      bytes: Buffer,
      offset?: number,
    ): Layer<{
      readonly srcport: number;
      readonly dstport: number;
      readonly seqno: number;
      readonly flags: number;
    }>;
  };
  export default decoders;
}

declare module "pcap/decode/ipv4.js" {
  export interface Address {
    readonly addr: readonly number[];
    toString(): string;
  }
  export interface Tcp {
    readonly sport: number;
    readonly dport: number;
    readonly seqno: number;
    readonly flags: { readonly syn: boolean; readonly ack: boolean; readonly psh: boolean };
    readonly dataLength: number;
  }
  export default class IPv4 {
    readonly length: number;
    readonly protocol: number;
    readonly saddr: Address;
    readonly daddr: Address;
    readonly payload: Tcp;
    decode(bytes: Buffer, offset: number): this;
  }
}

declare module "pcap/decode/ethernet_packet.js" {
  import type IPv4 from "pcap/decode/ipv4.js";
  export default class EthernetPacket {
    readonly payload: IPv4;
    decode(bytes: Buffer, offset: number): this;
  }
}

declare module "ip-header" {
  export default class IpHeader {
    constructor(bytes: Buffer, offset?: number);
    readonly totalLength: number;
    readonly protocol: string;
    readonly src: string;
    readonly dst: string;
  }
}

declare module "ip-packet" {
  const packet: {
    decode(state: { buffer: Buffer; start: number; end: number }): {
      readonly length: number;
      readonly protocol: number;
      readonly sourceIp: string;
      readonly destinationIp: string;
    };
    /** Of the first 20 bytes, and writes it there. */
    checksum(header: Buffer): number;
  };
  export default packet;
}

declare module "udp-packet" {
  const packet: {
    /** Leaves out what stands in the checksum's place. */
    checksum(fields: { readonly sourceIp: Buffer; readonly destinationIp: Buffer }, datagram: Buffer): number;
  };
  export default packet;
}
