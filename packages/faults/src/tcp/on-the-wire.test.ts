import { existsSync } from "node:fs";
import { encodeFrame } from "@tcpip-workshop/core/framing";
import { readSockets } from "@tcpip-workshop/diagnostics/sockets";
import { describe, expect, test } from "vitest";
import { noDump, TcpDump } from "../testing/tcp-dump.ts";
import { ConnectionTap } from "./connection-tap.ts";
import type { Fault } from "./fault.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { ScriptedPeer } from "./scripted-peer.ts";

const noTable = existsSync("/proc/net/tcp") ? "" : " (skipped: needs /proc/net/tcp)";
const bytes = (length: number): Uint8Array => new Uint8Array(length);

describe("tcpdump sees", () => {
  test.skipIf(noDump !== "")(`an RST for a cut by RST, and no FIN${noDump}`, async () => {
    const flags = await flagsFromServer({ kind: "cut", afterBytes: 4, by: "RST", direction: "toServer" });
    expect(flags.join(" ")).toContain("R");
    expect(flags.join(" ")).not.toContain("F");
  });

  test.skipIf(noDump !== "")(`a FIN for a cut by FIN, and no RST${noDump}`, async () => {
    const flags = await flagsFromServer({ kind: "cut", afterBytes: 4, by: "FIN", direction: "toServer" });
    expect(flags.join(" ")).toContain("F");
    expect(flags.join(" ")).not.toContain("R");
  });

  test.skipIf(noDump !== "")(`an RST for the first byte of the request${noDump}`, async () => {
    const flags = await flagsFromServer({ kind: "resetOnRequest", request: 1 });
    expect(flags.join(" ")).toContain("R");
    expect(flags.join(" ")).not.toContain("F");
  });

  test.skipIf(noDump !== "")(`segments of one byte for slices of one byte${noDump}`, async () => {
    await using tap = await ConnectionTap.listen();
    await using proxy = await FaultProxy.start(tap, {
      faults: [{ kind: "slice", bytes: 1, direction: "toServer" }],
    });
    await using dump = await TcpDump.start(`dst port ${tap.port}`);
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send(bytes(20));
    await tap.until(() => tap.bytesIn === 20);
    // Linux puts small segments together when the ones before are still on their way (tcp_autocorking), on a busy machine
    await expect.poll(() => dump.lengths().filter((length) => length === 1).length, poll).toBeGreaterThan(9);
  });
});

describe("the kernel's table shows", () => {
  test.skipIf(noTable !== "")(`both ends established in a blackhole${noTable}`, async () => {
    await using tap = await ConnectionTap.listen();
    await using proxy = await FaultProxy.start(tap, { faults: [{ kind: "blackhole" }] });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send(bytes(5));
    await proxy.until(() => proxy.saw("5 bytes swallowed"));
    expect(statesBetween(peer.localPort, proxy.port)).toEqual(["ESTABLISHED", "ESTABLISHED"]);
    expect(statesBetween(tap.port, tap.connections[0]!.socket.remotePort!)).toEqual([
      "ESTABLISHED",
      "ESTABLISHED",
    ]);
  });

  test.skipIf(noTable !== "")(`the client in CLOSE-WAIT behind a half-close${noTable}`, async () => {
    await using tap = await ConnectionTap.listen();
    await using proxy = await FaultProxy.start(tap, {
      faults: [{ kind: "halfClose", direction: "toClient" }],
    });
    await using peer = await ScriptedPeer.connect(proxy.port);
    await peer.until(() => peer.ended === "FIN");
    await expect
      .poll(() => statesBetween(peer.localPort, proxy.port), poll)
      .toEqual(["CLOSE-WAIT", "FIN-WAIT-2"]);
  });

  test.skipIf(noTable !== "")(`nothing behind a cut by RST, not even TIME-WAIT${noTable}`, async () => {
    await using tap = await ConnectionTap.listen();
    await using proxy = await FaultProxy.start(tap, { faults: [{ kind: "cut", afterBytes: 5, by: "RST" }] });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send(bytes(5));
    await peer.until(() => peer.closed);
    expect(proxy.saw("cut at byte 5, RST")).toBe(true);
    await expect.poll(() => statesBetween(peer.localPort, proxy.port), poll).toEqual([]);
  });

  test.skipIf(noTable !== "")(`no end left of a reply dropped by RST${noTable}`, async () => {
    let serverSide = 0;
    await using tap = await ConnectionTap.listen((socket) => {
      serverSide = socket.remotePort ?? 0;
      socket.pipe(socket);
    });
    await using proxy = await FaultProxy.start(tap, {
      faults: [{ kind: "dropReply", reply: 1, afterwards: "RST" }],
    });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send(encodeFrame(bytes(3)));
    await tap.until(() => tap.connections[0]?.closed === true);
    expect([tap.bytesIn, tap.bytesOut, peer.receivedBytes]).toEqual([7, 7, 0]);
    await expect.poll(() => statesBetween(tap.port, serverSide), poll).toEqual([]);
  });

  test.skipIf(noTable !== "")(`bytes that wait for a peer that has stopped reading${noTable}`, async () => {
    await using tap = await ConnectionTap.listen((socket) => void socket.write(bytes(2 ** 25)));
    await using peer = await ScriptedPeer.connect(tap.port, { keep: false });
    peer.pause();
    const waiting = (): number =>
      readSockets({ protocols: ["tcp"], port: tap.port }).find(({ local }) => local.port === peer.localPort)
        ?.recvQ ?? 0;
    await expect.poll(waiting, poll).toBeGreaterThan(0);
    peer.resume();
    await peer.until(() => peer.receivedBytes === 2 ** 25, { timeout: 50_000 });
  });
});

const poll = { timeout: 30_000, interval: 20 };

/** States of both ends of the connection between two ports, sorted: a port alone may have others, in TIME-WAIT. */
function statesBetween(one: number, other: number): string[] {
  return readSockets({ protocols: ["tcp"], port: one })
    .filter(({ local, remote }) => local.port === other || remote.port === other)
    .map(({ state }) => state)
    .toSorted();
}

/** The flags of what the proxy sends to the client, `[S.]`, `[R.]` … until the connection has ended. */
async function flagsFromServer(fault: Fault): Promise<string[]> {
  await using tap = await ConnectionTap.listen();
  await using proxy = await FaultProxy.start(tap, { faults: [fault] });
  await using dump = await TcpDump.start(`src port ${proxy.port}`);
  await using peer = await ScriptedPeer.connect(proxy.port);
  peer.send(bytes(4));
  await peer.until(() => peer.ended !== undefined);
  await expect.poll(() => /Flags \[[^\]]*[FR]/.test(dump.printed), poll).toBe(true);
  return [...dump.printed.matchAll(/Flags (\[[^\]]+\])/g)].map(([, flags]) => flags!);
}
