import {
  answer,
  evidence,
  expect,
  quietly,
  Random,
  seed,
  step,
  test,
  timeline,
} from "@tcpip-workshop/grader/suite";
import { digits, hex, replaced, text } from "./stage/bytes.ts";
import { damagedFrames } from "./stage/damage.ts";
import { firstDifference } from "./stage/dump.ts";
import { addresses, frameOf, macs, ports } from "./stage/frame.ts";
import { stands, sumsOf } from "./stage/stands.ts";
import { notices } from "./stage/notices.ts";
import { Peeling } from "./stage/peeling.ts";
import { changed, refused } from "./stage/refused.ts";
import { anyParts, sumsToZero, tcp, twelveOptions } from "./stage/samples.ts";
import { complaints, readByTcpdump } from "./stage/tcpdump.ts";
import { wrapAll } from "./stage/wrap-all.ts";

const encapsulation = answer<typeof import("./encapsulation.ts")>("./encapsulation.ts");

// A Buffer is a Uint8Array: only the bytes count.
expect.addEqualityTesters([
  (a: unknown, b: unknown) =>
    a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : undefined,
]);

const hello = text("hello");
const peeling = new Peeling(encapsulation);
const sums = sumsOf(encapsulation);

test(
  "adds 16-bit words and folds every carry back in",
  {
    why: "One checksum for IPv4, UDP and TCP: where it is wrong, the other end drops every packet, and tells nobody.",
    read: 'lesson "The checksum"; RFC 1071 §1, §3',
  },
  async () => {
    await sums("12 34", "0xedcb", "One word, the more significant byte first, with all its bits inverted");
    await sums("00 01 f2 03 f4 f5 f6 f7", "0x220d", "RFC 1071's example: 2ddf0, folded to ddf2, inverted");
    const twice =
      "ffff + ffff + 1 is 1ffff; folded once it is 10000, which is more than 16 bits still: fold again";
    await sums("ff ff ff ff 00 01", "0xfffe", twice);
    const sound =
      "An IPv4 header with its right checksum in it gives 0, and 0 it stays: ff ff instead of 0 is for UDP's field alone";
    await sums("45 00 00 21 2a 17 40 00 40 11 24 79 c0 00 02 01 c6 33 64 07", "0x0000", sound);
    await sums("", "0xffff", "The sum of nothing is 0, inverted ffff");
  },
);

test(
  "takes an odd last byte for the upper half of a word",
  {
    why: "Half of all payloads have an odd length: every second datagram would be dropped, seemingly at random.",
    read: 'lesson "The checksum"; RFC 1071 §1',
  },
  async () => {
    await sums("01", "0xfeff", "A zero is imagined behind an odd last byte: 01 is the word 0100");
    await sums("00 01 f2 03 f4 f5 f6", "0x2304", "Seven bytes: the last one is the word f600");
    const most = "32,767 words of ffff, and ff00 for the odd byte";
    await sums(new Uint8Array(65_535).fill(0xff), "0x00ff", most);
  },
);

test(
  "puts UDP's eight bytes in front of the payload",
  {
    why: "A port that is read otherwise is nobody's, and a length that leaves out its own header loses eight bytes of each message.",
    read: 'lesson "The envelopes"; RFC 768',
  },
  async () => {
    const datagram = await encapsulation.udpDatagram(hello, ports, addresses);
    stands(datagram, 13, [
      [0, "13 88", "Bytes 0 and 1 are the source port, 5000: the more significant byte first"],
      [2, "00 07", "Bytes 2 and 3 are the destination port, 7"],
      [4, "00 0d", "Bytes 4 and 5 are the length: header *and* payload, 13"],
      [8, "68 65 6c 6c 6f", "Behind the header stands the payload"],
    ]);
    const empty = await encapsulation.udpDatagram(new Uint8Array(0), ports, addresses);
    stands(empty, 8, [[4, "00 08", "An empty datagram is a datagram: its length is 8"]]);
  },
);

test(
  "covers addresses and payload with UDP's checksum",
  {
    why: "A datagram whose address was damaged on the way reaches a stranger: the pseudo-header is there so that he notices.",
    read: 'lesson "The checksum"; RFC 768, "Checksum"',
  },
  async () => {
    const rule =
      "The checksum covers the pseudo-header, the UDP header with a checksum of 0, and the payload";
    const toSeven = await encapsulation.udpDatagram(hello, ports, addresses);
    stands(toSeven, 13, [[6, "bc 36", `hello, from 192.0.2.1:5000 to 198.51.100.7:7. ${rule}`]]);
    const elsewhere = { ...addresses, destination: "198.51.100.8" };
    const toEight = await encapsulation.udpDatagram(hello, ports, elsewhere);
    stands(toEight, 13, [[6, "bc 35", "The same to another address: its checksum is another one"]]);
    const random = new Random(seed());
    for (const length of [0, 1, 18, 512, 1471, 1472]) {
      const payload = random.bytes(length);
      const expected = frameOf({ payload }).bytes.slice(34, 42);
      const datagram = await encapsulation.udpDatagram(payload, ports, addresses);
      stands(datagram, 8 + length, [
        [0, digits(expected), `The header in front of ${length} random bytes. ${rule}`],
      ]);
    }
  },
);

test(
  "sends ff ff where UDP's checksum comes out as 0",
  {
    why: "0 says that the sender made no checksum: about one datagram in 65,536 would travel unprotected.",
    read: 'lesson "The checksum"; RFC 768, "Checksum"',
  },
  async () => {
    const datagram = await encapsulation.udpDatagram(sumsToZero, ports, addresses);
    stands(datagram, 12, [
      [6, "ff ff", 'This checksum comes out as 0, which would mean "none": it is sent as ff ff'],
    ]);
  },
);

test(
  "puts IPv4's twenty bytes in front, with a checksum over them alone",
  {
    why: "The first router drops what its header checksum does not fit, and a router that gets the length wrong cuts the payload.",
    read: 'lesson "The envelopes"; RFC 791 §3.1',
  },
  async () => {
    const fields = { ...addresses, protocol: 17, ttl: 64, identification: 0x2a17, dontFragment: true };
    const packet = await encapsulation.ipv4Packet(text("thirteen more"), fields);
    stands(packet, 33, [
      [0, "45", "Byte 0: version 4, and a header of 5 words"],
      [1, "00", "Byte 1, the type of service: 0"],
      [2, "00 21", "Bytes 2 and 3, the total length: header *and* payload, 33"],
      [4, "2a 17", "Bytes 4 and 5, the identification"],
      [6, "40 00", "Bytes 6 and 7: DF is 4000, and the offset is 0"],
      [8, "40", "Byte 8, the TTL: 64"],
      [9, "11", "Byte 9, the protocol: 17"],
      [12, "c0 00 02 01", "From byte 12 on the source, 192.0.2.1"],
      [16, "c6 33 64 07", "From byte 16 on the destination, 198.51.100.7"],
      [20, digits(text("thirteen more")), "Behind the header stands the payload"],
      [
        10,
        "24 79",
        "Bytes 10 and 11 are the checksum of the header alone, with 0 in its own place while you sum",
      ],
    ]);
    const last = { ...fields, protocol: 6, ttl: 1, dontFragment: false };
    stands(await encapsulation.ipv4Packet(hello, last), 25, [
      [0, "45 00 00 19 2a 17 00 00 01 06", "Bytes 0 to 9: this packet has TCP in it, a TTL of 1, and no DF"],
      [12, "c0 00 02 01 c6 33 64 07", "From byte 12 on both addresses, as before"],
      [
        10,
        "a3 8c",
        "The checksum is this header's, with 0 in its own place, whatever packet was made before",
      ],
    ]);
  },
);

test(
  "puts Ethernet's fourteen bytes in front and pads what is too short",
  {
    why: "A card drops frames of fewer than 64 bytes (with the FCS) as the remains of a collision, and counts them as runts.",
    read: 'lesson "The envelopes"; RFC 894',
  },
  async () => {
    const header = { ...macs, etherType: 0x0800 };
    const short = await encapsulation.ethernetFrame(text("8 bytes!"), header);
    const padded = (length: number) =>
      `14 bytes of header, and a payload of ${length}, padded to 46 where it is shorter: the FCS is the card's`;
    const eight: [number, string, string][] = [
      [0, "02 00 00 00 00 02", "The destination comes first, unlike in IPv4"],
      [6, "02 00 00 00 00 01", "From byte 6 on the source"],
      [12, "08 00", "Bytes 12 and 13, the EtherType: 0800 is IPv4"],
      [14, digits(text("8 bytes!")), "Behind the header stands the payload"],
      [22, digits(new Uint8Array(38)), "Behind eight bytes of payload stand 38 of padding, to make 46"],
    ];
    stands(short, 60, eight, padded(8));
    const ipv6 = { ...header, etherType: 0x86dd };
    for (const length of [0, 45, 46, 47, 1500]) {
      const frame = await encapsulation.ethernetFrame(new Uint8Array(length).fill(0x2e), ipv6);
      const type: [number, string, string] = [12, "86 dd", "The EtherType is the one that was asked for"];
      stands(frame, 14 + Math.max(length, 46), [type], padded(length));
    }
  },
);

test(
  "builds frames that tcpdump reads as they were meant",
  {
    why: "Whoever helps you at night has a capture to go by: what tcpdump calls bad, the peer's kernel has dropped.",
    read: 'lesson "The envelopes"; tcpdump(1)',
  },
  async () => {
    const random = new Random(seed());
    const meant = Array.from({ length: 12 }, () => frameOf(anyParts(random)));
    step(
      "twelve random payloads are wrapped: all by udpDatagram, then all by ipv4Packet, then all by ethernetFrame; only then the frames are looked at",
    );
    const built = await quietly(() => wrapAll(encapsulation, meant));
    // Last a damaged frame: evidence that this tcpdump complains when there is reason to.
    const control = replaced(frameOf({ payload: hello }).bytes, 46, hex("00"));
    const tcpdump = readByTcpdump([...built, control]);
    timeline("tcpdump says of your twelve frames, and of a damaged one", tcpdump);
    const [first = "", last] = [built[0], meant.at(-1)?.bytes].map((bytes) => digits(bytes?.slice(0, 14)));
    const alone =
      "What a builder returned is its caller's: the first frame must stay what it was when eleven others are built behind it";
    expect(first === last ? "frame 12" : "frame 1", alone).toBe("frame 1");
    for (const [index, frame] of meant.entries()) {
      const [wanted, came] = firstDifference(frame, built[index]);
      const rule = `Frame ${index + 1} must have the fields that were asked for, and what follows from them: here is its first line that has not`;
      expect(came, rule).toBe(wanted);
    }
    if (tcpdump.frames === undefined) return;
    const [damaged = ""] = tcpdump.frames.slice(-1);
    evidence(
      tcpdump.frames.length === 13 && complaints(damaged) !== "",
      "tcpdump complains of a damaged datagram",
    );
    expect(
      tcpdump.frames.slice(0, 12).map(complaints).join(""),
      "tcpdump must have nothing to complain of in your twelve frames",
    ).toBe("");
  },
);

test(
  "peels a UDP frame and returns no padding",
  {
    why: "A message of fewer than 18 bytes gets zeros behind it, but only over a real Ethernet: never on loopback.",
    read: 'lesson "The incident", "Peeling"; RFC 894',
  },
  async () => {
    await peeling.peels(
      frameOf({ payload: text('{"order":4711,"tea":2}') }),
      "a frame that needs no padding",
    );
    const short = "a frame with padding, whose IPv4 packet ends where its total length says";
    await peeling.peels(frameOf({ payload: hello }), short, 17);
    await peeling.peels(
      frameOf({ payload: hello, padding: 0x2e }),
      "a frame padded with something else than zeros",
    );
    await peeling.peels(
      frameOf({ payload: hex("61 00 00") }),
      "a payload that ends in zeros, which are no padding",
    );
    await peeling.peels(frameOf({ payload: hex("") }), "a datagram without payload");
    const other = { ttl: 255, identification: 65_535, dontFragment: false, source: "203.0.113.255" };
    const udp = { sourcePort: 65_535, destinationPort: 53 };
    await peeling.peels(
      frameOf({ payload: hello, ipv4: other, udp }),
      "a frame with other addresses and numbers",
    );
    const unnamed = "a frame with IPv4's flag 0x8000, which has no meaning here";
    await peeling.peels(frameOf({ payload: hello, ipv4Bytes: [[6, 0xc0]] }), unnamed, 20);
    const less = "a UDP datagram that is shorter than its packet, and ends where its own length says";
    await peeling.peels(frameOf({ payload: hello, behindUdp: text("!") }), less, 39);
    await peeling.leavesAsItWas(frameOf({ payload: hello }), "a frame");
  },
);

test(
  "peels headers that are longer than twenty bytes",
  {
    why: "Nearly every TCP segment has options: who counts on twenty bytes hands them to the application as data.",
    read: 'lesson "The envelopes", "Peeling"; RFC 9293 §3.1',
  },
  async () => {
    await peeling.peels(frameOf({ payload: hello, tcp }), "a TCP segment without options");
    await peeling.peels(
      frameOf({ payload: hex(""), tcp: { ...tcp, flags: 0x10 } }),
      "an ACK without payload, padded",
    );
    const beside = "a TCP segment with bits set beside its data offset, in the lower half of byte 12";
    await peeling.peels(frameOf({ payload: hello, tcp, transportBytes: [[12, 0x5f]] }), beside, 46);
    const usual = frameOf({ payload: hello, tcp, tcpOptions: twelveOptions });
    await peeling.peels(usual, "a TCP segment with 12 bytes of options, which its data offset counts", 46);
    const alert = frameOf({ payload: hello, ipv4Options: hex("94 04 00 00") });
    await peeling.peels(alert, "a packet with an option of 4 bytes, which its IHL counts", 14);
    const forty = new Uint8Array(40).fill(1);
    const both = frameOf({
      payload: hello,
      tcp: { ...tcp, flags: 0xc2 },
      tcpOptions: forty,
      ipv4Options: forty,
    });
    await peeling.peels(both, "IPv4 and TCP headers of 60 bytes, the longest that there are");
  },
);

test(
  "refuses what a checksum shows to be damaged",
  {
    why: "A flipped bit in an amount, a port, an address: the checksum is there, but it is you who has to look.",
    read: 'lesson "The checksum", "Peeling"; RFC 1071 §1 (3)',
  },
  async () => {
    for (const refusal of changed()) await peeling.refuses(refusal);
    const none = "a frame with a UDP checksum of 0, which says that its sender made none";
    await peeling.peels(frameOf({ payload: hello, noChecksum: true }), none, 40);
    const ones = "a frame with a UDP checksum of ff ff, which is 0 in its other spelling";
    await peeling.peels(frameOf({ payload: sumsToZero }), ones, 40);
    await peeling.noticesEachBit(frameOf({ payload: hello }));
    await peeling.noticesEachBit(frameOf({ payload: hello, tcp, tcpOptions: twelveOptions }));
  },
);

test(
  "refuses a frame that was cut off anywhere, and names the layer",
  {
    why: "A length from a stranger that nobody compares reads what is not there. And tcpdump -s cuts frames on purpose.",
    read: 'lesson "Peeling"; tcpdump(1), -s',
  },
  async () => {
    await peeling.survivesEachCut(frameOf({ payload: hello }), "a padded frame");
    const long = frameOf({ payload: text("nineteen bytes long") });
    await peeling.survivesEachCut(long, "a frame with a UDP datagram");
    const segment = frameOf({ payload: hello, tcp, tcpOptions: twelveOptions });
    await peeling.survivesEachCut(segment, "a frame with a TCP segment");
  },
);

test(
  "refuses lengths that cannot be, fragments, and what is neither UDP nor TCP",
  {
    why: "Each length was written by a stranger: believed unseen, it reads another packet's bytes, or runs for ever.",
    read: 'lesson "Peeling"; RFC 791 §3.1; RFC 768; RFC 9293 §3.1',
  },
  async () => {
    for (const refusal of refused()) await peeling.refuses(refusal);
  },
);

test(
  "names the layer whose check is the first to notice damage",
  {
    why: "The FCS clears the cable, the header checksum the router; when all of them fit, look for the memory module.",
    read: 'lesson "Who notices the damage?"; Stone and Partridge, SIGCOMM 2000',
  },
  async () => {
    for (const damaged of damagedFrames(new Random(seed()))) await notices(encapsulation, damaged);
  },
);
