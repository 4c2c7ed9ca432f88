import { createSocket } from "node:dgram";
import { once } from "node:events";
import { expectNoOpenResources } from "@tcpip-workshop/faults";
import { LossyRelay } from "@tcpip-workshop/faults/udp";
import { afterAll, describe, expect, test } from "vitest";
import type { UdpEchoClientOptions } from "./client-options.ts";
import { encodeMessage } from "./message.ts";
import { errorOf } from "./testing/error-of.ts";
import { eventually } from "./testing/eventually.ts";
import { freePort } from "./testing/free-port.ts";
import { UdpEchoClient } from "./udp-echo-client.ts";
import { startUdpEchoServer } from "./udp-echo-server.ts";

afterAll(expectNoOpenResources);

const payload = Uint8Array.of(1, 2, 3);
/** Soon enough for a test, and nothing is measured by it. */
const soon = { backoff: { least: 1, first: 5, most: 20 }, totalTimeout: 30_000, attempts: 1000 };
const connect = (options: UdpEchoClientOptions) =>
  UdpEchoClient.connect({ mode: "request", ...soon, ...options });

describe("UdpEchoClient", () => {
  test("asks a request server, many at a time", async () => {
    await using server = await startUdpEchoServer({
      mode: "request",
      handler: (p) => p.map((byte) => byte + 1),
    });
    await using client = await connect({ port: server.address.port });
    const asked = Array.from({ length: 200 }, (_, n) => client.request(Uint8Array.of(n)));
    expect((await Promise.all(asked)).map(([byte]) => byte)).toEqual(
      Array.from({ length: 200 }, (_, n) => n + 1),
    );
    expect(server.stats.executed).toBe(200);
  });

  test("begins with an id from chance: a client on its predecessor's port is not given that one's replies", async () => {
    const ids: bigint[] = [];
    const handler = (payload: Uint8Array, { id }: { id: bigint }) => (ids.push(id), payload);
    await using server = await startUdpEchoServer({ mode: "request", handler });
    for (let count = 0; count < 3; count++) {
      await using client = await connect({ port: server.address.port });
      await client.request(payload);
    }
    // 64 bits each: two that are within a million of each other are no chance
    const [a = 0n, b = 0n, c = 0n] = ids;
    for (const distance of [a - b, b - c, c - a]) expect(distance * distance > 10n ** 12n).toBe(true);
  });

  test("asks an echo server, whose answer is the request", async () => {
    await using server = await startUdpEchoServer();
    await using client = await connect({ port: server.address.port, mode: "echo" });
    expect(await client.request(payload)).toEqual(payload);
    expect(client.localAddress.port).toBeGreaterThan(0);
    expect(client.remoteAddress.port).toBe(server.address.port);
  });

  test("sends the longest datagram of IPv4, 65,507 bytes, and says DATAGRAM_TOO_LARGE of one more", async () => {
    await using server = await startUdpEchoServer({ mode: "request" });
    await using client = await connect({ port: server.address.port });
    expect(await client.request(new Uint8Array(65_507 - 12))).toHaveLength(65_495);
    expect(await errorOf(client.request(new Uint8Array(65_508 - 12)))).toMatchObject({
      code: "DATAGRAM_TOO_LARGE",
      message: "Expected a datagram that the socket can send, got one of 65508 bytes",
      cause: { code: "EMSGSIZE" },
    });
    expect(client.stats).toMatchObject({ lost: 1, sendErrors: 1 });
  });

  test("says at once that nobody listens there", async () => {
    await using client = await connect({ port: await freePort() });
    const error = await errorOf(client.request(payload));
    expect(error).toMatchObject({ code: "CONNECTION_REFUSED", cause: { code: "ECONNREFUSED" } });
    expect(client.stats).toMatchObject({ refused: 1, sent: 1, lost: 1 });
  });

  test("outlasts a restart of the server when it is told to retry", async () => {
    const port = await freePort();
    await using client = await connect({ port, whenRefused: "retry" });
    const answer = client.request(payload);
    await eventually(() => client.stats.refused > 0, true);
    await using server = await startUdpEchoServer({ mode: "request", port });
    expect(await answer).toEqual(payload);
    expect(server.stats.executed).toBe(1);
  });

  test("hears its server alone: a reply with the right id from another port is refused by the kernel", async () => {
    const { promise: hold, resolve: release } = Promise.withResolvers<void>();
    const ids = Promise.withResolvers<bigint>();
    await using server = await startUdpEchoServer({
      mode: "request",
      handler: async (payload, { id }) => {
        ids.resolve(id);
        await hold;
        return payload;
      },
    });
    await using client = await connect({ port: server.address.port, attempts: 1 });
    const answer = client.request(payload);
    const forged = encodeMessage({ kind: "reply", id: await ids.promise, payload: Uint8Array.of(66) });
    const impostor = createSocket("udp4");
    const { address, port } = client.localAddress;
    impostor.connect(port, address);
    await once(impostor, "connect");
    // The proof that it got there and was turned away: ICMP port unreachable, though the port is in use
    const refused = once(impostor, "error");
    impostor.send(forged);
    expect(await errorFrom(refused)).toMatchObject({ code: "ECONNREFUSED" });
    impostor.close();
    release();
    expect(await answer).toEqual(payload);
    expect(client.stats).toMatchObject({ received: 1, unknown: 0 });
  });

  test("a signal ends one request and leaves the others", async () => {
    const { promise: hold, resolve: release } = Promise.withResolvers<void>();
    const handler = (payload: Uint8Array) => hold.then(() => payload);
    await using server = await startUdpEchoServer({ mode: "request", handler });
    await using client = await connect({ port: server.address.port, attempts: 1 });
    const controller = new AbortController();
    const aborted = errorOf(client.request(payload, { signal: controller.signal }));
    const other = client.request(payload);
    await eventually(() => server.running, 2);
    controller.abort(new Error("enough"));
    expect(await aborted).toMatchObject({ message: "enough" });
    release();
    expect(await other).toEqual(payload);
    await eventually(() => client.stats.late, 1);
  });

  test("closed, it ends what is under way and refuses what comes", async () => {
    await using server = await startUdpEchoServer({ mode: "request", handler: () => new Promise(() => {}) });
    const client = await connect({ port: server.address.port });
    const waiting = errorOf(client.request(payload));
    await client.close();
    await client.close();
    expect(await waiting).toMatchObject({ code: "CLOSED" });
    expect(await errorOf(client.request(payload))).toMatchObject({ code: "CLOSED" });
  });

  test.each([
    { port: 0 },
    { port: 65_536 },
    { port: 9, totalTimeout: 0 },
    { port: 9, attempts: 0 },
    { port: 9, maxInFlight: 0 },
    { port: 9, whenRefused: "ignore" as "fail" },
    { port: 9, mode: "raw" as "echo" },
  ])("refuses %o", async (options) => {
    expect(await errorOf(connect(options))).toMatchObject({ code: "ARGUMENT_INVALID" });
  });

  test("says CONNECTION_FAILED of a name that leads nowhere", async () => {
    expect(await errorOf(connect({ port: 9, host: "no..such" }))).toMatchObject({
      code: "CONNECTION_FAILED",
    });
  });
});

describe("through a relay that loses, doubles and reorders", () => {
  test("a lost request is sent again, with the same id, and executed once", async () => {
    await using server = await startUdpEchoServer({ mode: "request" });
    await using relay = await LossyRelay.start({ port: server.address.port }, { toServer: { drop: [1, 2] } });
    await using client = await connect({ port: relay.port });
    expect(await client.request(payload)).toEqual(payload);
    expect(relay.counts.toServer.dropped).toBe(2);
    expect(client.stats.retries).toBeGreaterThanOrEqual(2);
    expect(server.stats.executed).toBe(1);
  });

  test("a lost reply is sent again from memory: the handler is not run twice", async () => {
    let runs = 0;
    const handler = (payload: Uint8Array) => (runs++, payload);
    await using server = await startUdpEchoServer({ mode: "request", handler });
    await using relay = await LossyRelay.start({ port: server.address.port }, { toClient: { drop: [1, 2] } });
    await using client = await connect({ port: relay.port });
    expect(await client.request(payload)).toEqual(payload);
    expect(relay.counts.toClient.dropped).toBe(2);
    expect(server.stats.duplicates).toBeGreaterThanOrEqual(2);
    expect(runs).toBe(1);
  });

  test("a reply that comes twice is given out once, and counted", async () => {
    await using server = await startUdpEchoServer({ mode: "request" });
    await using relay = await LossyRelay.start(
      { port: server.address.port },
      { toClient: { duplicate: [1] } },
    );
    await using client = await connect({ port: relay.port, attempts: 1 });
    expect(await client.request(payload)).toEqual(payload);
    await eventually(() => client.stats.duplicates, 1);
    expect(relay.counts.toClient.duplicated).toBe(1);
    expect(client.stats).toMatchObject({ answered: 1, received: 2 });
  });

  test("replies in another order find their requests", async () => {
    await using server = await startUdpEchoServer({ mode: "request" });
    await using relay = await LossyRelay.start(
      { port: server.address.port },
      { toClient: { reorder: [[1, 2]] } },
    );
    await using client = await connect({ port: relay.port, attempts: 1 });
    const asked = [1, 2].map((byte) => client.request(Uint8Array.of(byte)));
    expect(await Promise.all(asked)).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
    expect(relay.counts.toClient.reordered).toBe(1);
  });

  test("a request that nothing comes back from ends with NO_REPLY, and its late reply is counted", async () => {
    const { promise: hold, resolve: release } = Promise.withResolvers<void>();
    const handler = (payload: Uint8Array) => hold.then(() => payload);
    await using server = await startUdpEchoServer({ mode: "request", handler });
    await using client = await connect({ port: server.address.port, attempts: 2 });
    const error = await errorOf(client.request(payload, { totalTimeout: 100 }));
    expect(error).toMatchObject({ code: "NO_REPLY" });
    await eventually(() => server.running, 1);
    release();
    await eventually(() => client.stats.late, 1);
  });
});

/** `once` of an "error" event rejects with it. */
async function errorFrom(event: Promise<unknown[]>): Promise<unknown> {
  try {
    return (await event)[0];
  } catch (error) {
    return error;
  }
}
