import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { outcome, valueOrSourceInvalid } from "../testing/outcome.ts";
import { parseProcRow, type ProcTable, type RowFilter } from "./proc-row.ts";

/** Rows as a little-endian kernel prints them, which is what every machine of ours is. */
const listen =
  "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000002 00:00000000 00000000  1000        0 41060 1 00000000a09b6cc2 100 0 0 10 0  ";
const wide =
  "123456: 0100007F:1F90 0200007F:C350 01 0000BEEF:00000012 04:00000A0B 00000000 12345        7 4294967296 2 00000000a09b6cc2 20 4 30 10 -1";
const mapped =
  "  12: 0000000000000000FFFF00000A0200C0:01BB 0000000000000000FFFF0000076433C6:CAFE 08 00000000:00000001 02:00001770 00000000     0        3 99 1 0000000000000000 20 4 1 10 -1";
const zeros =
  "   1: B80D0120000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7 1 0";
const udp =
  "  644: 0100007F:0035 00000000:0000 07 00000000:00000300 00:00000000 00000000   101        0 1777 2 00000000deadbeef 42         ";

function parse(row: string, table: ProcTable = { protocol: "tcp", family: 4 }, filter: RowFilter = {}) {
  const bytes = Buffer.from(row, "latin1");
  return parseProcRow(bytes, 0, bytes.length, table, filter, new Map());
}

describe("parseProcRow", () => {
  test("reads a listener: the queue of accept, in hexadecimal as all before the uid", () => {
    expect(parse(listen)).toEqual({
      protocol: "tcp",
      family: 4,
      state: "LISTEN",
      local: { address: "127.0.0.1", port: 8080 },
      remote: { address: "0.0.0.0", port: 0 },
      recvQ: 2,
      sendQ: 0,
      inode: 41_060,
      uid: 1000,
    });
  });

  test("reads a row number, uid and inode wider than their columns, and the probes of a closed window", () => {
    expect(parse(wide)).toMatchObject({
      state: "ESTABLISHED",
      remote: { address: "127.0.0.2", port: 50_000 },
      recvQ: 0x12,
      sendQ: 0xbeef,
      timer: { kind: "persist", milliseconds: 0xa0b * 10, retransmits: 7 },
      inode: 2 ** 32,
      uid: 12_345,
    });
  });

  test("spells IPv6 as RFC 5952 does, IPv4-mapped with dots", () => {
    const table = { protocol: "tcp", family: 6 } as const;
    expect(parse(mapped, table)).toMatchObject({
      state: "CLOSE-WAIT",
      local: { address: "::ffff:192.0.2.10", port: 443 },
      remote: { address: "::ffff:198.51.100.7", port: 51_966 },
      timer: { kind: "keepalive", milliseconds: 60_000, retransmits: 3 },
    });
    expect(parse(zeros, table)).toMatchObject({
      local: { address: "2001:db8::1", port: 80 },
      remote: { address: "::" },
    });
  });

  test("reads UDP, with the datagrams it threw away", () => {
    expect(parse(udp, { protocol: "udp", family: 4 })).toMatchObject({
      state: "UNCONN",
      recvQ: 768,
      drops: 42,
    });
  });

  test("leaves rows of other ports and inodes", () => {
    const table = { protocol: "tcp", family: 4 } as const;
    expect(parse(wide, table, { port: 8080 })).toBeDefined();
    expect(parse(wide, table, { port: 50_000 })).toBeDefined();
    expect(parse(wide, table, { port: 80 })).toBeUndefined();
    expect(parse(listen, table, { inodes: new Set([41_060]) })).toBeDefined();
    expect(parse(listen, table, { inodes: new Set([1]) })).toBeUndefined();
  });

  test.each([
    ["an empty row", ""],
    ["words", "hello, world"],
    ["a row cut short", listen.slice(0, 60)],
    ["a digit that is none", listen.replace("1F90", "1G90")],
    ["a state of no kernel's", listen.replace(" 0A ", " FF ")],
    ["a row of the other family", mapped],
  ])("refuses %s with SOURCE_INVALID", (_, row) => {
    expect(() => parse(row)).toThrow(expect.objectContaining({ code: "SOURCE_INVALID" }));
  });

  test("answers any damage to a row with a socket or SOURCE_INVALID", () => {
    const damage = fc.record({
      row: fc.constantFrom(listen, wide, mapped, zeros, udp),
      at: fc.nat(180),
      length: fc.nat(8),
      by: fc.string({ maxLength: 8 }),
      protocol: fc.constantFrom("tcp", "udp"),
      family: fc.constantFrom(4, 6),
    });
    fc.assert(
      fc.property(damage, ({ row, at, length, by, protocol, family }) => {
        const text = row.slice(0, at) + by + row.slice(at + length);
        expect(valueOrSourceInvalid).toContain(outcome(() => parse(text, { protocol, family })));
      }),
    );
  });
});
