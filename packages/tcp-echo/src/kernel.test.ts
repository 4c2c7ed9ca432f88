import { existsSync } from "node:fs";
import { readSockets } from "@tcpip-workshop/diagnostics";
import { expectNoOpenResources, ScriptedPeer } from "@tcpip-workshop/faults";
import { afterAll, expect, test, vi } from "vitest";
import { connect } from "./connect.ts";
import { startEchoServer } from "./echo-server.ts";

afterAll(expectNoOpenResources);

const noTable = !existsSync("/proc/net/tcp");
const WAIT = { timeout: 30_000, interval: 5 };

test.skipIf(noTable)("leaves the kernel nothing but TIME-WAIT, however its peers ended (Linux)", async () => {
  const server = await startEchoServer({ mode: "framed", maxFrameLength: 100 });
  const { port } = server.address;
  const peers = await Promise.all(Array.from({ length: 20 }, () => ScriptedPeer.connect(port)));
  for (const [index, peer] of peers.entries()) {
    if (index % 4 === 0) peer.end();
    if (index % 4 === 1) peer.reset();
    // refused, and it never ends; the others say nothing at all
    if (index % 4 === 2) peer.send("GET / HTTP/1.1\r\n\r\n");
  }
  await vi.waitUntil(() => server.stats.accepted === 20 && server.connections === 5, WAIT);
  expect(server.stats.closed).toMatchObject({ ended: 5, reset: 5, frame: 5 });
  expect(states(port)).toContain("LISTEN");
  // those at rest get FIN, and do not answer it
  expect(await server.drain(50)).toMatchObject({ cut: 5 });
  await Promise.all(peers.map((peer) => peer[Symbol.asyncDispose]()));
  await vi.waitUntil(() => states(port).every((state) => state === "TIME-WAIT"), WAIT);
});

test.skipIf(noTable)(
  "a client owes the server no FIN: none of its sockets stays in CLOSE-WAIT (Linux)",
  async () => {
    const server = await startEchoServer();
    const { port } = server.address;
    const connections = await Promise.all(Array.from({ length: 10 }, () => connect({ port })));
    await Promise.all(connections.map((connection) => connection.echo(Uint8Array.of(1))));
    expect(states(port).filter((state) => state === "ESTABLISHED")).toHaveLength(20);
    // the server goes first; nobody calls close() on the client's side
    expect(await server.drain()).toMatchObject({ finished: 10, cut: 0 });
    await vi.waitUntil(() => states(port).every((state) => state === "TIME-WAIT"), WAIT);
  },
);

function states(port: number): string[] {
  return readSockets({ protocols: ["tcp"], port }).map(({ state }) => state);
}
