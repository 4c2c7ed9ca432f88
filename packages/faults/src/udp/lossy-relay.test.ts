import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openResources } from "../open-resources.ts";
import { VirtualTimers } from "../timers.ts";
import type { DatagramFaults } from "./datagram-faults.ts";
import { LossyRelay } from "./lossy-relay.ts";
import { seededDatagrams } from "./seeded-datagrams.ts";

const noTable = !existsSync("/proc/net/udp");

describe("without faults", () => {
  test("passes requests and replies on, whole and in order, empty ones too", async () => {
    await using lab = await setUp();
    await lab.client.say("one", "", "three");
    await lab.client.heard(3);
    expect(lab.server.texts).toEqual(["one", "", "three"]);
    expect(lab.client.texts).toEqual(["re: one", "re: ", "re: three"]);
    expect(lab.relay.counts.toServer).toMatchObject({ received: 3, forwarded: 3, dropped: 0 });
    expect(lab.relay.counts.toClient).toMatchObject({ received: 3, forwarded: 3, dropped: 0 });
  });

  test("passes the largest datagram on: 65,507 bytes (RFC 768: 65,535 less the UDP and IP headers)", async () => {
    await using lab = await setUp({}, { reply: false });
    await lab.client.say("x".repeat(65_507));
    await lab.server.heard(1);
    expect(lab.server.texts[0]).toHaveLength(65_507);
  });

  test("shows each client to the server as a port of its own, and takes the replies back to it", async () => {
    await using lab = await setUp();
    await using other = await Peer.open(lab.relay.port);
    await lab.client.say("from one");
    await other.say("from two");
    await Promise.all([lab.client.heard(1), other.heard(1)]);
    expect(new Set(lab.server.from.map(({ port }) => port)).size).toBe(2);
    expect(lab.client.texts).toEqual(["re: from one"]);
    expect(other.texts).toEqual(["re: from two"]);
  });

  test("stands in front of an IPv6 server as well", async () => {
    await using server = await Peer.open(undefined, { host: "::1", reply: true });
    await using relay = await LossyRelay.start(
      { port: server.port, host: "::1" },
      { toServer: { drop: [1] } },
    );
    await using client = await Peer.open(relay.port, { host: "::1" });
    await client.say("lost", "kept");
    await client.heard(1);
    expect(client.texts).toEqual(["re: kept"]);
  });
});

describe("listed faults, seen from the other side", () => {
  test("the server never gets a request that was dropped", async () => {
    await using lab = await setUp({ toServer: { drop: [1, 3] } });
    await lab.client.say("1", "2", "3", "4");
    await lab.server.heard(2);
    expect(lab.server.texts).toEqual(["2", "4"]);
    expect(lab.relay.counts.toServer).toMatchObject({ received: 4, forwarded: 2, dropped: 2 });
  });

  test("the server has executed a request whose reply was dropped", async () => {
    await using lab = await setUp({ toClient: { drop: [2] } });
    await lab.client.say("1", "2", "3");
    await lab.client.heard(2);
    expect(lab.server.texts).toEqual(["1", "2", "3"]);
    expect(lab.client.texts).toEqual(["re: 1", "re: 3"]);
    expect(lab.relay.counts.toClient.dropped).toBe(1);
  });

  test("the server gets a duplicated request twice, the client a duplicated reply", async () => {
    await using lab = await setUp({ toServer: { duplicate: [1] }, toClient: { duplicate: [3] } });
    await lab.client.say("1", "2");
    await lab.client.heard(4);
    expect(lab.server.texts).toEqual(["1", "1", "2"]);
    expect(lab.client.texts).toEqual(["re: 1", "re: 1", "re: 2", "re: 2"]);
    expect(lab.relay.counts.toServer).toMatchObject({ received: 2, forwarded: 3, duplicated: 1 });
  });

  test("the server gets a datagram after the one that it was held for, and after none other", async () => {
    await using lab = await setUp({ toServer: { reorder: [[1, 2]] } }, { reply: false });
    await lab.client.say("1", "2", "3");
    await lab.server.heard(3);
    expect(lab.server.texts).toEqual(["2", "1", "3"]);
    expect(lab.relay.counts.toServer).toMatchObject({ forwarded: 3, reordered: 1 });
  });

  test("three are turned around when each is held for the next", async () => {
    const reorder = [
      [1, 2],
      [2, 3],
    ] as const;
    await using lab = await setUp({ toServer: { reorder } }, { reply: false });
    await lab.client.say("1", "2", "3");
    await lab.server.heard(3);
    expect(lab.server.texts).toEqual(["3", "2", "1"]);
  });

  test("a held datagram goes when the limit is over and none has come; that is no reordering", async () => {
    const timers = new VirtualTimers();
    await using lab = await setUp({ toServer: { reorder: [[1, 2]] } }, { timers, holdLimit: 700 });
    await lab.client.say("alone");
    await lab.relay.until(() => lab.relay.pending === 1);
    timers.advance(699);
    expect(lab.relay.pending).toBe(1);
    timers.advance(1);
    await lab.server.heard(1);
    expect(lab.relay.counts.toServer).toMatchObject({ forwarded: 1, reordered: 0 });
    expect(whats(lab.relay)).toContain("datagram 1, let go after 700 ms: datagram 2 has not passed");
  });

  test("a delayed datagram is late by the timers' milliseconds, and others go ahead of it", async () => {
    const timers = new VirtualTimers();
    await using lab = await setUp({ toServer: { delay: { 1: 50 } } }, { timers, reply: false });
    await lab.client.say("late", "in time");
    await lab.server.heard(1);
    timers.advance(49);
    expect(lab.relay.pending).toBe(1);
    timers.advance(1);
    await lab.server.heard(2);
    expect(lab.server.texts).toEqual(["in time", "late"]);
    const passed = lab.relay.records.find(({ what }) => what === "datagram 1, passed on late");
    expect(passed?.at).toBe(50);
  });

  test("a corrupted datagram has its last byte inverted, and only that", async () => {
    await using lab = await setUp({ toClient: { corrupt: [1, 2] } });
    await lab.client.say("a\x0f");
    await lab.client.heard(1);
    expect([...lab.client.got[0]!]).toEqual([...Buffer.from("re: a"), 0xf0]);
    expect(lab.relay.counts.toClient).toMatchObject({ forwarded: 1, corrupted: 1 });
  });

  test("the byte to corrupt can be named, from either end, modulo the length", async () => {
    await using lab = await setUp({ toServer: { corrupt: { 1: 0, 2: -2, 3: 4 } } }, { reply: false });
    await lab.client.say("\x00\x00\x00", "\x00\x00\x00", "\x00\x00\x00");
    await lab.server.heard(3);
    expect(lab.server.texts).toEqual(["\xff\x00\x00", "\x00\xff\x00", "\x00\xff\x00"]);
  });

  test("an empty datagram has no byte to corrupt, and is not counted as if", async () => {
    await using lab = await setUp({ toServer: { corrupt: [1] } });
    await lab.client.say("");
    await lab.server.heard(1);
    expect(lab.relay.counts.toServer).toMatchObject({ forwarded: 1, corrupted: 0 });
  });

  test("faults add up: one that is corrupted, sent twice, and overtaken", async () => {
    const toServer: DatagramFaults = { corrupt: [1], duplicate: [1], reorder: [[1, 2]] };
    await using lab = await setUp({ toServer }, { reply: false });
    await lab.client.say("\x00", "b");
    await lab.server.heard(3);
    expect(lab.server.texts).toEqual(["b", "\xff", "\xff"]);
  });
});

describe("positions", () => {
  test("are counted over all clients: one that takes a new port for its retry goes on counting", async () => {
    await using lab = await setUp({ toServer: { drop: [1] } });
    await lab.client.say("try 1");
    await lab.relay.until(() => lab.relay.counts.toServer.dropped === 1);
    await using retry = await Peer.open(lab.relay.port);
    await retry.say("try 2");
    await retry.heard(1);
    expect(lab.server.texts).toEqual(["try 2"]);
  });

  test("are counted by client where that is asked for", async () => {
    await using lab = await setUp({ toServer: { drop: [1] } }, { countBy: "flow" });
    await using other = await Peer.open(lab.relay.port);
    await lab.client.say("1a", "1b");
    await other.say("2a", "2b");
    await lab.server.heard(2);
    expect(lab.server.texts.toSorted()).toEqual(["1b", "2b"]);
    expect(lab.relay.counts.toServer.dropped).toBe(2);
  });
});

describe("seeded faults", () => {
  test("the server gets exactly those that the seed lets through, run after run", async () => {
    const schedule = seededDatagrams({ drop: 0.5 });
    const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
    const kept = numbers.filter(
      (position) => schedule.fateOf({ position, direction: "toServer", flow: 1 }).drop !== true,
    );
    for (let run = 0; run < 2; run++) {
      await using lab = await setUp({ toServer: seededDatagrams({ seed: schedule.seed, drop: 0.5 }) });
      await lab.client.say(...numbers.map(String));
      await lab.server.heard(kept.length);
      expect([schedule.name, ...lab.server.texts]).toEqual([schedule.name, ...kept.map(String)]);
    }
  });

  test("one schedule may serve both directions; the seed stands in the first records", async () => {
    await using lab = await setUp(seededDatagrams({ seed: 7, drop: 1 }));
    await lab.client.say("lost");
    await lab.relay.until(() => lab.relay.counts.toServer.dropped === 1);
    expect(lab.relay.timeline()[0]).toMatch(/→ server +faults: seed 7, drop 1$/);
    expect(lab.relay.timeline()[1]).toMatch(/→ client +faults: seed 7, drop 1$/);
  });
});

describe("records", () => {
  test("tell each datagram's fate, with the flow's number and the direction", async () => {
    await using lab = await setUp({ toServer: { drop: [1] } });
    await lab.client.say("lost", "kept");
    await lab.client.heard(1);
    const { port } = lab.client;
    expect(whats(lab.relay)).toEqual([
      "faults: as listed",
      "faults: none",
      `client's port ${port}, server sees port ${lab.server.from[0]!.port}`,
      "datagram 1, 4 bytes, dropped",
      "datagram 2, 4 bytes",
      "datagram 1, 8 bytes",
    ]);
    expect(lab.relay.records.at(-1)).toMatchObject({ connection: 1, direction: "toClient" });
  });

  test("a condition that never holds ends in the timeline", async () => {
    await using lab = await setUp({ toServer: { drop: [1] } });
    await lab.client.say("lost");
    await lab.relay.until(() => lab.relay.counts.toServer.dropped === 1);
    await expect(lab.relay.until(() => false, { timeout: 1 })).rejects.toMatchObject({
      code: "TOTAL_TIMEOUT",
      message: expect.stringContaining("datagram 1, 4 bytes, dropped"),
    });
  });
});

describe("a server's port that is closed", () => {
  test("shows in the records as ICMP port unreachable; the client hears nothing", async () => {
    await using lab = await setUp();
    await lab.server[Symbol.asyncDispose]();
    await lab.client.say("anyone?");
    await lab.relay.until(() => lab.relay.unreachable > 0);
    expect(whats(lab.relay)).toContain("server's port unreachable (ICMP, ECONNREFUSED)");
    expect(lab.client.texts).toEqual([]);
  });

  test("does not swallow the datagram behind it: a server that is back gets it", async () => {
    await using lab = await setUp();
    const { port } = lab.server;
    await lab.server[Symbol.asyncDispose]();
    await lab.client.say("nobody");
    await lab.relay.until(() => lab.relay.unreachable > 0);
    await using back = await Peer.open(undefined, { port });
    await lab.client.say("again");
    await back.heard(1);
    expect(back.texts).toEqual(["again"]);
  });
});

describe("limits", () => {
  test("a server that cannot be dialled at all is told in the records, and counted as refused", async () => {
    // broadcast without SO_BROADCAST: EACCES, or without a route ENETUNREACH (ip(7))
    await using relay = await LossyRelay.start({ host: "255.255.255.255", port: 9 });
    await using client = await Peer.open(relay.port);
    await client.say("first");
    await relay.until(() => relay.counts.toServer.refused === 1);
    await client.say("second");
    await relay.until(() => relay.counts.toServer.refused === 2);
    expect(whats(relay)).toContainEqual(expect.stringMatching(/^not sent: .*(EACCES|ENETUNREACH)/));
    expect(relay.counts.toServer).toMatchObject({ received: 0, forwarded: 0 });
  });

  test("datagrams of clients past the limit are refused and counted, those of known ones are not", async () => {
    await using lab = await setUp({}, { maxFlows: 1 });
    await using other = await Peer.open(lab.relay.port);
    await lab.client.say("first");
    await lab.client.heard(1);
    await other.say("second");
    await lab.relay.until(() => lab.relay.counts.toServer.refused === 1);
    await lab.client.say("third");
    await lab.client.heard(2);
    expect(lab.server.texts).toEqual(["first", "third"]);
  });

  test("what would be held past the limit of bytes is refused and counted", async () => {
    const reorder = [
      [1, 9],
      [2, 9],
    ] as const;
    await using lab = await setUp(
      { toServer: { reorder } },
      { maxHeldBytes: 5, timers: new VirtualTimers() },
    );
    await lab.client.say("four", "two", "3");
    await lab.server.heard(1);
    expect(lab.relay.counts.toServer).toMatchObject({ received: 3, refused: 1, forwarded: 1 });
    expect(lab.relay.pending).toBe(1);
  });

  test.each([
    ["no port", { port: 0 }, {}, {}],
    ["a name in place of an address", { port: 1, host: "localhost" }, {}, {}],
    ["position 0", { port: 1 }, { drop: [0] }, {}],
    ["half a position", { port: 1 }, { duplicate: [1.5] }, {}],
    ["a datagram held for an earlier one", { port: 1 }, { reorder: [[2, 1]] as [number, number][] }, {}],
    ["a fault of a datagram that is dropped", { port: 1 }, { drop: [1], corrupt: [1] }, {}],
    ["half a byte's index", { port: 1 }, { corrupt: { 1: 0.5 } }, {}],
    ["a delay below 0", { port: 1 }, { delay: { 1: -1 } }, {}],
    ["a delay that is no number", { port: 1 }, { delay: { 1: Number.NaN } }, {}],
    ["no flows", { port: 1 }, {}, { maxFlows: 0 }],
  ])("refuses %s", async (_, target, toServer, options) => {
    const start = LossyRelay.start(target, { toServer }, options);
    await expect(start).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
    expect(openResources()).toEqual([]);
  });
});

describe("disposing", () => {
  test.skipIf(noTable)(
    `the kernel's table shows a socket for each client, and none afterwards${noTable ? " (skipped: needs /proc/net/udp)" : ""}`,
    async () => {
      await using lab = await setUp();
      await using other = await Peer.open(lab.relay.port);
      await Promise.all([lab.client.say("a"), other.say("b")]);
      await lab.server.heard(2);
      expect(socketsTowards(lab.server.port)).toBe(2);
      await lab.relay[Symbol.asyncDispose]();
      expect(socketsTowards(lab.server.port)).toBe(0);
    },
  );

  test("is registered while open, frees the port, and may be done twice", async () => {
    const relay = await LossyRelay.start({ port: 9 });
    const { port } = relay;
    expect(openResources()).toEqual([
      expect.stringMatching(/LossyRelay to 127\.0\.0\.1:9, .*lossy-relay\.test/),
    ]);
    await Promise.all([relay[Symbol.asyncDispose](), relay[Symbol.asyncDispose]()]);
    expect(openResources()).toEqual([]);
    await using successor = await Peer.open(undefined, { port });
    expect(successor.port).toBe(port);
  });

  test("what is held and delayed, or waits for its flow, dies with it", async () => {
    const timers = new VirtualTimers();
    const toServer: DatagramFaults = { reorder: [[1, 2]], delay: { 3: 50 } };
    const lab = await setUp({ toServer }, { timers });
    await lab.client.say("1");
    await lab.relay.until(() => lab.relay.pending === 1);
    await using late = await Peer.open(lab.relay.port);
    await late.say("2");
    await lab[Symbol.asyncDispose]();
    expect(timers.waiting).toBe(0);
  });
});

/** Rows of /proc/net/udp (proc_net(5)) whose remote end is this port. */
function socketsTowards(port: number): number {
  const remote = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = readFileSync("/proc/net/udp", "latin1").trim().split("\n");
  return rows.filter((row) => row.trim().split(/\s+/)[2]?.endsWith(remote)).length;
}

/** A UDP socket that remembers what it got; it may answer each `x` with `re: x`. */
class Peer {
  readonly got: Buffer[] = [];
  readonly from: RemoteInfo[] = [];
  readonly #socket: Socket;
  #closed = false;
  #look = (): void => {};

  static async open(
    to: number | undefined,
    { host = "127.0.0.1", port = 0, reply = false } = {},
  ): Promise<Peer> {
    const peer = new Peer(host, reply);
    peer.#socket.bind(port, host);
    await once(peer.#socket, "listening");
    if (to !== undefined) {
      peer.#socket.connect(to, host);
      await once(peer.#socket, "connect");
    }
    return peer;
  }

  constructor(host: string, reply: boolean) {
    this.#socket = createSocket(host.includes(":") ? "udp6" : "udp4");
    this.#socket.on("message", (message, from) => {
      this.got.push(message);
      this.from.push(from);
      if (reply) this.#socket.send(`re: ${message.toString("latin1")}`, from.port, from.address);
      this.#look();
    });
  }

  get port(): number {
    return this.#socket.address().port;
  }

  get texts(): string[] {
    return this.got.map((bytes) => bytes.toString("latin1"));
  }

  async say(...texts: string[]): Promise<void> {
    for (const text of texts) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const sent = (error: Error | null): void => (error === null ? resolve() : reject(error));
      this.#socket.send(Buffer.from(text, "latin1"), sent);
      await promise;
    }
  }

  async heard(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#look = () => {
      if (this.got.length >= count) resolve();
    };
    this.#look();
    await promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
    await once(this.#socket, "close");
  }
}

async function setUp(
  faults: Parameters<typeof LossyRelay.start>[1] = {},
  { reply = true, ...options }: Parameters<typeof LossyRelay.start>[2] & { reply?: boolean } = {},
) {
  const server = await Peer.open(undefined, { reply });
  const relay = await LossyRelay.start({ port: server.port }, faults, options);
  const client = await Peer.open(relay.port);
  return {
    server,
    relay,
    client,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await client[Symbol.asyncDispose]();
      await relay[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

function whats(relay: LossyRelay): string[] {
  return relay.records.map(({ what }) => what);
}
