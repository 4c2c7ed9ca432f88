import {
  answer,
  evidence,
  expect,
  mark,
  quietly,
  Random,
  seed,
  step,
  test,
  timeline,
} from "@tcpip-workshop/grader/suite";
import { concat, digits, flipped, hex, replaced, text, word } from "./stage/bytes.ts";
import { damagedFrames } from "./stage/damage.ts";
import { addresses, frameOf, macs, ports, type Frame } from "./stage/frame.ts";
import { outcome } from "./stage/outcome.ts";
import { refused } from "./stage/refused.ts";
import { anyParts, tcp, twelveOptions } from "./stage/samples.ts";
import { complaints, readByTcpdump } from "./stage/tcpdump.ts";

const encapsulation = answer<typeof import("./encapsulation.ts")>("./encapsulation.ts");

// A Buffer is a Uint8Array: only the bytes count.
expect.addEqualityTesters([
  (a: unknown, b: unknown) =>
    a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : undefined,
]);

const hello = text("hello");

test(
  "adds 16-bit words and folds every carry back in",
  {
    why: "One checksum for IPv4, UDP and TCP: where it is wrong, the other end drops every packet, and tells nobody.",
    read: 'lesson "The checksum"; RFC 1071 §1, §3',
  },
  async () => {
    await sums("12 34", "ed cb", "One word, the more significant byte first, with all its bits inverted");
    await sums("00 01 f2 03 f4 f5 f6 f7", "22 0d", "RFC 1071's example: 2ddf0, folded to ddf2, inverted");
    const twice =
      "ffff + ffff + 1 is 1ffff; folded once it is 10000, which is more than 16 bits still: fold again";
    await sums("ff ff ff ff 00 01", "ff fe", twice);
    const sound = "An IPv4 header with its right checksum in it sums up to ffff, so the result is 0";
    await sums("45 00 00 21 2a 17 40 00 40 11 24 79 c0 00 02 01 c6 33 64 07", "00 00", sound);
    await sums("", "ff ff", "The sum of nothing is 0, inverted ffff");
  },
);

test(
  "takes an odd last byte for the upper half of a word",
  {
    why: "Half of all payloads have an odd length: every second datagram would be dropped, seemingly at random.",
    read: 'lesson "The checksum"; RFC 1071 §1',
  },
  async () => {
    await sums("01", "fe ff", "A zero is imagined behind an odd last byte: 01 is the word 0100");
    await sums("00 01 f2 03 f4 f5 f6", "23 04", "Seven bytes: the last one is the word f600");
    const most = await encapsulation.internetChecksum(new Uint8Array(65_535).fill(0xff));
    expect(digits(word(most)), "65,535 bytes of ff: 32,767 words of ffff, and ff00").toBe("00 ff");
  },
);

test(
  "puts UDP's eight bytes in front of the payload",
  {
    why: "A length that leaves out its own header loses the last eight bytes of each message.",
    read: 'lesson "The envelopes"; RFC 768',
  },
  async () => {
    const datagram = await encapsulation.udpDatagram(hello, ports, addresses);
    expect(datagram.length, "Eight bytes of header and five of payload").toBe(13);
    parts(datagram, [
      [0, "13 88", "Bytes 0 and 1 are the source port, 5000: the more significant byte first"],
      [2, "00 07", "Bytes 2 and 3 are the destination port, 7"],
      [4, "00 0d", "Bytes 4 and 5 are the length: header *and* payload, 13"],
      [8, "68 65 6c 6c 6f", "Behind the header stands the payload"],
    ]);
    const empty = await encapsulation.udpDatagram(new Uint8Array(0), ports, addresses);
    parts(empty, [[4, "00 08", "An empty datagram is a datagram: its length is 8"]]);
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
    const datagram = await encapsulation.udpDatagram(hello, ports, addresses);
    parts(datagram, [[6, "bc 36", `hello, from 192.0.2.1:5000 to 198.51.100.7:7. ${rule}`]]);
    const elsewhere = { ...addresses, destination: "198.51.100.8" };
    const other = await encapsulation.udpDatagram(hello, ports, elsewhere);
    parts(other, [[6, "bc 35", "The same to another address: its checksum is another one"]]);
    const random = new Random(seed());
    for (const length of [0, 1, 18, 512, 1471, 1472]) {
      const payload = random.bytes(length);
      const expected = frameOf({ payload }).bytes.slice(34, 42);
      const header = (await encapsulation.udpDatagram(payload, ports, addresses)).slice(0, 8);
      expect(digits(header), `The header in front of ${length} random bytes. ${rule}`).toBe(digits(expected));
    }
  },
);

test(
  "sends ff ff where UDP's checksum comes out as 0",
  {
    why: "0 says that the sender made no checksum: one datagram in 65,536 would travel unprotected, over IPv6 be dropped.",
    read: 'lesson "The checksum"; RFC 768, "Checksum"',
  },
  async () => {
    // The checksum of a payload that begins with 00 00 is the rest that is missing to 0.
    const zero = frameOf({ payload: hex("00 00 6f 6b") }).bytes.slice(40, 42);
    const payload = concat(zero, text("ok"));
    const datagram = await encapsulation.udpDatagram(payload, ports, addresses);
    parts(datagram, [
      [6, "ff ff", "This checksum comes out as 0, which would mean that there is none: it is sent as ff ff"],
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
    expect(packet.length, "Twenty bytes of header and thirteen of payload").toBe(33);
    parts(packet, [
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
        "Bytes 10 and 11, the checksum: over the twenty bytes of header, with 0 in its own place",
      ],
    ]);
    const other = await encapsulation.ipv4Packet(hello, {
      ...fields,
      protocol: 6,
      ttl: 1,
      dontFragment: false,
    });
    const expected = "45 00 00 19 2a 17 00 00 01 06 a3 8c c0 00 02 01 c6 33 64 07";
    expect(digits(other.slice(0, 20)), "The header of a packet with TCP in it, a TTL of 1, and no DF").toBe(
      expected,
    );
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
    const short = await encapsulation.ethernetFrame(text("33 bytes"), header);
    parts(short, [
      [0, "02 00 00 00 00 02", "The destination comes first, unlike in IPv4"],
      [6, "02 00 00 00 00 01", "From byte 6 on the source"],
      [12, "08 00", "Bytes 12 and 13, the EtherType: 0800 is IPv4"],
      [14, digits(text("33 bytes")), "Behind the header stands the payload"],
      [22, digits(new Uint8Array(38)), "Behind eight bytes of payload stand 38 of padding, to make 46"],
    ]);
    for (const [length, whole] of [
      [0, 60],
      [45, 60],
      [46, 60],
      [47, 61],
      [1500, 1514],
    ] as const) {
      const frame = await encapsulation.ethernetFrame(new Uint8Array(length).fill(0x2e), header);
      expect(frame.length, `${length} bytes of payload: 46 at least, and 14 of header, without FCS`).toBe(
        whole,
      );
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
    const built = await build(meant);
    // Last a frame with a damaged datagram: evidence that this tcpdump would complain.
    const control = replaced(frameOf({ payload: hello }).bytes, 46, hex("00"));
    const tcpdump = readByTcpdump([...built, control]);
    timeline("tcpdump says of your twelve frames, and of a damaged one", tcpdump);
    for (const [index, { bytes, transport, payload, end }] of meant.entries()) {
      const frame = built[index] ?? new Uint8Array(0);
      const which = `Frame ${index + 1} of twelve`;
      const differs = "must be what was meant, also after others were built";
      expect(digits(frame.slice(0, 14)), `${which}: the Ethernet header ${differs}`).toBe(
        digits(bytes.slice(0, 14)),
      );
      const ipv4 = [14, transport] as const;
      expect(digits(frame.slice(...ipv4)), `${which}: the IPv4 header ${differs}`).toBe(
        digits(bytes.slice(...ipv4)),
      );
      const udp = [transport, payload] as const;
      expect(digits(frame.slice(...udp)), `${which}: the UDP header ${differs}`).toBe(
        digits(bytes.slice(...udp)),
      );
      expect(frame.slice(payload, end), `${which}: the payload ${differs}`).toEqual(
        bytes.slice(payload, end),
      );
      expect(digits(frame.slice(end)), `${which}: the padding ${differs}`).toBe(digits(bytes.slice(end)));
    }
    const said = tcpdump.frames;
    if (said === undefined) return;
    evidence(
      said.length === 13 && complaints(said[12] ?? "").length > 0,
      "tcpdump complains of a damaged datagram",
    );
    const first = said.slice(0, 12).findIndex((text) => complaints(text).length > 0);
    expect(said[first] ?? "nothing to complain of", "tcpdump must have nothing to complain of").toBe(
      "nothing to complain of",
    );
  },
);

test(
  "peels a UDP frame and returns no padding",
  {
    why: "Every message that is shorter than 18 bytes gets zeros behind it, but only over a real Ethernet: never on loopback.",
    read: 'lesson "The incident", "Peeling"; RFC 894',
  },
  async () => {
    const long = frameOf({ payload: text('{"order":4711,"tea":2}') });
    await peels(long, "a frame that needs no padding");
    const short = frameOf({ payload: hello });
    mark(short.bytes, 14, "33 of these bytes are the IPv4 packet: its total length says so");
    await peels(short, "a frame with 13 bytes of padding: the payload ends where the IPv4 packet ends");
    await peels(
      frameOf({ payload: hello, padding: 0x2e }),
      "a frame that is padded with something else than zeros",
    );
    await peels(frameOf({ payload: hex("61 00 00") }), "a payload that ends in zeros, which are no padding");
    await peels(frameOf({ payload: new Uint8Array(0) }), "a datagram without payload");
    const other = { ttl: 1, identification: 65_535, dontFragment: false, source: "203.0.113.255" };
    const udp = { sourcePort: 65_535, destinationPort: 53 };
    await peels(frameOf({ payload: hello, ipv4: other, udp }), "other addresses, ports and numbers");
    const less = frameOf({ payload: hello, behindUdp: text("not UDP's") });
    await peels(
      less,
      "a UDP datagram that is shorter than its packet: the payload ends where UDP's own length ends",
    );
  },
);

test(
  "peels headers that are longer than twenty bytes",
  {
    why: "Nearly every TCP segment has options: who counts on twenty bytes hands them to the application as data.",
    read: 'lesson "The envelopes", "Peeling"; RFC 9293 §3.1',
  },
  async () => {
    await peels(frameOf({ payload: hello, tcp }), "a TCP segment without options, padded");
    const usual = frameOf({ payload: hello, tcp, tcpOptions: twelveOptions });
    await peels(usual, "a TCP segment with 12 bytes of options, which its data offset counts");
    await peels(
      frameOf({ payload: new Uint8Array(0), tcp: { ...tcp, flags: 0x10 } }),
      "an ACK without payload, padded",
    );
    const forty = new Uint8Array(40).fill(1);
    const syn = { ...tcp, flags: 0xc2, acknowledgmentNumber: 0 };
    await peels(
      frameOf({ payload: text("early"), tcp: syn, tcpOptions: forty }),
      "a SYN with 40 bytes of TCP options",
    );
    const alert = hex("94 04 00 00");
    await peels(
      frameOf({ payload: hello, ipv4Options: alert }),
      "an IPv4 header of 24 bytes, which its IHL counts",
    );
    const both = { payload: hello, tcp, tcpOptions: forty, ipv4Options: forty };
    await peels(frameOf(both), "IPv4 and TCP headers of 60 bytes, the longest that there are");
  },
);

test(
  "refuses what a checksum shows to be damaged",
  {
    why: "A flipped bit in an amount, a port, an address: the checksum is there, but it is you who has to look.",
    read: 'lesson "The checksum", "Peeling"; RFC 1071 §1 (3)',
  },
  async () => {
    const udp = frameOf({ payload: text("pay 40 euros now!") });
    const segment = frameOf({ payload: text("pay 40 euros now!"), tcp, tcpOptions: twelveOptions });
    await refuses(
      replaced(udp.bytes, 22, hex("3f")),
      "internet, CHECKSUM",
      "The TTL was changed, the IPv4 header checksum was not",
    );
    await refuses(
      replaced(udp.bytes, 46, hex("38")),
      "transport, CHECKSUM",
      "A byte of the payload was changed: UDP's checksum covers it",
    );
    await refuses(
      replaced(segment.bytes, 70, hex("38")),
      "transport, CHECKSUM",
      "A byte of the payload was changed: TCP's checksum covers it",
    );
    for (const other of [{}, { tcp }]) {
      const moved = frameOf({ payload: hello, ipv4Bytes: [[15, 9]], ...other });
      await refuses(
        moved.bytes,
        "transport, CHECKSUM",
        "The source address was changed and IPv4's checksum mended: the pseudo-header shows it",
      );
    }
    await peels(
      frameOf({ payload: hello, noChecksum: true }),
      "a UDP checksum of 0: its sender made none, which is allowed",
    );
    const zero = replaced(segment.bytes, 50, hex("00 00"));
    await refuses(zero, "transport, CHECKSUM", "A TCP checksum of 0: only UDP's may be left out");
    const ones = frameOf({
      payload: concat(frameOf({ payload: hex("00 00 6f 6b") }).bytes.slice(40, 42), text("ok")),
    });
    await peels(ones, "a UDP checksum of ff ff, which is 0 in its other spelling");
    for (const { bytes, transport, end } of [udp, segment]) {
      const layerOf = (byte: number) => (byte < transport ? "internet" : "transport");
      const bits = Array.from({ length: (end - 14) * 8 }, (_, index) => index + 14 * 8);
      const damaged = bits.map((bit) => flipped(bytes, bit));
      const noticed = (outcome: string) => outcome.replace(/^(refused: \w+), .*/, "$1");
      const isWrong = (outcome: string, index: number) =>
        noticed(outcome) !== `refused: ${layerOf(14 + (index >>> 3))}`;
      const wrong = (await outcomes(damaged)).findIndex(isWrong);
      const frame = damaged[wrong];
      if (frame === undefined) continue;
      const byte = 14 + (wrong >>> 3);
      mark(frame, byte, "a bit was flipped in this byte");
      const rule = `A bit of byte ${byte} was flipped, which the ${layerOf(byte)} layer has to notice`;
      expect(noticed(await outcome(encapsulation.peel(frame))), rule).toBe(`refused: ${layerOf(byte)}`);
    }
  },
);

test(
  "refuses a frame that was cut off anywhere, and names the layer",
  {
    why: "Captures are often cut (tcpdump -s), and a length from a stranger that nobody compares reads what is not there.",
    read: 'lesson "Peeling"; tcpdump(1), -s',
  },
  async () => {
    const padded = frameOf({ payload: hello });
    const frames = [
      frameOf({ payload: text("nineteen bytes long") }),
      padded,
      frameOf({ payload: hello, tcp, tcpOptions: twelveOptions }),
    ];
    for (const { bytes, end } of frames) {
      const expected = (length: number) =>
        length < 14
          ? "refused: link, TRUNCATED"
          : length < end
            ? "refused: internet, TRUNCATED"
            : "returned, with a payload of 5 bytes";
      const cuts = Array.from({ length: bytes.length }, (_, length) => bytes.slice(0, length));
      const wrong = (await outcomes(cuts)).findIndex((outcome, length) => outcome !== expected(length));
      const cut = cuts[wrong];
      if (cut === undefined) continue;
      const there = `Only the first ${wrong} of ${bytes.length} bytes are there`;
      const needs =
        wrong < 14
          ? "the Ethernet header needs 14"
          : wrong < end
            ? `the IPv4 packet ends behind byte ${end}`
            : "only padding is missing";
      expect(await outcome(encapsulation.peel(cut)), `${there}, and ${needs}`).toBe(expected(wrong));
    }
  },
);

test(
  "refuses lengths that cannot be, fragments, and what is neither UDP nor TCP",
  {
    why: "Each length was written by a stranger: believed unseen, it reads another packet's bytes, or runs for ever.",
    read: 'lesson "Peeling"; RFC 791 §3.1; RFC 768; RFC 9293 §3.1',
  },
  async () => {
    for (const { bytes, how, rule } of refused()) await refuses(bytes, how, rule);
  },
);

test(
  "names the layer whose check is the first to notice damage",
  {
    why: "The FCS clears the cable, the header checksum the router; when all of them fit, look for the memory module.",
    read: 'lesson "Who notices the damage?"; Stone and Partridge, SIGCOMM 2000',
  },
  async () => {
    for (const { what, bytes, noticedBy } of damagedFrames(new Random(seed()))) {
      step(what);
      const rule =
        noticedBy === "none"
          ? "Nothing happened to it: all checks fit"
          : "The first check, counted from below, that does not fit";
      expect(
        await encapsulation.damagedLayer(bytes),
        `${rule} (--seed ${seed()} damages the same bits)`,
      ).toBe(noticedBy);
    }
  },
);

async function sums(bytes: string, expected: string, rule: string): Promise<void> {
  const sum = await encapsulation.internetChecksum(bytes === "" ? new Uint8Array(0) : hex(bytes));
  expect(sum >= 0 && sum <= 0xffff ? digits(word(sum)) : sum, rule).toBe(expected);
}

/** What stands at each index, each with the rule that says so. */
function parts(bytes: Uint8Array, wanted: [at: number, digits: string, rule: string][]): void {
  for (const [at, expected, rule] of wanted) {
    expect(digits(bytes.slice(at, at + expected.split(" ").length)), rule).toBe(expected);
  }
}

/** Layer by layer, so that the first that differs is the one that is shown. */
async function peels({ bytes, peeled }: Frame, what: string): Promise<void> {
  const found = await encapsulation.peel(bytes);
  const transport = "udp" in peeled ? "udp" : "tcp";
  expect(found.ethernet, `The Ethernet header of ${what}`).toEqual(peeled.ethernet);
  expect(found.ipv4, `The IPv4 header of ${what}`).toEqual(peeled.ipv4);
  const [header, expected] = [found, peeled].map((all) => (all as Record<string, unknown>)[transport]);
  expect(header, `The ${transport.toUpperCase()} header of ${what}`).toEqual(expected);
  expect(found.payload, `The payload of ${what}`).toEqual(peeled.payload);
}

async function refuses(bytes: Uint8Array, how: string, rule: string): Promise<void> {
  expect(await outcome(encapsulation.peel(bytes)), rule).toBe(`refused: ${how}`);
}

/** What becomes of all of these; they are no steps of the story. */
async function outcomes(frames: Uint8Array[]): Promise<string[]> {
  return await quietly(() => Promise.all(frames.map((frame) => outcome(encapsulation.peel(frame)))));
}

/** Wraps the payload of each by the answer: all the datagrams, then all the packets, then all the frames. */
async function build(meant: Frame[]): Promise<Uint8Array[]> {
  const all = meant.flatMap(({ peeled }) => ("udp" in peeled ? [peeled] : []));
  const { udpDatagram, ipv4Packet, ethernetFrame } = encapsulation;
  const datagrams = await udpDatagram.each(all.map(({ payload, udp, ipv4 }) => [payload, udp, ipv4]));
  const packets = await ipv4Packet.each(all.map(({ ipv4 }, index) => [at(datagrams, index), ipv4]));
  return await ethernetFrame.each(all.map(({ ethernet }, index) => [at(packets, index), ethernet]));
}

function at(list: Uint8Array[], index: number): Uint8Array {
  return list[index] ?? new Uint8Array(0);
}
