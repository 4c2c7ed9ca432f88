import { describe, expect, test } from "vitest";
import { ConnectionTap } from "./connection-tap.ts";
import type { FaultPlan } from "./fault.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { ScriptedPeer } from "./scripted-peer.ts";
import { seededFaults, type SeededFaultsOptions } from "./seeded-faults.ts";

const everything: SeededFaultsOptions = {
  slice: 0.3,
  latency: 0.3,
  blackhole: 0.1,
  cut: 0.5,
  resetOnRequest: 0.2,
  dropReply: 0.2,
  delayReply: 0.2,
};

describe("seededFaults", () => {
  test("plans the same storm for the same seed, and another for another", () => {
    const plan = seededFaults(42, everything).explicit(50);
    expect(seededFaults(42, everything).explicit(50)).toEqual(plan);
    expect(seededFaults(43, everything).explicit(50)).not.toEqual(plan);
    expect(new Set(plan.map(({ kind }) => kind)).size).toBe(7);
  });

  test("decides for each connection by itself, whoever asked before", () => {
    const storm = seededFaults(42, everything);
    const late = storm(50);
    for (let connection = 1; connection < 50; connection++) storm(connection);
    expect(storm(50)).toEqual(late);
  });

  test("leaves the other faults where they were when one share changes", () => {
    const cuts = (options: SeededFaultsOptions) =>
      seededFaults(42, options)
        .explicit(50)
        .filter(({ kind }) => kind === "cut");
    expect(cuts({ ...everything, slice: 0, latency: 1 })).toEqual(cuts(everything));
  });

  test("hits about the share that it is told to", () => {
    const { length } = seededFaults(1, { cut: 0.3 }).explicit(1000);
    expect(length).toBeGreaterThan(200);
    expect(length).toBeLessThan(400);
  });

  test("stays in its ranges", () => {
    const plan = seededFaults(7, { cut: 1, dropReply: 1, afterBytes: [5, 6], message: [2, 2] }).explicit(40);
    expect(plan).toHaveLength(80);
    for (const fault of plan) {
      if (fault.kind === "cut") expect([5, 6]).toContain(fault.afterBytes);
      if (fault.kind === "dropReply") expect(fault.reply).toBe(2);
    }
  });

  test("does in a proxy what its explicit plan does", async () => {
    const storm = seededFaults(9, { cut: 0.6, afterBytes: [1, 20] });
    await using tap = await ConnectionTap.listen((socket) => void socket.pipe(socket));
    const run = async (faults: FaultPlan) => {
      await using proxy = await FaultProxy.start(tap, { faults });
      const ends = [];
      for (let connection = 1; connection <= 8; connection++) {
        await using peer = await ScriptedPeer.connect(proxy.port);
        peer.send(new Uint8Array(30));
        await peer.until(() => peer.receivedBytes === 30 || peer.ended !== undefined);
        ends.push(peer.ended);
      }
      return ends;
    };
    const ends = await run(storm);
    expect(await run(JSON.parse(JSON.stringify(storm.explicit(8))))).toEqual(ends);
    const cut = new Set(storm.explicit(8).map(({ connection }) => connection));
    expect(ends.map((end) => end !== undefined)).toEqual(ends.map((_, index) => cut.has(index + 1)));
  });

  test.each([
    [-1, {}],
    [1.5, {}],
    [1, { cut: 2 }],
    [1, { cut: Number.NaN }],
  ])("does not take %d, %j", (seed, options) => {
    expect(() => seededFaults(seed, options)).toThrow(expect.objectContaining({ code: "ARGUMENT_INVALID" }));
  });

  test("does not take a range without numbers in it", () => {
    const storm = seededFaults(1, { cut: 1, afterBytes: [9, 3] });
    expect(() => storm(1)).toThrow(expect.objectContaining({ code: "ARGUMENT_INVALID" }));
  });
});
