import { answer, evidence, expect, Random, seed, test } from "@tcpip-workshop/grader/suite";
import type { Connection, Tunnel } from "./mtu.ts";
import { firstLost, losses, narrowing, narrowingLate, untrueReports } from "./stage/faults.ts";
import { silent, tells } from "./stage/links.ts";
import type { Fault, NarrowPath, Packet } from "./stage/narrow-path.ts";
import { deliver, enough, expectForward, expectWhole, search } from "./stage/staging.ts";

const mtu = answer<typeof import("./mtu.ts")>("./mtu.ts");

/** Milliseconds for a call of up to 300 datagrams. */
const deadline = 10_000;

/** IPv6's minimum, and Ethernet. */
const [base, max] = [1280, 1500];
const budget = enough(base, max);

test(
  "announces what is left of the MTU behind the two fixed headers",
  {
    why: "Who announces too much is sent packets that do not fit; who takes the options off here makes every segment shorter twice.",
    read: 'lesson "What fits into a packet"; RFC 9293 §3.7.1, RFC 6691',
  },
  async () => {
    const fixed =
      "The option is the MTU less the fixed headers, 40 bytes over IPv4 and 60 over IPv6; options are not taken off";
    expect(await mtu.mssOption(1500, 4), fixed).toBe(1460);
    expect(await mtu.mssOption(1500, 6), fixed).toBe(1440);
    expect(await mtu.mssOption(576, 4), fixed).toBe(536);
    expect(await mtu.mssOption(1280, 6), fixed).toBe(1220);
    expect(await mtu.mssOption(9000, 4), fixed).toBe(8960);
    const longest =
      "An IPv4 packet has at most 65,535 bytes, whatever its link takes; IPv6 does not count its first 40 bytes";
    expect(await mtu.mssOption(65_536, 4), longest).toBe(65_495);
    expect(await mtu.mssOption(65_536, 6), longest).toBe(65_476);
  },
);

test(
  "fills a segment with what both ends take, less its options",
  {
    why: "One byte too many and the segment is fragmented or dropped: each full one, and none of the others.",
    read: 'lesson "What fits into a packet"; RFC 9293 §3.7.1',
  },
  async () => {
    const over4 = { mtu: 1500, ipVersion: 4, peerMss: 1460, timestamps: false } as const;
    const over6 = { mtu: 1500, ipVersion: 6, peerMss: 1440, timestamps: false } as const;
    const segment = async (connection: Connection, bytes: number, rule: string): Promise<void> =>
      expect(await mtu.segmentPayload(connection), rule).toBe(bytes);

    await segment(over4, 1460, "Without options a segment has the MSS");
    const stamped =
      "Timestamps take 12 bytes of each segment, ten and two of padding, whosever number is the smaller one";
    await segment({ ...over4, timestamps: true }, 1448, stamped);
    await segment({ ...over6, timestamps: true }, 1428, stamped);
    const peers = "The peer takes less than our interface lets out: its MSS counts";
    await segment({ ...over4, peerMss: 1360 }, 1360, peers);
    await segment({ ...over4, peerMss: 1360, timestamps: true }, 1348, stamped);
    const ours = "Our interface lets out less than the peer takes: ours counts, whatever the peer can take";
    await segment({ ...over6, mtu: 1400 }, 1340, ours);
    await segment({ ...over4, mtu: 1400, peerMss: 8960 }, 1360, ours);
    await segment({ ...over4, mtu: 1400, peerMss: 8960, timestamps: true }, 1348, stamped);
    const none = "A SYN without an MSS option means 536 over IPv4, and 1,220 over IPv6";
    await segment({ mtu: 1500, ipVersion: 4, timestamps: false }, 536, none);
    await segment({ mtu: 9000, ipVersion: 6, timestamps: true }, 1208, none);
    const loopback = "Loopback's MTU is 65,536, and an IPv4 packet has at most 65,535";
    await segment({ ...over4, mtu: 65_536, peerMss: 65_495, timestamps: true }, 65_483, loopback);
  },
);

test(
  "takes off what each tunnel puts around a packet",
  {
    why: "An MTU that is set too large inside of a tunnel is a black hole that you have built yourself.",
    read: 'lesson "What a tunnel takes"',
  },
  async () => {
    const inside = async (link: number, tunnels: Tunnel[], bytes: number, rule: string): Promise<void> =>
      expect(await mtu.tunnelMtu(link, tunnels), rule).toBe(bytes);

    await inside(1500, [], 1500, "Without a tunnel the link's MTU is left");
    await inside(1500, [{ kind: "pppoe" }], 1492, "PPPoE takes 8 bytes");
    await inside(
      1500,
      [{ kind: "vlan" }],
      1500,
      "A VLAN tag belongs to the frame: the packet in it may be as long as before",
    );
    const outer = "The outer IP header is part of what a tunnel takes: 20 bytes, or 40 when it is IPv6";
    await inside(1500, [{ kind: "gre", outer: 4 }], 1476, outer);
    await inside(1500, [{ kind: "gre", outer: 6 }], 1456, outer);
    await inside(1500, [{ kind: "wireguard", outer: 4 }], 1440, outer);
    await inside(1500, [{ kind: "wireguard", outer: 6 }], 1420, outer);
    const frame = "VXLAN carries a whole Ethernet frame: its 14 bytes of header travel inside, too";
    await inside(1500, [{ kind: "vxlan", outer: 4 }], 1450, frame);
    await inside(9000, [{ kind: "vxlan", outer: 6 }], 8930, frame);
    const three: Tunnel[] = [{ kind: "vlan" }, { kind: "pppoe" }, { kind: "wireguard", outer: 4 }];
    await inside(1500, three, 1432, "Tunnels in tunnels add up");
  },
);

test(
  "needs two probes where the whole path takes the largest packet",
  {
    why: "A probe brings no data. Most paths take the largest packet, and most connections are short.",
    read: 'lesson "The search that needs nobody\'s word"',
    deadline,
  },
  async () => {
    const two = "Where `base` and then `max` are acknowledged, nothing is left to be found: two probes";
    const [wide] = await search(mtu, { links: [silent(9000)] }, { base, max, budget: 2 });
    expect(wide, two).toEqual({ returned: max });
    const [one] = await search(mtu, { links: [silent(9000)] }, { base, max: base, budget: 1 });
    expect(one, "Where `max` equals `base`, one probe says all").toEqual({ returned: base });
  },
);

test(
  "finds the exact size of a path that never says anything",
  {
    why: "One firewall that drops ICMP, and whoever waits for it sends the same packet for ever: small requests work, large ones hang.",
    read: 'lesson "The search that needs nobody\'s word"; RFC 4821, RFC 8899',
    deadline,
  },
  async () => {
    const random = new Random(seed());
    const exact =
      "The search must end at the largest packet that gets through, to the byte: its budget is enough for that";
    const sizes = [1417, base, base + 1, max - 1, random.integer(base + 2, max - 2)];
    for (const size of sizes) {
      const [found, path] = await search(mtu, { links: [silent(max), silent(size)] }, { base, max, budget });
      expect(found, exact).toEqual({ returned: size });
      evidence(path.dropped > 0, "a packet that is too large for the path");
    }
    const [low, high, jumbo] = [576, 9000, random.integer(600, 8990)];
    const wide = { base: low, max: high, budget: enough(low, high) };
    const [found] = await search(mtu, { links: [silent(jumbo)] }, wide);
    expect(found, exact).toEqual({ returned: jumbo });
  },
);

test(
  "follows a router's report, and confirms it",
  {
    why: "A report saves a dozen probes. Believed unseen, it moves the black hole behind the next router.",
    read: 'lesson "What a report is worth"; RFC 1191, RFC 8899 §4.6.2',
    deadline,
  },
  async () => {
    const [far, near] = [1347, 1436];
    const four = "`base`, `max`, and one probe for each report: the reported size is the next to be tried";
    const told = await search(mtu, { links: [tells(near), tells(far)] }, { base, max, budget: 4 });
    expect(told[0], four).toEqual({ returned: far });
    const least = "A report of the size that was already acknowledged ends the search";
    const [equal, path] = await search(mtu, { links: [tells(base)] }, { base, max, budget });
    expect(equal, least).toEqual({ returned: base });
    expect(path.sizes, least).toEqual([base, max]);
    const behind = "Behind a router that tells there may be one that does not: the search goes on";
    const mixed = await search(mtu, { links: [tells(near), silent(far)] }, { base, max, budget });
    expect(mixed[0], behind).toEqual({ returned: far });
  },
);

test(
  "does not take one or two losses for a size",
  {
    why: "One packet lost at the wrong moment, and the connection crawls with small packets for the next ten minutes.",
    read: 'lesson "The search that needs nobody\'s word"; RFC 8899 §5.1.2',
    deadline,
  },
  async () => {
    const three =
      "A size is too large only when it was lost three times in a row: this one gets through the next time";
    for (const chance of [firstLost(1, "lost"), firstLost(2, "lost"), firstLost(2, "unheard")]) {
      const lossy = { base, max, budget: budget + 4 };
      const [wide, path] = await search(mtu, { links: [silent(max)], ...chance }, lossy);
      expect(wide, three).toEqual({ returned: max });
      evidence(path.faults > 0, "a loss that is no matter of size");
      const [narrow] = await search(mtu, { links: [silent(1417)], ...chance }, lossy);
      expect(narrow, three).toEqual({ returned: 1417 });
    }
    const [smaller] = await search(mtu, narrowingLate({ [max]: tells(1436) }), { base, max, budget });
    const row = "A report ends the row of losses: the reported size was lost only twice";
    expect(smaller, row).toEqual({ returned: 1436 });
  },
);

test(
  "takes a report that cannot be true for a loss",
  {
    why: "ICMP can be forged by anyone. A sender that believes 68 sends forty times as many packets: an attack for the price of one.",
    read: 'lesson "What a report is worth"; RFC 8899 §4.6.2',
    deadline,
  },
  async () => {
    const untrue =
      "A report cannot be true below `base`, below what was acknowledged, or at the probe's own size and above: it counts as a loss";
    for (const [what, report] of untrueReports) {
      const fault = (packet: Packet, path: NarrowPath): Fault =>
        packet.nth === 1 ? { tooBig: report(packet, path) } : undefined;
      const story = `the first packet of each size that fits is answered "too big, ${what}"`;
      for (const links of [[silent(max)], [silent(1417)]]) {
        const [found, path] = await search(mtu, { links, fault, story }, { base, max, budget: budget + 4 });
        expect(found, untrue).toEqual({ returned: path.mtu });
        evidence(path.faults > 0, "a report that cannot be true");
      }
    }
  },
);

test(
  "ends when the budget is spent, with what was acknowledged",
  {
    why: "Each probe takes the place of data. A search without an end is a connection that never begins.",
    read: 'lesson "The search that needs nobody\'s word"',
    deadline,
  },
  async () => {
    for (let small = 1; small <= 12; small++) {
      const size = base + 3 + 17 * small;
      const [found, path] = await search(mtu, { links: [silent(size)] }, { base, max, budget: small });
      const spent = "When the budget is spent, the largest size that was acknowledged is the result";
      expect(found, spent).toEqual({ returned: path.largestAcked });
    }
    const lossy = { links: [silent(max)], ...firstLost(2, "lost") };
    const [none] = await search(mtu, lossy, { base, max, budget: 2 });
    const nothing =
      "When the budget is spent and nothing was acknowledged, there is no size to return: NO_PATH";
    expect(none, nothing).toEqual({ threw: "NO_PATH" });
  },
);

test(
  "tells a path that takes nothing from a narrow one",
  {
    why: "Not every silence is an MTU: a dead route that is answered with ever smaller packets stays dead, and nobody is told.",
    read: 'lesson "The search that needs nobody\'s word"',
    deadline,
  },
  async () => {
    const dead =
      "`base` was sent three times, and none was acknowledged: NO_PATH, and no other size is tried";
    for (const links of [[silent(68)], [silent(base - 1)], [tells(base - 1)], [tells(576), silent(68)]]) {
      const [ending, path] = await search(mtu, { links }, { base, max, budget });
      expect(ending, dead).toEqual({ threw: "NO_PATH" });
      expect(path.sizes, dead).toEqual([base, base, base]);
    }
  },
);

test(
  "sends a message in packets as large as the path takes, and a lost one again",
  {
    why: "Every loss taken for an MTU makes the packets smaller, and smaller packets make more losses.",
    read: 'lesson "When the path becomes narrower"',
    deadline,
  },
  async () => {
    const random = new Random(seed());
    const size = 1391;
    const perPacket = size - 32;
    const cut = "Each packet is as large as the path takes, headers counted; the last one has the rest";
    const options = { mtu: size, base, budget };
    for (const length of [1, perPacket, perPacket + 1, 20_000, 0]) {
      const message = random.bytes(length);
      const [ending, path] = await deliver(mtu, { links: [silent(size)] }, message, options);
      expectWhole(path, message);
      const rule = length === 0 ? "An empty message needs no packet" : cut;
      expect({ packets: path.packets.length }, rule).toEqual({ packets: Math.ceil(length / perPacket) });
      expect(ending, "The size has not changed").toEqual({ returned: size });
    }
    for (const [story, rule, loss] of losses) {
      const stays = `${rule} no reason for smaller ones, nor for a search`;
      const fault = (packet: Packet): Fault =>
        packet.nth <= (packet.offset / perPacket) % 3 ? loss(packet) : undefined;
      const message = random.bytes(11 * perPacket + 500);
      const staged = { links: [silent(size)], fault, story: `${story}, once or twice each` };
      const [ending, path] = await deliver(mtu, staged, message, options);
      expect({ probes: path.probes }, stays).toEqual({ probes: 0 });
      expectWhole(path, message);
      const smaller = path.packets.find((packet) => packet.size < size && packet.size > 532);
      expect({ packet: smaller?.size ?? size }, stays).toEqual({ packet: size });
      expect(ending, stays).toEqual({ returned: size });
      evidence(path.faults > 0, "a loss that is no matter of size");
    }
  },
);

test(
  "gets the message through when the path becomes narrower",
  {
    why: "The route changes at night, the handshake is long over, and every large upload hangs until somebody restarts the service.",
    read: 'lesson "When the path becomes narrower"; RFC 8899 §4.3',
    deadline,
  },
  async () => {
    const random = new Random(seed());
    const message = random.bytes(20_000);
    const [second, third] = [1411, 1337];
    const options = { mtu: max, base, budget };
    for (const [soon, later] of [
      [silent(second), silent(third)],
      [tells(second), tells(third)],
      [tells(second), silent(third)],
    ] as const) {
      const narrower = narrowing({ 5000: soon, 12_000: later });
      const [ending, path] = await deliver(mtu, narrower, message, options);
      expectWhole(path, message);
      expectForward(path);
      const news = "A router that says how much it takes spares the search";
      if (later.answers) expect({ probes: path.probes }, news).toEqual({ probes: 0 });
      const exact =
        "When the path has become narrower, the message must go on in the largest packets that it takes now";
      expect(ending, exact).toEqual({ returned: path.mtu });
      evidence(path.mtu === third && path.dropped > 0, "a path that became narrower");
    }

    const row =
      "A report ends the row of losses: of the smaller packets only two were lost, which is no reason for a search";
    const told = await deliver(
      mtu,
      narrowingLate({ [max]: tells(1400) }),
      message.subarray(0, 2000),
      options,
    );
    expect({ probes: told[1].probes }, row).toEqual({ probes: 0 });
    expect(told[0], row).toEqual({ returned: 1400 });
    const twice = narrowingLate({ 1400: silent(1300), 1300: silent(1290) });
    const short = message.subarray(0, 1368); // a packet of 1,400
    const found = await deliver(mtu, twice, short, { ...options, budget: budget + 20 });
    expectForward(found[1]);
    const anew =
      "A search ends the row of losses: three of the size that it found are a black hole, and no less";
    expect(found[0], anew).toEqual({ returned: 1290 });
    const hasty = await deliver(mtu, { links: [silent(1400)] }, message, { ...options, budget: 1 });
    const spent = "The search has `budget` probes: what it has found by then is the size from here on";
    expect({ ...hasty[0], probes: hasty[1].probes }, spent).toEqual({ returned: base, probes: 1 });

    const over = "Nothing gets through any more, not even `base`: NO_PATH";
    const [ended] = await deliver(mtu, narrowing({ 5000: silent(68) }), message, options);
    expect(ended, over).toEqual({ threw: "NO_PATH" });
    const small = "A packet that is no larger than `base` is no matter of size: three losses, and no search";
    for (const [length, size] of [
      [100, max],
      [20_000, base],
    ] as const) {
      const piece = message.subarray(0, length);
      const [ending, path] = await deliver(mtu, { links: [silent(68)] }, piece, { mtu: size, base, budget });
      expect(ending, over).toEqual({ threw: "NO_PATH" });
      const sent = { packets: path.packets.length, probes: path.probes };
      expect(sent, small).toEqual({ packets: 3, probes: 0 });
    }
  },
);
