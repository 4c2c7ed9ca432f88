/**
 * Your frames in a file that tcpdump and Wireshark read.
 *
 *     npx pnpm@12 exec node exercises/01-encapsulation/lab/pcap.ts [path of an encapsulation.ts] [path of the file]
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { encodePcap } from "@tcpip-workshop/core/pcap";

const answer = resolve(process.argv[2] ?? `${import.meta.dirname}/../encapsulation.ts`);
const file = process.argv[3] ?? join(mkdtempSync(join(tmpdir(), "encapsulation-")), "frames.pcap");
const { udpDatagram, ipv4Packet, ethernetFrame } = (await import(
  pathToFileURL(answer).href
)) as typeof import("../encapsulation.ts");

const addresses = { source: "192.0.2.1", destination: "198.51.100.7" };
/** The name whose address is asked for, and the port: 53 is DNS, 5000 nothing that a reader knows. */
const frames = [
  frame(query("example.com"), 53),
  frame(query("tcpip-workshop.example"), 53),
  frame(new TextEncoder().encode("hello"), 5000),
];
// 2026-01-01T00:00:00Z, in nanoseconds, and then a millisecond each.
const start = 1_767_225_600_000_000_000n;
const packets = frames.map((data, index) => ({ timestamp: start + BigInt(index) * 1_000_000n, data }));
writeFileSync(file, encodePcap(packets));
console.log(`${frames.length} frames in ${file}. Now read them:`);
console.log(`  tcpdump -r ${file} -nn -vv -e -X`);

function frame(payload: Uint8Array, destinationPort: number): Uint8Array {
  const header = { ...addresses, protocol: 17, ttl: 64, identification: 1, dontFragment: true };
  const datagram = udpDatagram(payload, { sourcePort: 5001, destinationPort }, addresses);
  const ethernet = { destination: "02:00:00:00:00:02", source: "02:00:00:00:00:01", etherType: 0x0800 };
  return ethernetFrame(ipv4Packet(datagram, header), ethernet);
}

/** A DNS query for a name's IPv4 address (RFC 1035 §4.1): the application layer, which looks into no header below. */
function query(name: string): Uint8Array {
  const header = [0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0];
  // No dots are sent: each label stands behind its length.
  const labels = name.split(".").map((label) => String.fromCharCode(label.length) + label);
  return Buffer.concat([Buffer.from(header), Buffer.from(labels.join("")), Buffer.of(0, 0, 1, 0, 1)]);
}
