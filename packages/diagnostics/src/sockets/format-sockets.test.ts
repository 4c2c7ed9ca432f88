import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSs } from "../text/parse-ss.ts";
import { countStates } from "./count-states.ts";
import { formatEndpoint, formatSockets, formatTimer } from "./format-sockets.ts";
import type { TcpSocketEntry } from "./socket-entry.ts";
import { ssName, tcpStateNamed, tcpStates } from "./tcp-state.ts";

describe("formatSockets", () => {
  test("prints a header alone for no sockets", () => {
    expect(formatSockets([])).toEqual(["State Recv-Q Send-Q Local Address:Port Peer Address:Port"]);
  });

  test("puts Netid first where there is UDP, as ss does", () => {
    const text =
      "Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port\nudp UNCONN 0 0 127.0.0.1:53 0.0.0.0:*\ntcp ESTAB 0 0 [::1]:1 [::1]:2";
    expect(formatSockets(parseSs(text)).map((line) => line.replaceAll(/ +/g, " "))).toEqual(text.split("\n"));
  });

  test("prints no backlog of 0 for a listener whose source does not tell it, and parseSs reads that back", () => {
    const [listener] = parseSs("LISTEN 3 511 127.0.0.1:80 0.0.0.0:*") as [TcpSocketEntry];
    const { backlog: _, ...untold } = { ...listener, sendQ: 0 };
    const printed = formatSockets([listener, untold]).map((line) => line.replaceAll(/ +/g, " "));
    expect(printed.slice(1)).toEqual([
      "LISTEN 3 511 127.0.0.1:80 0.0.0.0:*",
      "LISTEN 3 - 127.0.0.1:80 0.0.0.0:*",
    ]);
    expect(parseSs(printed[2]!)).toEqual([untold]);
  });

  test.each([
    [{ address: "127.0.0.1", port: 80 }, "127.0.0.1:80"],
    [{ address: "::", port: 0 }, "[::]:*"],
    [{ address: "fe80::1%eth0", port: 22 }, "[fe80::1]%eth0:22"],
    [{ address: "::ffff:127.0.0.1", port: 8080 }, "[::ffff:127.0.0.1]:8080"],
  ])("prints %o as ss does", (endpoint, text) => {
    expect(formatEndpoint(endpoint)).toBe(text);
  });

  test("prints timers that parseSs reads back, to the precision that ss has", () => {
    fc.assert(
      fc.property(fc.nat(3_600_000), fc.nat(15), (milliseconds, retransmits) => {
        const text = formatTimer({ kind: "on", milliseconds, retransmits });
        const timer = parseSs(`ESTAB 0 0 127.0.0.1:1 127.0.0.1:2 ${text}`)[0]?.timer;
        const precision = milliseconds < 10_000 ? 1 : milliseconds < 600_000 ? 1000 : 60_000;
        expect(timer).toEqual({
          kind: "on",
          milliseconds: Math.floor(milliseconds / precision) * precision,
          retransmits,
        });
      }),
    );
  });
});

describe("countStates", () => {
  test("counts TCP by state, in the order of a connection's life, and no UDP", () => {
    const sockets = parseSs(
      "tcp TIME-WAIT 0 0 1.1.1.1:1 2.2.2.2:2\ntcp LISTEN 0 0 1.1.1.1:1 0.0.0.0:*\nudp ESTAB 0 0 1.1.1.1:1 2.2.2.2:2",
    );
    expect(Object.entries(countStates(sockets))).toEqual([
      ["LISTEN", 1],
      ["TIME-WAIT", 1],
    ]);
  });
});

describe("tcpStateNamed", () => {
  test("knows every state by the RFC's name and by that of ss, in any case", () => {
    for (const state of tcpStates) {
      expect(tcpStateNamed(state)).toBe(state);
      expect(tcpStateNamed(ssName(state).toLowerCase())).toBe(state);
    }
    expect(tcpStateNamed("toString")).toBeUndefined();
  });
});
