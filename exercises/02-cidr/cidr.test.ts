import { answer, expect, Random, seed, test } from "@tcpip-workshop/grader/suite";
import type { Cidr } from "./cidr.ts";

const cidr = answer<typeof import("./cidr.ts")>("./cidr.ts");

const lengths = Array.from({ length: 33 }, (_, length) => length);
/** Every bit set, every other bit set, and the same without the top bit: a sign shows in the first two. */
const patterns = [0xffffffff, 0xaaaaaaaa, 0x55555555];

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

    // Every octet in every place (an odd factor runs through all 256), then any four.
    const random = new Random(seed());
    const addresses = Array.from({ length: 256 }, (_, n) =>
      numberOf([n, n * 3, n * 5, n * 7].map((octet) => octet % 256).join(".")),
    );
    addresses.push(...Array.from({ length: 64 }, () => anyAddress(random)));
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

    // Every way to put one of these into a good address, or in the place of one of its own characters.
    const one = "10.0.0.255";
    const slips = Array.from("9. -e").flatMap((character) =>
      Array.from({ length: one.length + 1 }, (_, at) => at).flatMap((at) => [
        one.slice(0, at) + character + one.slice(at),
        one.slice(0, at) + character + one.slice(at + 1),
      ]),
    );
    const slipped = slips
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
    const all = patterns.flatMap((pattern) => lengths.map((length) => masked(pattern, length)));
    const questions = all.map((each) => ({
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
    // The last bit alone, and the first bit after the prefix alone.
    const texts = lengths
      .slice(0, 32)
      .flatMap((length) => [
        `${spell(masked(0xffffffff, length).network + 1)}/${length}`,
        `${spell(2 ** (31 - length))}/${length}`,
      ]);
    const questions = texts.map((text) => ({
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
    const blocks = patterns.flatMap((pattern) => lengths.map((length) => masked(pattern, length)));
    blocks.push(...lengths.map((length) => masked(anyAddress(random), length)));
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

    // Both edges and what lies beyond them; then each of the 15 blocks in 8 addresses, against these and their neighbours.
    const random = new Random(seed());
    const edges = [...patterns, anyAddress(random)].flatMap((pattern) =>
      lengths.flatMap((length) => {
        const each = masked(pattern, length);
        const { first, last } = rangeOf(each);
        const near = [first, last, first - 1, last + 1].filter(isAddress);
        return near.map((address): [Cidr, number] => [each, address]);
      }),
    );
    const small = blocksIn(0x80000000).flatMap((each) =>
      Array.from({ length: 10 }, (_, index): [Cidr, number] => [each, 0x7fffffff + index]),
    );
    const questions = [...edges, ...small].map((ask) => ({
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
    const edges = [
      "9.255.255.255",
      "10.0.0.0",
      "11.0.0.0",
      "172.16.0.0",
      "192.167.255.255",
      "192.168.0.0",
      "192.169.0.0",
    ];
    const special = [
      "0.0.0.0",
      "8.8.8.8",
      "100.64.0.1",
      "127.0.0.1",
      "169.254.169.254",
      "198.18.0.1",
      "255.255.255.255",
    ];
    const around = [10, 172, 192].flatMap((first) =>
      Array.from({ length: 256 }, (_, second) => `${first}.${second}.1.1`),
    );
    const questions = [...edges, ...special, ...around].map((text) => ({
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

    // A block of every length with its parent, and with the other half of that parent; then all pairs in 8 addresses.
    const families = lengths.slice(1).flatMap((length): [Cidr, Cidr][] => {
      const [child, parent] = [masked(0xaaaaaaaa, length), masked(0xaaaaaaaa, length - 1)];
      const half = child.network === parent.network ? 2 ** (32 - length) : 0;
      const other = { network: parent.network + half, prefixLength: length };
      return [
        [child, parent],
        [parent, child],
        [child, other],
        [other, child],
      ];
    });
    const small = blocksIn(0xfffffff8);
    const pairs = small.flatMap((one) => small.map((other): [Cidr, Cidr] => [one, other]));
    const questions = [...families, ...pairs].map((ask) => ({
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
    const all = lengths.flatMap((length) =>
      [0, 1, 2]
        .filter((more) => length + more <= 32)
        .map((more): [Cidr, number] => [masked(0xaaaaaaaa, length), length + more]),
    );
    const questions = all.map((ask) => ({
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

/** Texts that some program somewhere reads as an address, and what is wrong with each. */
const misspelledAddresses = [
  ["", "it is empty"],
  ["10", "inet_aton reads one number as all 32 bits, 0.0.0.10"],
  ["167772161", "inet_aton reads one number as all 32 bits, 10.0.0.1"],
  ["10.1", "inet_aton reads two numbers as 10.0.0.1"],
  ["10.0.1", "inet_aton reads three numbers as 10.0.0.1"],
  ["10.0.0.1.5", "it has five octets"],
  ["10.0.0.", "its last octet is empty"],
  [".0.0.1", "its first octet is empty"],
  ["10..0.1", "one of its octets is empty"],
  ["...", "all its octets are empty"],
  ["10.0.0.1.", "it ends in a dot, as a host name may"],
  ["256.0.0.1", "an octet ends at 255"],
  ["10.0.0.256", "an octet ends at 255"],
  ["10.0.0.1000", "an octet ends at 255"],
  ["4294967306.0.0.1", "an octet ends at 255, and 32 bits do not wrap round"],
  ["0x0a.0.0.1", "only inet_aton reads hexadecimal"],
  ["0xa000001", "only inet_aton reads hexadecimal"],
  ["a.0.0.1", "hexadecimal is not decimal"],
  ["0b1.0.0.1", "binary is not decimal"],
  ["0o12.0.0.1", "octal is not decimal"],
  ["1e1.0.0.1", "an exponent is not a digit"],
  ["+10.0.0.1", "a sign is not a digit"],
  ["-1.0.0.1", "a sign is not a digit"],
  ["10.-0.0.1", "a sign is not a digit"],
  [" 10.0.0.1", "a space stands before it"],
  ["10.0.0.1 ", "a space stands behind it"],
  ["10. 0.0.1", "a space stands inside it"],
  ["10.0.0.1\n", "a newline stands behind it, as after a line read from a file"],
  ["10.0.0.1\r", "a carriage return stands behind it, as in a file from Windows"],
  ["10.0.0.1\t", "a tab stands behind it"],
  ["10.0.0.1\n10.0.0.2", "it is two lines"],
  ["10.0.0.1\0", "a NUL stands behind it, where C would stop reading"],
  ["10.0.0.1\u00a0", "a no-break space stands behind it, as after copy and paste"],
  ["\uff11\uff10.0.0.1", "its first octet is in full-width digits"],
  ["\u0661\u0660.0.0.1", "its first octet is in Arabic-Indic digits"],
  ["10\u30020\u30020\u30021", "its dots are ideographic full stops"],
  ["10,0,0,1", "commas are not dots"],
  ["10.0.0.1, 10.0.0.2", "it is a list, as in X-Forwarded-For"],
  ["10.0.0.1abc", "letters stand behind it"],
  ["1_0.0.0.1", "an underscore is not a digit"],
  ["10.0.0.1:80", "a port stands behind it"],
  ["10.0.0.1/32", "a prefix length stands behind it"],
  ["10.0.0.1%eth0", "a zone stands behind it"],
  ["[10.0.0.1]", "brackets belong to IPv6 in URLs"],
  ["::ffff:10.0.0.1", "it is an IPv6 address"],
  ["::1", "it is an IPv6 address"],
  ["NaN.0.0.1", "NaN is not a digit"],
  ["localhost", "it is a name"],
] as const;

/** On 0.0.0.0, whose bits are zero after any prefix: only the spelling can be the reason to refuse it. */
const misspelledBlocks = [
  ["0.0.0.0", "it has no prefix length"],
  ["0.0.0.0/", 'its prefix length is empty, and Number("") is 0'],
  ["0.0.0.0/33", "an address has 32 bits"],
  ["0.0.0.0/128", "128 is for IPv6"],
  ["0.0.0.0/4294967304", "an address has 32 bits, and 2³² + 8 is not 8"],
  ["0.0.0.0/-1", "a sign is not a digit"],
  ["0.0.0.0/-0", "a sign is not a digit"],
  ["0.0.0.0/+8", "a sign is not a digit"],
  ["0.0.0.0/08", "it has a leading zero"],
  ["0.0.0.0/00", "it has a leading zero"],
  ["0.0.0.0/ 8", "a space stands before the length"],
  ["0.0.0.0/8 ", "a space stands behind it"],
  [" 0.0.0.0/8", "a space stands before it"],
  ["0.0.0.0 /8", "a space stands inside it"],
  ["0.0.0.0/8\n", "a newline stands behind it"],
  ["0.0.0.0/8.0", "a prefix length is whole"],
  ["0.0.0.0/8.5", "a prefix length is whole"],
  ["0.0.0.0/0x8", "hexadecimal is not decimal"],
  ["0.0.0.0/1e1", "an exponent is not a digit"],
  ["0.0.0.0/8bits", "letters stand behind it"],
  ["0.0.0.0/\u0668", "its prefix length is an Arabic-Indic digit"],
  ["0.0.0.0/255.0.0.0", "a netmask is not a prefix length"],
  ["0.0.0.0/8/8", "it has two prefix lengths"],
  ["0.0.0.0/8/", "it has two slashes"],
  ["0.0.0.0//8", "it has two slashes"],
  ["0.0.0.0\\8", "that is no slash"],
  ["/8", "it has no address"],
  ["/", "it has neither"],
  ["", "it is empty"],
  ["10/8", "its address has one octet"],
  ["10.0/16", "its address has two octets"],
  ["010.0.0.0/8", "its address has an octet with a leading zero"],
  ["256.0.0.0/8", "its address has an octet above 255"],
  ["0.0.0.0.0/8", "its address has five octets"],
  ["::/0", "it is IPv6"],
] as const;

const knownPrivate = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2[0-9]|3[01])\.)/;

/** RFC 3986 §3.2.2, `IPv4address`. */
const strictAddress = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9][0-9]|[0-9])(?:\.(?!$)|$)){4}$/;

/** A call of the answer's, what is right, and the sentence to say when something else comes. */
interface Question<A extends unknown[]> {
  ask: A;
  /** As the answer is shown. */
  right: unknown;
  sentence: () => string;
}

type Method<A extends unknown[]> = ((...args: A) => Promise<unknown>) & {
  each(argsList: A[]): Promise<unknown[]>;
};

/** Asks all of it in one crossing; for questions that have an answer. */
async function agree<A extends unknown[]>(
  method: Method<A>,
  questions: Question<A>[],
  shown: (value: unknown) => unknown = plain,
): Promise<void> {
  const answers = await method.each(questions.map(({ ask }) => ask));
  await compare(method, questions, answers.map(shown));
}

/** Asks one by one, without waiting for each; for questions that may be refused. */
async function agreeOrRefuse<A extends unknown[]>(
  method: Method<A>,
  questions: Question<A>[],
  shown: (value: unknown) => string = readAs,
): Promise<void> {
  const calls = questions.map(({ ask }) => outcomeOf(method(...ask), shown));
  await compare(method, questions, await Promise.all(calls));
}

/** The first question that is answered wrong is asked once more, to be the last of the steps shown. */
async function compare<A extends unknown[]>(
  method: Method<A>,
  questions: Question<A>[],
  answers: unknown[],
): Promise<void> {
  for (const [index, { ask, right, sentence }] of questions.entries()) {
    if (JSON.stringify(answers[index]) === JSON.stringify(right)) continue;
    await outcomeOf(method(...ask));
    expect(answers[index], sentence()).toEqual(right);
  }
}

/** What came of a call, on one line: the code of its refusal, or its value as `shown`. */
async function outcomeOf(
  call: Promise<unknown>,
  shown: (value: unknown) => string = readAs,
): Promise<string> {
  try {
    return shown(await call);
  } catch (error) {
    // The process died, or threw what is no Error: the runner has the better words for it.
    if (!(error instanceof Error) || error.name === "AnswerFailure" || error.name === "ThrownValue")
      throw error;
    const { code } = error as { code?: unknown };
    return typeof code === "string"
      ? refusal(code)
      : `an error without a code: ${error.name}: ${error.message}`;
  }
}

/** Numbers, texts and booleans as they are, whatever else came in words. */
function plain(value: unknown): unknown {
  return ["number", "string", "boolean"].includes(typeof value) ? value : spell(value);
}

function refusal(code: string): string {
  return `refused with code ${code}`;
}

function readAs(value: unknown): string {
  return `read as ${isBlock(value) ? spellBlock(value) : spell(value)}`;
}

function countAs(value: unknown): string {
  return typeof value === "number" ? `${value} hosts` : spell(value);
}

function isBlock(value: unknown): value is Cidr {
  return typeof value === "object" && value !== null && "network" in value && "prefixLength" in value;
}

/** `00000101 00000000` for 10.0.5.0/16. */
function bitsAfter(text: string): string {
  const { network, prefixLength } = block(text);
  const bits = network.toString(2).padStart(32, "0");
  return bits.slice(prefixLength).replace(/(?!^)(?=(?:.{8})+$)/g, " ");
}

function splitInto(value: unknown): string {
  return `split into ${spellBlocks(value).slice(0, 4).join(", ") || "nothing"}`;
}

function inHex(value: unknown): string {
  return isAddress(value) ? `0x${value.toString(16).padStart(8, "0")} = ${value}` : spell(value);
}

/** An address as text; anything else as what it is instead. No two values are spelled alike. */
function spell(value: unknown): string {
  if (isAddress(value)) return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
  if (typeof value === "number")
    return `${value}, ${value < 0 ? "negative" : "no whole number below 2 ** 32"}`;
  if (typeof value === "bigint") return `${value}n, a bigint`;
  if (typeof value === "string") return `the text ${JSON.stringify(value)}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

function isAddress(value: unknown): value is number {
  return (
    typeof value === "number" &&
    Number.isInteger(value) &&
    value >= 0 &&
    value < 2 ** 32 &&
    !Object.is(value, -0)
  );
}

/** `{ network: "10.0.0.0", prefixLength: 8 }`, `{ first: "10.0.0.0", last: "10.255.255.255" }`. */
function spellFields(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return spell(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, key === "prefixLength" ? field : spell(field)]),
  );
}

function anyAddress(random: Random): number {
  return random.integer(0, 2 ** 32 - 1);
}

function spellBlock({ network, prefixLength }: Cidr): string {
  return `${spell(network)}/${prefixLength}`;
}

function spellBlocks(value: unknown): string[] {
  if (!Array.isArray(value)) return [`${spell(value)}, which is no array`];
  return value.map((each) =>
    typeof each === "object" && each !== null ? spellBlock(each as Cidr) : spell(each),
  );
}

/** The suite's own reader, for texts of its own. */
function numberOf(text: string): number {
  return text.split(".").reduce((address, octet) => address * 256 + Number(octet), 0);
}

function block(text: string): Cidr {
  const [address = "", length] = text.split("/");
  return { network: numberOf(address), prefixLength: Number(length) };
}

/** The block of this length that holds `address`, in BigInt: nothing here is shared with the arithmetic under test. */
function masked(address: number, prefixLength: number): Cidr {
  const hostBits = BigInt(32 - prefixLength);
  return { network: Number((BigInt(address) >> hostBits) << hostBits), prefixLength };
}

function rangeOf({ network, prefixLength }: Cidr): { first: number; last: number } {
  return { first: network, last: Number(BigInt(network) + (1n << BigInt(32 - prefixLength)) - 1n) };
}

function holds(cidr: Cidr, address: number): boolean {
  const hostBits = BigInt(32 - cidr.prefixLength);
  return BigInt(cidr.network) >> hostBits === BigInt(address) >> hostBits;
}

/** All 15 blocks within the 8 addresses from `start` on. */
function blocksIn(start: number): Cidr[] {
  return [29, 30, 31, 32].flatMap((prefixLength) =>
    Array.from({ length: 2 ** (prefixLength - 29) }, (_, index) => ({
      network: start + index * 2 ** (32 - prefixLength),
      prefixLength,
    })),
  );
}

function subnetsOf(cidr: Cidr, prefixLength: number): string[] {
  const size = 1n << BigInt(32 - prefixLength);
  return Array.from({ length: 2 ** (prefixLength - cidr.prefixLength) }, (_, index) =>
    spellBlock({ network: Number(BigInt(cidr.network) + BigInt(index) * size), prefixLength }),
  );
}

function placed(cidr: Cidr, address: number): string {
  const { first, last } = rangeOf(cidr);
  const verb = holds(cidr, address) ? "lies" : "does not lie";
  return `${spell(address)} ${verb} in ${spellBlock(cidr)}, which is ${spell(first)} to ${spell(last)}`;
}

/** Two prefixes share an address only where one of them begins the other. */
function meet(one: Cidr, other: Cidr): boolean {
  return holds(one, other.network) || holds(other, one.network);
}

function related(one: Cidr, other: Cidr): string {
  return `${spellBlock(one)} and ${spellBlock(other)} have ${meet(one, other) ? "addresses" : "no address"} in common`;
}
