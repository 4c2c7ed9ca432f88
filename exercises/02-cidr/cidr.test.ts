import { answer, expect, Random, seed, test } from "@tcpip-workshop/grader/suite";
import type { Cidr } from "./cidr.ts";
import { anyAddress, everyOctet, inHex, numberOf, spell } from "./stage/address.ts";
import { bitsAfter, block, lengths, masked, ofEveryLength, strayBits } from "./stage/block.ts";
import { misspelledAddresses, misspelledBlocks } from "./stage/misspelled.ts";
import { countAs, outcomeOf, readAs, refusal, splitInto } from "./stage/outcome.ts";
import { meet, pairs, related } from "./stage/overlap.ts";
import { aroundPrivate, knownPrivate } from "./stage/private.ts";
import { agree, agreeOrRefuse } from "./stage/question.ts";
import { holds, nearEdges, placed, rangeOf } from "./stage/range.ts";
import { slips, strictAddress } from "./stage/slips.ts";
import { spellBlock, spellBlocks, spellFields } from "./stage/spelling.ts";
import { splits, subnetsOf } from "./stage/subnets.ts";

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
      expect(inHex(read), `${text} was not read as its four bytes, most significant first`).toBe(
        inHex(address),
      );
      const spelled = await cidr.formatIPv4(address);
      expect(spelled, `${inHex(address)} was not spelled as the address it is`).toBe(text);
    }

    const random = new Random(seed());
    const addresses = [...everyOctet, ...Array.from({ length: 64 }, () => anyAddress(random))];
    const reading = addresses.map((address) => ({
      ask: [spell(address)] as [string],
      right: inHex(address),
      sentence: () => `${spell(address)} was not read as its four bytes (--seed ${seed()})`,
    }));
    await agree(cidr.parseIPv4, reading, inHex);
    const spelling = addresses.map((address) => ({
      ask: [address] as [number],
      right: spell(address),
      sentence: () => `${inHex(address)} was not spelled as the address it is (--seed ${seed()})`,
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
      ["010.0.0.1", "8.0.0.1: inet_aton reads that octet as octal"],
      ["0177.0.0.1", "127.0.0.1: inet_aton reads that octet as octal"],
      ["192.168.010.1", "192.168.8.1: inet_aton reads that octet as octal"],
      ["10.0.0.01", "10.0.0.1 to some programs and no address to others"],
      ["10.0.00.1", "10.0.0.1 to some programs and no address to others"],
      ["08.0.0.1", "an octal number with a digit that octal does not have"],
      ["10.0.0.0001", "10.0.0.1 to some programs and no address to others"],
    ] as const) {
      const outcome = await outcomeOf(cidr.parseIPv4(text));
      expect(outcome, `"${text}" was not refused, and elsewhere it is ${other}`).toBe(
        refusal("ADDRESS_INVALID"),
      );
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
      const outcome = await outcomeOf(cidr.parseIPv4(text));
      expect(outcome, `${JSON.stringify(text)} was not refused: ${what}`).toBe(refusal("ADDRESS_INVALID"));
    }

    const one = "10.0.0.255";
    const slipped = slips(one)
      .filter((text) => !/(?:^|\.)0[0-9]/.test(text)) // the test before has those
      .map((text) => ({
        ask: [text] as [string],
        right: strictAddress.test(text) ? readAs(numberOf(text)) : refusal("ADDRESS_INVALID"),
        sentence: () =>
          `${JSON.stringify(text)} is one character away from ${one}, and was taken for something else`,
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
      const read: unknown = await cidr.parseCidr(text);
      expect(spellFields(read), `${text} was read as another block`).toEqual(spellFields(block(text)));
    }
    const questions = ofEveryLength.map((each) => ({
      ask: [spellBlock(each)] as [string],
      right: spellFields(each),
      sentence: () => `${spellBlock(each)} was read as another block`,
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
      const outcome = await outcomeOf(cidr.parseCidr(text));
      expect(outcome, `${JSON.stringify(text)} was not refused as a block: ${what}`).toBe(
        refusal("CIDR_INVALID"),
      );
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
      `${text} was not refused, and after its prefix come the bits ${bitsAfter(text)}`;
    for (const text of ["10.0.5.0/16", "192.168.1.10/24", "172.17.0.0/12", "128.0.0.0/0", "10.0.0.1/0"]) {
      const outcome = await outcomeOf(cidr.parseCidr(text));
      expect(outcome, sentence(text)).toBe(refusal("CIDR_INVALID"));
    }
    const questions = strayBits.map((text) => ({
      ask: [text] as [string],
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
      const found: unknown = await cidr.range(block(text));
      expect(spellFields(found), `${text} has another first or last address`).toEqual(
        spellFields(rangeOf(block(text))),
      );
    }

    const random = new Random(seed());
    const blocks = [...ofEveryLength, ...lengths.map((length) => masked(anyAddress(random), length))];
    const questions = blocks.map((each) => ({
      ask: [each] as [Cidr],
      right: spellFields(rangeOf(each)),
      sentence: () =>
        `${spellBlock(each)}, one of ${blocks.length} blocks in a row, has another first or last address (--seed ${seed()})`,
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
      expect(await cidr.contains(each, at), placed(each, at)).toBe(inside);
    }

    // Whoever goes through the block address by address does not come back from this one.
    const last = Array.from({ length: 10 }, (_, index) => 0xffffffff - index);
    const everywhere = await cidr.contains.each(last.map((address) => [block("0.0.0.0/0"), address]));
    expect(everywhere, "0.0.0.0/0 holds every address there is").toEqual(last.map(() => true));

    const questions = nearEdges(new Random(seed())).map((ask) => ({
      ask,
      right: holds(...ask),
      sentence: () => `${placed(...ask)} (--seed ${seed()})`,
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
      const count = await cidr.usableHosts(block(text), "classic");
      expect(count, `${text} has another count of hosts: ${rule}`).toBe(hosts);
    }
    const questions = lengths.map((length) => ({
      ask: [masked(0xc0a80101, length), "classic"] as [Cidr, "classic"],
      right: 2 ** (32 - length) - (length >= 31 ? 0 : 2),
      sentence: () => `${spellBlock(masked(0xc0a80101, length))} has another count of hosts`,
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
      const count = await cidr.usableHosts(block(text), "aws");
      expect(count, `AWS keeps the first four addresses of ${text} and the last one`).toBe(hosts);
    }
    const questions = lengths.map((length) => ({
      ask: [masked(0x0a010203, length), "aws"] as [Cidr, "aws"],
      right: length >= 16 && length <= 28 ? countAs(2 ** (32 - length) - 5) : refusal("ARGUMENT_INVALID"),
      sentence: () => `A /${length} was judged wrongly: a subnet in AWS is a /16, a /28 or a size between`,
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
      const said = await cidr.isPrivate(numberOf(address));
      expect(said, `${address} is ${isPrivate ? "" : "not "}private: ${because}`).toBe(isPrivate);
    }
    const questions = aroundPrivate.map((text) => ({
      ask: [numberOf(text)] as [number],
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
      expect(await cidr.overlaps(a, b), related(a, b)).toBe(common);
    }

    const questions = pairs.map((ask) => ({
      ask,
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
      const subnets: unknown = await cidr.split(block(text), length);
      expect(spellBlocks(subnets), `${text} is not filled by these /${length}, in this order`).toEqual(
        subnetsOf(block(text), length),
      );
    }
    const questions = splits.map((ask) => ({
      ask,
      right: subnetsOf(...ask),
      sentence: () => `${spellBlock(ask[0])} is not filled by these /${ask[1]}, in this order`,
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
      const outcome = await outcomeOf(cidr.split(block(text), length), splitInto);
      expect(outcome, `${text} cannot be split into /${length}: ${what}`).toBe(refusal("ARGUMENT_INVALID"));
    }
  },
);
