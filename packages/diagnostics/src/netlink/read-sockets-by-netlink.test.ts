import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSockets } from "../sockets/read-sockets.ts";
import type { SocketEntry } from "../sockets/socket-entry.ts";
import { outcome, valueOrSourceInvalid } from "../testing/outcome.ts";
import { fill, pair, stateOf } from "../testing/stage.ts";
import { hasIpv6, hasProc } from "../testing/tools.ts";
import { messageLength, parseDiagMessage } from "./diag-message.ts";
import { readSocketsByNetlink } from "./read-sockets-by-netlink.ts";

const works = hasProc && outcome(() => readSocketsByNetlink({ port: 1 })) === "a value";

describe.skipIf(!works)("readSocketsByNetlink (needs node:ffi and sock_diag)", () => {
  test("gives the rows that /proc gives, and the backlog of listeners", async () => {
    await using staged = await pair();
    staged.client.end();
    await stateOf(staged.port, "client", "FIN-WAIT-2");
    const ours = readSocketsByNetlink({ port: staged.port });
    expect(ours.map(comparable).toSorted(byEnds)).toEqual(
      readSockets({ port: staged.port }).map(comparable).toSorted(byEnds),
    );
    expect(ours.find(({ state }) => state === "LISTEN")).toMatchObject({ backlog: 511, sendQ: 511 });
  });

  test("gives queues and timers", async () => {
    await using staged = await pair();
    await fill(staged.client, staged.port, "client");
    const sender = readSocketsByNetlink({ protocols: ["tcp"], port: staged.port }).find(
      ({ sendQ, state }) => state !== "LISTEN" && sendQ > 0,
    );
    expect(sender?.timer?.kind).toBe("persist");
  });

  test.skipIf(!hasIpv6)("gives IPv6 and IPv4-mapped addresses (needs ::1)", async () => {
    await using staged = await pair("::", "127.0.0.1");
    expect(readSocketsByNetlink({ port: staged.port }).map(comparable).toSorted(byEnds)).toEqual(
      readSockets({ port: staged.port }).map(comparable).toSorted(byEnds),
    );
  });
});

describe("parseDiagMessage", () => {
  test("answers any bytes with a socket or SOURCE_INVALID", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 120 }),
        fc.constantFrom(4 as const, 6 as const),
        (array, family) => {
          const bytes = Buffer.from(array);
          const parse = () =>
            parseDiagMessage(
              bytes,
              0,
              messageLength(bytes, 0),
              { protocol: "tcp", family },
              undefined,
              new Map(),
            );
          expect(valueOrSourceInvalid).toContain(outcome(parse));
          if (bytes.length >= 4) bytes.writeUInt32LE(bytes.length, 0);
          expect(valueOrSourceInvalid).toContain(outcome(parse));
        },
      ),
    );
  });
});

function comparable({
  protocol,
  family,
  state,
  local,
  remote,
  recvQ,
  sendQ,
  inode,
  uid,
  timer,
}: SocketEntry) {
  const known = state === "LISTEN" ? "?" : sendQ;
  return { protocol, family, state, local, remote, recvQ, sendQ: known, inode, uid, timer: timer?.kind };
}

function byEnds(one: object, other: object): number {
  return JSON.stringify(one).localeCompare(JSON.stringify(other));
}
