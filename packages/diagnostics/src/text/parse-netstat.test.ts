import fc from "fast-check";
import nodeNetstat from "node-netstat";
import { describe, expect, test } from "vitest";
import { macosNetstat } from "../testing/macos-netstat.ts";
import { outcome, valueOrSourceInvalid } from "../testing/outcome.ts";
import { parseNetstat } from "./parse-netstat.ts";

const linuxNetstat = `Active Internet connections (servers and established)
Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name
tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN      812/sshd
tcp        0     36 192.0.2.10:22           198.51.100.7:52345      ESTABLISHED 9001/sshd: ops
tcp        1      0 192.0.2.10:41000        198.51.100.7:443        CLOSE_WAIT  77/node
tcp        0      0 192.0.2.10:41001        198.51.100.7:443        FIN_WAIT1   -
tcp6       0      0 :::8080                 :::*                    LISTEN      77/node
tcp6       0      0 ::ffff:192.0.2.10:8080  ::ffff:198.51.100.8:999 FIN_WAIT2   -
udp        0      0 0.0.0.0:68              0.0.0.0:*                           501/dhclient
Active UNIX domain sockets (servers and established)
Proto RefCnt Flags       Type       State         I-Node   PID/Program name     Path
unix  2      [ ]         DGRAM                    12345    1/init               /run/x
`;

describe("parseNetstat", () => {
  test("reads macOS: ports behind a dot, all the states", () => {
    const sockets = parseNetstat(macosNetstat);
    expect(sockets).toHaveLength(16);
    expect(sockets.filter(({ protocol }) => protocol === "tcp").map(({ state }) => state)).toEqual([
      "ESTABLISHED",
      "CLOSE-WAIT",
      "FIN-WAIT-1",
      "FIN-WAIT-2",
      "SYN-SENT",
      "TIME-WAIT",
      "LAST-ACK",
      "LISTEN",
      "LISTEN",
      "LISTEN",
      "SYN-RECEIVED",
      "CLOSING",
      "CLOSED",
    ]);
    expect(sockets[1]).toEqual({
      protocol: "tcp",
      family: 4,
      state: "CLOSE-WAIT",
      local: { address: "192.0.2.10", port: 52_346 },
      remote: { address: "198.51.100.7", port: 443 },
      recvQ: 5,
      sendQ: 0,
      inode: 0,
      uid: 0,
    });
  });

  test("reads IPv6 on macOS: a zone, and a listener for both families", () => {
    const sockets = parseNetstat(macosNetstat);
    expect(sockets[6]).toMatchObject({ family: 6, local: { address: "fe80::1%lo0", port: 1024 } });
    expect(sockets[7]).toMatchObject({
      family: 6,
      local: { address: "::", port: 8080 },
      remote: { address: "::", port: 0 },
    });
  });

  test("tells a connected UDP socket from an open one", () => {
    const udp = parseNetstat(macosNetstat).filter(({ protocol }) => protocol === "udp");
    expect(udp.map(({ state }) => state)).toEqual(["UNCONN", "UNCONN", "ESTAB"]);
  });

  test("reads Linux: ports behind a colon, processes", () => {
    const sockets = parseNetstat(linuxNetstat);
    expect(sockets.map(({ state }) => state)).toEqual([
      "LISTEN",
      "ESTABLISHED",
      "CLOSE-WAIT",
      "FIN-WAIT-1",
      "LISTEN",
      "FIN-WAIT-2",
      "UNCONN",
    ]);
    expect(sockets[2]).toMatchObject({ pids: [77], local: { port: 41_000 } });
    expect(sockets[4]).toMatchObject({ family: 6, local: { address: "::", port: 8080 } });
    expect(sockets[5]).toMatchObject({ family: 6, local: { address: "::ffff:192.0.2.10", port: 8080 } });
  });

  test.each([
    // From macOS's text it has wrong ports for IPv6 and for `*.5353`, and falls over rows without the columns of -v.
    [
      "darwin",
      rowsOf(macosNetstat, /^\w+ +\d+ +\d+ +[\d.]{9,} +[\d.]{9,} /).map((row) => `${row} 131072 131072 77 0`),
    ],
    ["linux", rowsOf(linuxNetstat, /^(tcp|udp)/)],
  ] as const)("finds in %s's text the ports that node-netstat finds", (system, rows) => {
    const parse = nodeNetstat.parsers[system];
    const theirs: string[] = [];
    for (const row of rows)
      parse(row, ({ local, remote }) => theirs.push(`${local.port || 0} ${remote.port || 0}`));
    expect(theirs.length).toBeGreaterThan(5);
    expect(parseNetstat(rows.join("\n")).map(({ local, remote }) => `${local.port} ${remote.port}`)).toEqual(
      theirs,
    );
  });

  test("has nothing to say of empty text", () => {
    expect(parseNetstat("\n\n")).toEqual([]);
  });

  test.each([
    ["text without a table", "hello"],
    ["names for ports", "tcp4 0 0 127.0.0.1.http *.* LISTEN"],
    ["a port out of range", "tcp4 0 0 127.0.0.1.65536 *.* LISTEN"],
    ["no state", "tcp4 0 0 127.0.0.1.80 *.*"],
    ["a state of nobody's", "tcp4 0 0 127.0.0.1.80 *.* SLEEPING"],
    ["queues that are no numbers", "tcp4 a 0 127.0.0.1.80 *.* LISTEN"],
    ["a protocol of nobody's", "tcp9 0 0 127.0.0.1.80 *.* LISTEN"],
  ])("refuses %s with SOURCE_INVALID", (_, text) => {
    expect(() => parseNetstat(text)).toThrow(expect.objectContaining({ code: "SOURCE_INVALID" }));
  });

  test("answers any text with sockets or SOURCE_INVALID", () => {
    const cell = fc.oneof(
      fc.string(),
      fc.constantFrom(...macosNetstat.split(/\s+/), ...linuxNetstat.split(/\s+/)),
    );
    const text = fc.array(fc.array(cell, { maxLength: 8 }), { maxLength: 6 });
    fc.assert(
      fc.property(text, (lines) => {
        expect(valueOrSourceInvalid).toContain(
          outcome(() => parseNetstat(lines.map((line) => line.join(" ")).join("\n"))),
        );
      }),
    );
  });
});

function rowsOf(text: string, pattern: RegExp): string[] {
  return text.split("\n").filter((line) => pattern.test(line));
}
