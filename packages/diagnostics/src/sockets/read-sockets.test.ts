import { NetError } from "@tcpip-workshop/core";
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { fill, frozenListener, pair, stateOf } from "../testing/stage.ts";
import { hasIpv6, hasProc } from "../testing/tools.ts";
import { until } from "../testing/until.ts";
import { addOwners } from "./owners.ts";
import { readSockets, socketsOf } from "./read-sockets.ts";

describe.skipIf(!hasProc)("readSockets (needs /proc/net/tcp)", () => {
  test("shows a listener and both ends of a connection", async () => {
    await using staged = await pair();
    const { port } = staged;
    const client = staged.client.localPort;
    const rows = readSockets({ port }).map(({ state, local, remote, family }) => [
      state,
      local,
      remote,
      family,
    ]);
    const here = { address: "127.0.0.1", port };
    const there = { address: "127.0.0.1", port: client };
    expect(rows).toHaveLength(3);
    expect(rows).toContainEqual(["LISTEN", here, { address: "0.0.0.0", port: 0 }, 4]);
    expect(rows).toContainEqual(["ESTABLISHED", here, there, 4]);
    expect(rows).toContainEqual(["ESTABLISHED", there, here, 4]);
  });

  test("shows CLOSE-WAIT where the peer has closed and we have not, FIN-WAIT-2 at the other end, TIME-WAIT after", async () => {
    await using staged = await pair();
    staged.client.end();
    expect((await stateOf(staged.port, "server", "CLOSE-WAIT")).inode).toBeGreaterThan(0);
    await stateOf(staged.port, "client", "FIN-WAIT-2");
    staged.client.resume();
    staged.accepted.end();
    const gone = await stateOf(staged.port, "client", "TIME-WAIT");
    expect(gone.inode, "TIME-WAIT belongs to no process").toBe(0);
    expect(gone.timer?.kind).toBe("timewait");
    expect(gone.timer?.milliseconds).toBeLessThanOrEqual(60_000);
  });

  test("shows unread bytes as Recv-Q, unacknowledged as Send-Q, and the zero-window timer", async () => {
    await using staged = await pair();
    const sending = await fill(staged.client, staged.port, "client");
    expect(sending.timer?.kind).toBe("persist");
    expect(sending.sendQ).toBeGreaterThan(0);
    expect((await stateOf(staged.port, "server", "ESTABLISHED")).recvQ).toBeGreaterThan(0);
  });

  test("shows FIN-WAIT-1 while our FIN waits behind unread data, and CLOSING when the peer's comes meanwhile", async () => {
    await using staged = await pair();
    await fill(staged.client, staged.port, "client");
    staged.client.destroy();
    expect((await stateOf(staged.port, "client", "FIN-WAIT-1")).sendQ).toBeGreaterThan(0);
    staged.accepted.end();
    await stateOf(staged.port, "client", "CLOSING");
  });

  test("shows LAST-ACK where we closed second and the peer does not read", async () => {
    await using staged = await pair();
    staged.client.pause();
    await fill(staged.accepted, staged.port, "server");
    staged.client.end();
    await stateOf(staged.port, "server", "CLOSE-WAIT");
    staged.accepted.destroy();
    expect((await stateOf(staged.port, "server", "LAST-ACK")).sendQ).toBeGreaterThan(0);
  });

  test("shows SYN-SENT, with its retransmission timer, towards a listener whose accept queue is full", async () => {
    await using frozen = await frozenListener(1);
    const dialled: Socket[] = [];
    try {
      for (let one = 0; one < 3; one++) dialled.push(connect(frozen.port, "127.0.0.1").on("error", () => {}));
      const syn = await stateOf(frozen.port, "client", "SYN-SENT");
      expect(syn.timer?.kind).toBe("on");
      expect(syn.sendQ).toBe(1);
      const listener = await stateOf(frozen.port, "server", "LISTEN");
      expect(listener, "backlog + 1 wait, and /proc does not tell the backlog").toMatchObject({
        recvQ: 2,
        sendQ: 0,
      });
      expect(listener).not.toHaveProperty("backlog");
    } finally {
      for (const socket of dialled) socket.destroy();
    }
  });

  test("counts the retransmissions of a SYN that nobody answers", async () => {
    await using frozen = await frozenListener(1);
    const dialled = Array.from({ length: 3 }, () => connect(frozen.port, "127.0.0.1").on("error", () => {}));
    try {
      const look = () => readSockets({ port: frozen.port }).filter(({ state }) => state === "SYN-SENT");
      const again = await until(
        () => look().find(({ timer }) => timer !== undefined && timer.retransmits > 0),
        look,
      );
      expect(again.timer?.milliseconds).toBeGreaterThan(0);
    } finally {
      for (const socket of dialled) socket.destroy();
    }
  });

  test("shows the keepalive timer of an idle connection that has it on", async () => {
    await using staged = await pair();
    staged.client.setKeepAlive(true, 600_000);
    const look = () => readSockets({ port: staged.port });
    const row = await until(() => look().find(({ timer }) => timer?.kind === "keepalive"), look);
    expect(row.timer?.milliseconds).toBeGreaterThan(300_000);
    expect(row.timer?.milliseconds).toBeLessThanOrEqual(600_000);
  });

  test.skipIf(!hasIpv6)("shows IPv6 (needs ::1)", async () => {
    await using staged = await pair("::1");
    const row = await stateOf(staged.port, "client", "ESTABLISHED");
    expect(row).toMatchObject({
      family: 6,
      local: { address: "::1" },
      remote: { address: "::1", port: staged.port },
    });
  });

  test.skipIf(!hasIpv6)(
    "shows an IPv4 client of a listener for both families as IPv4-mapped (needs ::1)",
    async () => {
      await using staged = await pair("::", "127.0.0.1");
      expect(await stateOf(staged.port, "server", "LISTEN")).toMatchObject({
        family: 6,
        local: { address: "::" },
      });
      expect(await stateOf(staged.port, "server", "ESTABLISHED")).toMatchObject({
        family: 6,
        local: { address: "::ffff:127.0.0.1" },
      });
      expect(await stateOf(staged.port, "client", "ESTABLISHED")).toMatchObject({ family: 4 });
    },
  );

  test("shows UDP sockets, which have no state but whether connect was called", async () => {
    const [open, connected] = [createSocket("udp4"), createSocket("udp4")];
    try {
      open.bind(0, "127.0.0.1");
      await once(open, "listening");
      const { port } = open.address();
      connected.connect(port, "127.0.0.1");
      await once(connected, "connect");
      const rows = readSockets({ protocols: ["udp"], port });
      expect(rows.map(({ state }) => state).toSorted((one, other) => one.localeCompare(other))).toEqual([
        "ESTAB",
        "UNCONN",
      ]);
      expect(rows.find(({ state }) => state === "UNCONN")).toMatchObject({
        drops: 0,
        local: { address: "127.0.0.1", port },
      });
      // Somebody else may have the same port in TCP.
      expect(readSockets({ protocols: ["tcp"], port }).map(({ protocol }) => protocol)).not.toContain("udp");
    } finally {
      open.close();
      connected.close();
    }
  });

  test("gives a process its own sockets only, and no TIME-WAIT", async () => {
    await using frozen = await frozenListener(3);
    const client = connect(frozen.port, "127.0.0.1");
    await once(client, "connect");
    expect(socketsOf(frozen.pid).map(({ state, pids }) => [state, pids])).toEqual([["LISTEN", [frozen.pid]]]);
    expect(socketsOf(process.pid).some(({ local }) => local.port === client.localPort)).toBe(true);
    const all = readSockets({ port: frozen.port });
    addOwners(all);
    expect(all.find(({ state }) => state === "LISTEN")?.pids).toEqual([frozen.pid]);
    expect(all.find(({ local }) => local.port === client.localPort)?.pids).toEqual([process.pid]);
    expect(
      all.find(({ local, state }) => local.port === frozen.port && state === "ESTABLISHED")?.pids,
    ).toEqual([]);
    client.destroy();
  });

  test("finds no sockets for a process that is gone", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    expect(socketsOf(child.pid!)).toEqual([]);
    expect(readSockets({ namespaceOf: child.pid! })).toEqual([]);
  });

  test.each([{ port: -1 }, { port: 65_536 }, { port: 1.5 }, { pid: 0 }, { pid: Number.NaN }])(
    "refuses %o with ARGUMENT_INVALID",
    (options) => {
      expect(() => readSockets(options)).toThrow(expect.objectContaining({ code: "ARGUMENT_INVALID" }));
      expect(() => readSockets(options)).toThrow(NetError);
    },
  );
});
