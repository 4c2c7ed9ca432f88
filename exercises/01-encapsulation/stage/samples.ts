import type { Random } from "@tcpip-workshop/grader/suite";
import type { Tcp } from "../encapsulation.ts";
import { concat, digits, hex, text } from "./bytes.ts";
import { frameOf, type Parts } from "./frame.ts";

/** Numbers above 2³¹, which have no sign. */
export const tcp: Tcp = {
  sourcePort: 443,
  destinationPort: 6100,
  sequenceNumber: 0xf00d_cafe,
  acknowledgmentNumber: 0x8000_0001,
  flags: 0x18,
  window: 64_240,
};

/** Two NOPs and timestamps (RFC 7323): what nearly every segment from Linux has. */
export const twelveOptions = hex("01 01 08 0a 12 34 56 78 9a bc de f0");

/** A payload whose UDP checksum comes out as 0: its first word is what the rest lacks. */
export const sumsToZero = concat(frameOf({ payload: hex("00 00 6f 6b") }).bytes.slice(40, 42), text("ok"));

/** A sound frame with everything chosen by chance. Ports: those that tcpdump knows no protocol for. */
export function anyParts(random: Random): Parts {
  const mac = () => `02:${digits(random.bytes(5)).replaceAll(" ", ":")}`;
  return {
    payload: random.bytes(random.integer(0, 80)),
    ethernet: { destination: mac(), source: mac() },
    ipv4: {
      source: `192.0.2.${random.integer(0, 255)}`,
      destination: `198.51.100.${random.integer(0, 255)}`,
      ttl: random.integer(1, 255),
      identification: random.integer(0, 65_535),
      dontFragment: random.integer(0, 1) === 1,
    },
    udp: { sourcePort: random.integer(21_000, 24_999), destinationPort: random.integer(21_000, 24_999) },
  };
}
