import fc from "fast-check";
import { connect, createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { outcome, valueOrSourceInvalid } from "../testing/outcome.ts";
import { hasProc } from "../testing/tools.ts";
import { counterDeltas, parseCounters, readCounters } from "./counters.ts";

describe("parseCounters", () => {
  test("reads pairs of lines: names, then numbers", () => {
    const text = "Tcp: MaxConn ActiveOpens\nTcp: -1 12\nTcpExt: ListenOverflows\nTcpExt: 3\n";
    expect([...parseCounters(text)]).toEqual([
      ["Tcp.MaxConn", -1],
      ["Tcp.ActiveOpens", 12],
      ["TcpExt.ListenOverflows", 3],
    ]);
  });

  test.each(["Tcp: A B\nTcp: 1\n", "Tcp: A\nUdp: 1\n", "Tcp: A\n", "Tcp: A\nTcp: x\n", "hello"])(
    "refuses %j with SOURCE_INVALID",
    (text) => {
      expect(() => parseCounters(text)).toThrow(expect.objectContaining({ code: "SOURCE_INVALID" }));
    },
  );

  test("answers any text with counters or SOURCE_INVALID", () => {
    const word = fc.oneof(fc.string(), fc.constantFrom("Tcp:", "A", "1", "-1", "\n"));
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(valueOrSourceInvalid).toContain(outcome(() => parseCounters(words.join(" "))));
      }),
    );
  });
});

describe.skipIf(!hasProc)("readCounters (needs /proc/net/netstat)", () => {
  test("counts the connections that are made between two readings", async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const before = readCounters();
    for (let made = 0; made < 5; made++) {
      await once(connect((server.address() as AddressInfo).port, "127.0.0.1").resume(), "close");
    }
    const deltas = counterDeltas(before, readCounters());
    server.close();
    // Others may connect meanwhile: at least ours.
    expect(deltas["Tcp.ActiveOpens"]).toBeGreaterThanOrEqual(5);
    expect(deltas["Tcp.PassiveOpens"]).toBeGreaterThanOrEqual(5);
    expect(Object.values(deltas)).not.toContain(0);
  });
});
