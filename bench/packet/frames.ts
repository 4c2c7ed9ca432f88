import {
  encodeEthernet,
  encodeIpv4,
  encodeTcp,
  EtherType,
  IpProtocol,
  TcpFlag,
} from "@tcpip-workshop/core/packet";

/** TCP over IPv4 over Ethernet as it comes: handshakes, bare acknowledgments and full segments, by many peers. */
export function tcpFrames(count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const addresses = { source: 0x0a000000 + index * 65_537, destination: 0xc0000200 + (index % 251) };
    const full = index % 2 === 0;
    const segment = encodeTcp(
      {
        sourcePort: 32_768 + index,
        destinationPort: 443,
        sequenceNumber: (index * 2_654_435_761) % 2 ** 32,
        acknowledgmentNumber: index * 1_000_003,
        flags: full ? TcpFlag.ACK | TcpFlag.PSH : TcpFlag.ACK,
        options: [
          { kind: "no-operation" },
          { kind: "no-operation" },
          { kind: "timestamps", value: 4_000_000_000 + index, echoReply: index },
        ],
      },
      Buffer.alloc(full ? 1448 : 0, index),
      addresses,
    );
    const packet = encodeIpv4({ ...addresses, protocol: IpProtocol.TCP }, segment);
    const frame = encodeEthernet(
      { destination: 2, source: 0x02005e100001, etherType: EtherType.IPV4 },
      packet,
    );
    return Buffer.from(frame.buffer);
  });
}
