import { quietly, type Answer } from "@tcpip-workshop/grader/suite";
import type { Frame } from "./frame.ts";

/**
 * Wraps each frame's payload by the answer: all the datagrams, then all the packets, then all the frames. What the first
 * call returned is looked at after the last.
 */
export async function wrapAll(
  { udpDatagram, ipv4Packet, ethernetFrame }: Answer<typeof import("../encapsulation.ts")>,
  frames: Frame[],
): Promise<Uint8Array[]> {
  const all = frames.flatMap(({ peeled }) => ("udp" in peeled ? [peeled] : []));
  const datagrams = await quietly(() =>
    udpDatagram.each(all.map(({ payload, udp, ipv4 }) => [payload, udp, ipv4])),
  );
  const packets = await quietly(() =>
    ipv4Packet.each(all.map(({ ipv4 }, index) => [at(datagrams, index), ipv4])),
  );
  const wrapped = await quietly(() =>
    ethernetFrame.each(all.map(({ ethernet }, index) => [at(packets, index), ethernet])),
  );
  return all.map((_, index) => at(wrapped, index));
}

/** What an answer returned that is no bytes at all is none. */
function at(list: unknown[], index: number): Uint8Array {
  const bytes = list[index];
  return bytes instanceof Uint8Array ? bytes : new Uint8Array(0);
}
