import { answer, expect, Random, seed, test } from "@tcpip-workshop/grader/suite";
import type { Cidr } from "./cidr.ts";
import { anyAddress, everyOctet, inHex, numberOf, spell } from "./stage/address.ts";
import { bitsAfter, block, lengths, masked, ofEveryLength, strayBits } from "./stage/block.ts";
import { misspelledAddresses, misspelledBlocks } from "./stage/misspelled.ts";
import { countAs, outcomeOf, readAs, refusal, splitInto } from "./stage/outcome.ts";
import { meet, pairs, related } from "./stage/overlap.ts";
import { aroundPrivate, knownPrivate } from "./stage/private.ts";
import { agree, agreeOrRefuse, oneLine } from "./stage/question.ts";
import { holds, nearEdges, placed, rangeOf } from "./stage/range.ts";
import { slips, strictAddress } from "./stage/slips.ts";
import { spellBlock, spellBlocks, spellFields } from "./stage/spelling.ts";
import { splits, subnetsOf } from "./stage/subnets.ts";
import { told } from "./stage/told.ts";

const cidr = answer<typeof import("./cidr.ts")>("./cidr.ts");

test(
  "reads an address as one unsigned number, and spells it back",
  {
    why: "Half of all IPv4 addresses have the top bit set: with a sign, an allow-list sorts and compares every one of them wrong.",
    read: 'lesson "One number, not four"; RFC 4632 §3.1',
  },
  async () => {
    for (const [text, address] of [
      ["0.0.0.0", 0],
      ["10.0.0.1", 0x0a000001],
      ["1.2.3.4", 0x01020304],
      ["127.255.255.255", 0x7fffffff],
      ["128.0.0.0", 0x80000000],
      ["192.168.1.254", 0xc0a801fe],
      ["255.255.255.255", 0xffffffff],
    ] as const) {
      const read = await cidr.parseIPv4(text);
      expect(
        inHex(read),
        `An address is its four bytes, most significant first, and no sign: ${text} is ${inHex(address)}`,
      ).toBe(inHex(address));
      const spelled = await cidr.formatIPv4(address);
      expect(spelled, `${inHex(address)} is spelled ${text}`).toBe(text);
    }

    const random = new Random(seed());
    const addresses = [...everyOctet, ...Array.from({ length: 64 }, () => anyAddress(random))];
    const reading = addresses.map((address) => ({
      ask: [spell(address)] as [string],
      call: `parseIPv4("${spell(address)}")`,
      right: inHex(address),
      sentence: () => `${spell(address)} is ${inHex(address)} (--seed ${seed().digits})`,
    }));
    await agree(cidr.parseIPv4, reading, inHex);
    const spelling = addresses.map((address) => ({
      ask: [address] as [number],
      call: `formatIPv4(${address})`,
      right: spell(address),
      sentence: () => `${inHex(address)} is spelled ${spell(address)} (--seed ${seed().digits})`,
    }));
    await agree(cidr.formatIPv4, spelling);
  },
);

test(
  "refuses an octet with a leading zero",
  {
    why: "An allow-list that reads 010.0.0.1 as 10.0.0.1 lets the request through, and the resolver then connects to 8.0.0.1.",
    read: 'lesson "One spelling"; RFC 3986 §3.2.2',
  },
  async () => {
    for (const [text, other] of [
      ["010.0.0.1", "8.0.0.1, where inet_aton reads octal"],
      ["0177.0.0.1", "127.0.0.1, where inet_aton reads octal"],
      ["192.168.010.1", "192.168.8.1, where inet_aton reads octal"],
      ["10.0.0.01", "10.0.0.1 to some programs and no address to others"],
      ["10.0.00.1", "10.0.0.1 to some programs and no address to others"],
      ["08.0.0.1", "an octal number with a digit that octal does not have"],
      ["10.0.0.0001", "10.0.0.1 to some programs and no address to others"],
    ] as const) {
      const outcome = await told(`parseIPv4("${text}")`, () => outcomeOf(cidr.parseIPv4(text)));
      expect(
        outcome,
        `No octet has a leading zero: "${text}" must be refused, for elsewhere it is ${other}`,
      ).toBe(refusal("ADDRESS_INVALID"));
    }
  },
);

test(
  "refuses every spelling but four decimal octets",
  {
    why: "Two programs that read one text as two addresses are a hole: one of them checks, the other one connects.",
    read: 'lesson "One spelling"; RFC 6943 §3.1.1',
  },
  async () => {
    for (const [text, what] of misspelledAddresses) {
      const quoted = JSON.stringify(text);
      const outcome = await told(`parseIPv4(${quoted})`, () => outcomeOf(cidr.parseIPv4(text)));
      expect(outcome, `${quoted} must be refused, not read or mended: ${what}`).toBe(
        refusal("ADDRESS_INVALID"),
      );
    }

    const one = "10.0.0.255";
    const slipped = slips(one)
      .filter((text) => !/(?:^|\.)0[0-9]/.test(text)) // the test before has those
      .map((text) => ({
        ask: [text] as [string],
        call: `parseIPv4(${JSON.stringify(text)})`,
        right: strictAddress.test(text) ? readAs(numberOf(text)) : refusal("ADDRESS_INVALID"),
        sentence: () =>
          strictAddress.test(text)
            ? `${JSON.stringify(text)}, one character away from ${one}, is an address as well`
            : `${JSON.stringify(text)}, one character away from ${one}, is no address: it must be refused`,
      }));
    await agreeOrRefuse(cidr.parseIPv4, slipped);
  },
);

test(
  "reads a block as its network and its prefix length",
  {
    why: "Every route, security group and allow-list is written in this form.",
    read: 'lesson "The prefix is not in the packet"; RFC 4632 §3.1',
  },
  async () => {
    for (const text of ["10.0.0.0/8", "172.16.0.0/12", "203.0.113.128/25", "192.0.2.7/32", "0.0.0.0/0"]) {
      const read: unknown = await told(`parseCidr("${text}")`, () => cidr.parseCidr(text), showFields);
      expect(spellFields(read), blockIs(block(text))).toEqual(spellFields(block(text)));
    }
    const questions = ofEveryLength.map((each) => ({
      ask: [spellBlock(each)] as [string],
      call: `parseCidr("${spellBlock(each)}")`,
      right: spellFields(each),
      sentence: () => blockIs(each),
    }));
    await agree(cidr.parseCidr, questions, spellFields);
  },
);

test(
  "refuses every other spelling of a prefix length",
  {
    why: 'Number("") is 0, so a template with an empty variable writes "0.0.0.0/" and opens the port to the whole Internet.',
    read: 'lesson "One spelling"; RFC 4632 §3.1',
  },
  async () => {
    for (const [text, what] of misspelledBlocks) {
      const quoted = JSON.stringify(text);
      const outcome = await told(`parseCidr(${quoted})`, () => outcomeOf(cidr.parseCidr(text)));
      expect(outcome, `${quoted} must be refused as a block: ${what}`).toBe(refusal("CIDR_INVALID"));
    }
  },
);

test(
  "refuses a block with bits set after its prefix",
  {
    why: "10.0.5.0/16 in a security group opens 65,536 addresses, where its author may have meant 256.",
    read: 'lesson "Bits after the prefix"; RFC 4632 §3.1',
  },
  async () => {
    const sentence = (text: string): string =>
      `A block with bits set after its prefix must be refused, and in ${text} these bits come after it: ${bitsAfter(text)}`;
    for (const text of ["10.0.5.0/16", "192.168.1.10/24", "172.17.0.0/12", "128.0.0.0/0", "10.0.0.1/0"]) {
      const outcome = await told(`parseCidr("${text}")`, () => outcomeOf(cidr.parseCidr(text)));
      expect(outcome, sentence(text)).toBe(refusal("CIDR_INVALID"));
    }
    const questions = strayBits.map((text) => ({
      ask: [text] as [string],
      call: `parseCidr("${text}")`,
      right: refusal("CIDR_INVALID"),
      sentence: () => sentence(text),
    }));
    await agreeOrRefuse(cidr.parseCidr, questions);
  },
);

test(
  "finds the first and last address of a block of any length",
  {
    why: "A firewall rule that ends at a negative number, or ends where it starts, matches nothing, and nothing complains.",
    read: 'lesson "How far a prefix reaches"; RFC 4632 §3.1',
  },
  async () => {
    for (const text of [
      "10.0.0.0/8",
      "10.0.5.0/24",
      "192.0.2.4/30",
      "192.0.2.7/32",
      "128.0.0.0/1",
      "0.0.0.0/0",
    ]) {
      const found: unknown = await told(`range(${text})`, () => cidr.range(block(text)), showFields);
      expect(spellFields(found), runs(block(text))).toEqual(spellFields(rangeOf(block(text))));
    }

    const random = new Random(seed());
    const blocks = [...ofEveryLength, ...lengths.map((length) => masked(anyAddress(random), length))];
    const questions = blocks.map((each) => ({
      ask: [each] as [Cidr],
      call: `range(${spellBlock(each)})`,
      right: spellFields(rangeOf(each)),
      sentence: () => `${runs(each)} (one of ${blocks.length} asked in a row; --seed ${seed().digits})`,
    }));
    await agree(cidr.range, questions, spellFields);
  },
);

test(
  "knows which addresses lie in a block of any length",
  {
    why: "An allow-list asks this on every connection: a wrong yes lets a stranger in, a wrong no locks a customer out.",
    read: 'lesson "How far a prefix reaches"; RFC 4632 §3.1',
  },
  async () => {
    for (const [text, address, inside] of [
      ["10.0.0.0/8", "10.1.2.3", true],
      ["10.1.0.0/16", "10.10.0.1", false],
      ["192.168.0.0/16", "192.168.255.255", true],
      ["192.168.0.0/16", "10.0.0.1", false],
      ["172.16.0.0/12", "172.32.0.0", false],
      ["203.0.113.128/25", "203.0.113.127", false],
    ] as const) {
      const [each, at] = [block(text), numberOf(address)];
      const said = await told(`contains(${text}, ${address})`, () => cidr.contains(each, at));
      expect(said, placed(each, at)).toBe(inside);
    }

    // Whoever goes through the block address by address does not come back from this one.
    const last = Array.from({ length: 10 }, (_, index) => 0xffffffff - index);
    const everywhere = await told(
      "contains(0.0.0.0/0, …), for 255.255.255.255 and the nine addresses below it",
      () => cidr.contains.each(last.map((address) => [block("0.0.0.0/0"), address])),
    );
    expect(everywhere, "0.0.0.0/0 holds every address there is").toEqual(last.map(() => true));

    const questions = nearEdges(new Random(seed())).map((ask) => ({
      ask,
      call: `contains(${spellBlock(ask[0])}, ${spell(ask[1])})`,
      right: holds(...ask),
      sentence: () => `${placed(...ask)} (--seed ${seed().digits})`,
    }));
    await agree(cidr.contains, questions);
  },
);

test(
  "counts the hosts of a subnet, and all of a /31 and a /32",
  {
    why: "A planner that counts no host in a /31 burns a /30, twice the addresses, on every link between two routers.",
    read: 'lesson "Counting hosts"; RFC 1122 §3.2.1.3, RFC 3021 §2.1',
  },
  async () => {
    for (const [text, hosts, rule] of [
      ["192.168.1.0/24", 254, "the lowest address names the subnet, the highest is its broadcast address"],
      ["10.0.0.0/16", 65_534, "the lowest address names the subnet, the highest is its broadcast address"],
      ["192.0.2.4/30", 2, "the lowest address names the subnet, the highest is its broadcast address"],
      ["192.0.2.6/31", 2, "it is a link with two ends, and both are hosts"],
      ["192.0.2.7/32", 1, "it is one host"],
    ] as const) {
      const count = await told(`usableHosts(${text}, "classic")`, () =>
        cidr.usableHosts(block(text), "classic"),
      );
      expect(count, `${text} has room for ${hosts} host${hosts === 1 ? "" : "s"}: ${rule}`).toBe(hosts);
    }
    const questions = lengths.map((length) => ({
      ask: [masked(0xc0a80101, length), "classic"] as [Cidr, "classic"],
      call: `usableHosts(${spellBlock(masked(0xc0a80101, length))}, "classic")`,
      right: 2 ** (32 - length) - (length >= 31 ? 0 : 2),
      sentence: () =>
        length >= 31
          ? `All ${2 ** (32 - length)} of the addresses of a /${length} are hosts`
          : `Of the ${2 ** (32 - length)} addresses of a /${length} all but the lowest and the highest are hosts`,
    }));
    await agree(cidr.usableHosts, questions);
  },
);

test(
  "counts what AWS leaves of a subnet, and refuses sizes it does not have",
  {
    why: "A /24 planned for 254 pods has room for 251: in the middle of a scale-out, the next one gets no address and does not start.",
    read: 'lesson "Counting hosts"; Amazon EC2 API reference, CreateSubnet',
  },
  async () => {
    for (const [text, hosts] of [
      ["10.0.1.0/24", 251],
      ["10.0.0.0/28", 11],
      ["10.0.0.0/16", 65_531],
    ] as const) {
      const count = await told(`usableHosts(${text}, "aws")`, () => cidr.usableHosts(block(text), "aws"));
      const left = `${hosts} of ${hosts + 5} are left for hosts`;
      expect(count, `AWS keeps the first four addresses of ${text} and the last one: ${left}`).toBe(hosts);
    }
    const questions = lengths.map((length) => ({
      ask: [masked(0x0a010203, length), "aws"] as [Cidr, "aws"],
      call: `usableHosts(${spellBlock(masked(0x0a010203, length))}, "aws")`,
      right: length >= 16 && length <= 28 ? countAs(2 ** (32 - length) - 5) : refusal("ARGUMENT_INVALID"),
      sentence: () =>
        length >= 16 && length <= 28
          ? `AWS keeps five of the ${2 ** (32 - length)} addresses of a /${length}`
          : `A subnet in AWS is a /16, a /28 or a size between: a /${length} must be refused`,
    }));
    await agreeOrRefuse(cidr.usableHosts, questions, countAs);
  },
);

test(
  "tells the private addresses of RFC 1918 from their neighbours",
  {
    why: "172.32.0.1 belongs to a stranger on the Internet; trusted as private, it is inside your perimeter.",
    read: 'lesson "Private, and what is not"; RFC 1918 §3',
  },
  async () => {
    for (const [address, isPrivate, because] of [
      ["10.255.255.255", true, "10.0.0.0/8 ends there"],
      ["172.31.255.255", true, "172.16.0.0/12 ends there, for a /12 leaves 16 to 31 in the second octet"],
      ["172.32.0.0", false, "172.16.0.0/12 ends before it"],
      ["172.15.255.255", false, "172.16.0.0/12 begins after it"],
      ["192.168.255.255", true, "192.168.0.0/16 ends there"],
    ] as const) {
      const said = await told(`isPrivate(${address})`, () => cidr.isPrivate(numberOf(address)));
      expect(said, `${address} is ${isPrivate ? "" : "not "}private: ${because}`).toBe(isPrivate);
    }
    const questions = aroundPrivate.map((text) => ({
      ask: [numberOf(text)] as [number],
      call: `isPrivate(${text})`,
      right: knownPrivate.test(text),
      sentence: () =>
        `${text} is ${knownPrivate.test(text) ? "" : "not "}one of the private addresses of RFC 1918`,
    }));
    await agree(cidr.isPrivate, questions);
  },
);

test(
  "finds an overlap whichever block is the larger",
  {
    why: "docker0 takes 172.17.0.0/16 out of the company's 172.16.0.0/12, and one host in the fleet loses the company.",
    read: 'lesson "Overlap"; RFC 1812 §5.2.4.3',
  },
  async () => {
    for (const [one, other, common] of [
      ["172.16.0.0/12", "172.17.0.0/16", true],
      ["172.17.0.0/16", "172.16.0.0/12", true],
      ["10.0.0.0/16", "10.0.0.0/16", true],
      ["10.0.0.0/25", "10.0.0.128/25", false],
      ["10.20.30.40/32", "10.0.0.0/8", true],
      ["192.168.128.0/17", "192.168.0.0/16", true],
      ["0.0.0.0/0", "255.255.255.255/32", true],
      ["0.0.0.0/1", "128.0.0.0/1", false],
    ] as const) {
      const [a, b] = [block(one), block(other)];
      const said = await told(`overlaps(${one}, ${other})`, () => cidr.overlaps(a, b));
      expect(said, related(a, b)).toBe(common);
    }

    const questions = pairs.map((ask) => ({
      ask,
      call: `overlaps(${spellBlock(ask[0])}, ${spellBlock(ask[1])})`,
      right: meet(...ask),
      sentence: () => related(...ask),
    }));
    await agree(cidr.overlaps, questions);
  },
);

test(
  "splits a block into the subnets that fill it, lowest first",
  {
    why: "Subnets are handed out by their place in this list: one missing or out of order, and the next plan moves live hosts.",
    read: 'lesson "Splitting"; RFC 4632 §3.1',
  },
  async () => {
    for (const [text, length] of [
      ["10.0.0.0/24", 26],
      ["192.0.2.4/30", 32],
      ["192.168.128.0/17", 18],
      ["192.168.1.0/24", 24],
      ["0.0.0.0/0", 2],
      ["10.0.0.0/16", 24],
    ] as const) {
      const subnets: unknown = await told(
        `split(${text}, ${length})`,
        () => cidr.split(block(text), length),
        (value) => oneLine(spellBlocks(value)),
      );
      expect(spellBlocks(subnets), filled(block(text), length)).toEqual(subnetsOf(block(text), length));
    }
    const questions = splits.map((ask) => ({
      ask,
      call: `split(${spellBlock(ask[0])}, ${ask[1]})`,
      right: subnetsOf(...ask),
      sentence: () => filled(...ask),
    }));
    await agree(cidr.split, questions, spellBlocks);
  },
);

test(
  "refuses to split a block into larger ones",
  {
    why: "A plan with no subnets, or with one larger than the VPC it is cut from, fails hours later and in another team's hands.",
    read: 'lesson "Splitting"; RFC 4632 §3.1',
  },
  async () => {
    for (const [text, length, what] of [
      ["10.0.0.0/16", 15, "a /15 is larger than the /16 it should fit in"],
      ["10.0.0.0/16", 0, "a /0 is larger than the /16 it should fit in"],
      ["192.0.2.7/32", 31, "a /31 is larger than the /32 it should fit in"],
      ["192.0.2.7/32", 33, "an address has 32 bits"],
      ["10.0.0.0/30", 33, "an address has 32 bits"],
      ["0.0.0.0/0", -1, "no prefix has fewer than 0 bits"],
      ["10.0.0.0/24", 24.5, "there are no half bits"],
      ["10.0.0.0/24", NaN, "that is no number, as Number() makes of a typing error"],
    ] as const) {
      const outcome = await told(`split(${text}, ${length})`, () =>
        outcomeOf(cidr.split(block(text), length), splitInto),
      );
      expect(outcome, `${text} cannot be split into /${length}, and that must be refused: ${what}`).toBe(
        refusal("ARGUMENT_INVALID"),
      );
    }
  },
);

function showFields(value: unknown): string {
  return oneLine(spellFields(value));
}

function blockIs({ network, prefixLength }: Cidr): string {
  const spelled = spell(network);
  return `"${spelled}/${prefixLength}" is the network ${spelled} with a prefix of ${prefixLength} bits`;
}

function runs(cidr: Cidr): string {
  const { first, last } = rangeOf(cidr);
  const holds = (2 ** (32 - cidr.prefixLength)).toLocaleString("en");
  const addresses = cidr.prefixLength === 32 ? "address" : "addresses";
  return `A /${cidr.prefixLength} holds ${holds} ${addresses}, so ${spellBlock(cidr)} runs from ${spell(first)} to ${spell(last)}`;
}

function filled(cidr: Cidr, prefixLength: number): string {
  const count = 2 ** (prefixLength - cidr.prefixLength);
  const subnets = count === 1 ? "itself" : `${count} subnets of /${prefixLength}`;
  return `${spellBlock(cidr)} is filled by ${subnets}, from its first address to its last, lowest first`;
}
