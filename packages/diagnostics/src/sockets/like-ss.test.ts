import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { fill, frozenListener, pair, stateOf } from "../testing/stage.ts";
import { hasIpv6, hasNetstat, hasProc, hasSs, ss } from "../testing/tools.ts";
import { parseNetstat } from "../text/parse-netstat.ts";
import { parseSs } from "../text/parse-ss.ts";
import { formatSockets } from "./format-sockets.ts";
import { readSockets } from "./read-sockets.ts";
import type { SocketEntry } from "./socket-entry.ts";
import { connect } from "node:net";
import { until } from "../testing/until.ts";

const states = {
  "an idle connection": async () => pair(),
  "a half-closed connection": async () => {
    const staged = await pair();
    staged.client.end();
    await stateOf(staged.port, "server", "CLOSE-WAIT");
    await stateOf(staged.port, "client", "FIN-WAIT-2");
    return staged;
  },
  "a connection in TIME-WAIT": async () => {
    const staged = await pair();
    staged.client.end().resume();
    await stateOf(staged.port, "client", "FIN-WAIT-2");
    staged.accepted.end();
    await stateOf(staged.port, "client", "TIME-WAIT");
    return staged;
  },
  "a sender whose peer does not read, closed": async () => {
    const staged = await pair();
    await fill(staged.client, staged.port, "client");
    staged.client.destroy();
    await stateOf(staged.port, "client", "FIN-WAIT-1");
    return staged;
  },
  "a full accept queue": async () => {
    const frozen = await frozenListener(1);
    const dialled = Array.from({ length: 3 }, () => connect(frozen.port, "127.0.0.1").on("error", () => {}));
    await stateOf(frozen.port, "client", "SYN-SENT");
    const look = () => readSockets({ port: frozen.port }).map(({ state }) => state);
    await until(() => look().filter((state) => state === "ESTABLISHED").length === 4, look);
    return {
      port: frozen.port,
      async [Symbol.asyncDispose]() {
        for (const socket of dialled) socket.destroy();
        await frozen[Symbol.asyncDispose]();
      },
    };
  },
};
const staged = Object.entries(states);

describe.skipIf(!hasProc || !hasSs)("readSockets beside ss (needs ss)", () => {
  test.each(staged)("shows %s as ss does, row by row", async (_, stage) => {
    await using there = await stage();
    expect(sorted(parseSs(ss("-Htanoe", there.port))).map(comparable)).toEqual(
      sorted(readSockets({ protocols: ["tcp"], port: there.port })).map(comparable),
    );
  });

  test.skipIf(!hasIpv6)("shows IPv6 and IPv4-mapped addresses as ss does (needs ::1)", async () => {
    for (const staged of [await pair("::1"), await pair("::", "127.0.0.1")]) {
      await using there = staged;
      expect(sorted(parseSs(ss("-Htanoe", there.port))).map(comparable)).toEqual(
        sorted(readSockets({ protocols: ["tcp"], port: there.port })).map(comparable),
      );
    }
  });

  test("prints the columns that ss prints", async () => {
    await using there = await pair();
    const words = (lines: string[]) =>
      lines
        .map((line) => line.trimEnd().replace(/\s+/g, " "))
        .toSorted((one, other) => one.localeCompare(other));
    const [header, ...rows] = formatSockets(readSockets({ protocols: ["tcp"], port: there.port }));
    const [, ...theirs] = ss("-tan", there.port).trimEnd().split("\n");
    expect(header).toMatch(/^State +Recv-Q Send-Q Local Address:Port +Peer Address:Port/);
    // Of a listener /proc does not tell the backlog.
    expect(words(rows.filter((row) => !row.startsWith("LISTEN")))).toEqual(
      words(theirs.filter((row) => !row.startsWith("LISTEN"))),
    );
  });

  test("reads back what it prints", async () => {
    await using there = await pair();
    const sockets = readSockets({ protocols: ["tcp"], port: there.port });
    expect(parseSs(formatSockets(sockets, { timers: true }).join("\n")).map(ends)).toEqual(sockets.map(ends));
  });
});

describe.skipIf(!hasProc || !hasNetstat)("parseNetstat beside readSockets (needs netstat)", () => {
  test("reads the same sockets from the text of this machine's netstat", async () => {
    await using there = await pair();
    const text = execFileSync("netstat", ["-tan"], { encoding: "utf8", timeout: 20_000 });
    const theirs = parseNetstat(text).filter(
      ({ local, remote }) => local.port === there.port || remote.port === there.port,
    );
    expect(sorted(theirs).map(ends)).toEqual(
      sorted(readSockets({ protocols: ["tcp"], port: there.port })).map(ends),
    );
  });
});

function sorted(sockets: SocketEntry[]): SocketEntry[] {
  return sockets.toSorted((one, other) =>
    JSON.stringify(ends(one)).localeCompare(JSON.stringify(ends(other))),
  );
}

function ends({ protocol, state, family, local, remote }: SocketEntry) {
  return { local, remote, protocol, state, family };
}

/** All but the times and counts that go on between two looks, and a listener's backlog, which only `ss` tells. */
function comparable(socket: SocketEntry) {
  const { recvQ, sendQ, inode, uid, timer, state } = socket;
  return { ...ends(socket), recvQ, sendQ: state === "LISTEN" ? "?" : sendQ, inode, uid, timer: timer?.kind };
}
