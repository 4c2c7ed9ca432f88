import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Deadline, deadlineIn } from "./deadline.ts";
import { decodeTimeout, encodeTimeout } from "./grpc-timeout.ts";

const GRAMMAR = /^\d{1,8}[HMSmun]$/;
const MAX = Number.MAX_SAFE_INTEGER;

describe("encodeTimeout", () => {
  test.each([
    [400, "400m"],
    [1000, "1S"],
    [90_000, "90S"],
    [60_000, "1M"],
    [7_200_000, "2H"],
    [0.5, "500u"],
    [0.000001, "1n"],
    [350.25, "350250u"],
    [99.999999, "99999999n"],
    // dividing these by 0.001 gives a little less than a whole number
    [1812.244, "1812244u"],
    [227.664, "227664u"],
  ])("says %d ms exactly, as %s", (ms, text) => {
    expect(encodeTimeout(ms)).toBe(text);
    expect(decodeTimeout(text)).toBe(ms);
  });

  test.each([
    [99.9999999, "99999999n"],
    [100.0000009, "100m"],
    [99_999.9999, "99999999u"],
    [100_000.9, "100S"],
    [99_999_999.9, "99999999m"],
    [100_000_999, "100000S"],
    [99_999_999_999, "99999999S"],
    [6_000_000_059_999, "1666666H"],
    [MAX, "99999999H"],
  ])("rounds %d ms down to 8 digits: %s", (ms, text) => {
    expect(encodeTimeout(ms)).toBe(text);
  });

  test.each([0, 0.0000009])("throws DEADLINE_EXCEEDED for %d ms: no such call is worth making", (ms) => {
    expect(() => encodeTimeout(ms)).toThrow(expect.objectContaining({ code: "DEADLINE_EXCEEDED" }));
  });

  test.each([Number.NaN, Infinity, -1, MAX + 1])("throws ARGUMENT_INVALID for %d ms", (ms) => {
    expect(() => encodeTimeout(ms)).toThrow(expect.objectContaining({ code: "ARGUMENT_INVALID" }));
  });
});

describe("decodeTimeout", () => {
  test.each([
    ["1n", 0.000001],
    ["1u", 0.001],
    ["1m", 1],
    ["1S", 1000],
    ["1M", 60_000],
    ["1H", 3_600_000],
    ["00000005S", 5000],
    ["99999999H", 99_999_999 * 3_600_000],
  ])("reads %s as %d ms", (text, ms) => {
    expect(decodeTimeout(text)).toBe(ms);
  });

  test.each([
    "",
    "5",
    "S",
    "0S",
    "00000000m",
    "123456789m",
    "-5S",
    "+5S",
    "5s",
    "5h",
    "5 S",
    " 5S",
    "5S ",
    "5S\n",
    "5.5S",
    "1e3m",
    "0x5S",
    "٥S",
    "5mS",
    "Infinity",
    "5S,5S",
  ])("throws TIMEOUT_INVALID for %j", (text) => {
    expect(() => decodeTimeout(text)).toThrow(expect.objectContaining({ code: "TIMEOUT_INVALID" }));
  });

  test.each([[undefined], [5], [["5S"]], [null]])(
    "throws TIMEOUT_INVALID for %j, which is no text",
    (value) => {
      expect(() => decodeTimeout(value as unknown as string)).toThrow(
        expect.objectContaining({ code: "TIMEOUT_INVALID" }),
      );
    },
  );

  test("tells what came, and not all of it", () => {
    expect(() => decodeTimeout("x".repeat(1e6))).toThrow(
      `Expected 1 to 8 digits, not all 0, and a unit of H, M, S, m, u, n, got "${"x".repeat(40)}"`,
    );
  });
});

describe("a time-out on its way", () => {
  const sent = fc.oneof(
    fc.double({ min: 1e-6, max: MAX, noNaN: true }),
    fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
    fc.nat(1_000_000).map((n) => (n + 1) / 1000),
  );

  test("never gets longer, nor more than a part in 100,000 and a nanosecond shorter", () => {
    fc.assert(
      fc.property(sent, (ms) => {
        const text = encodeTimeout(ms);
        expect(text).toMatch(GRAMMAR);
        const received = decodeTimeout(text);
        expect(received).toBeGreaterThan(0);
        expect(received).toBeLessThanOrEqual(ms);
        const least = Math.min(ms, 99_999_999 * 3_600_000) * (1 - 1 / 100_000) - 1e-6;
        expect(received).toBeGreaterThanOrEqual(least);
      }),
      { numRuns: 2000 },
    );
  });

  test("is the same at the next hop, however often it is passed on", () => {
    fc.assert(
      fc.property(sent, (ms) => {
        const text = encodeTimeout(ms);
        expect(encodeTimeout(decodeTimeout(text))).toBe(text);
      }),
    );
  });

  test("gives the peer, on a clock of its own, no longer than the sender has", () => {
    const clock = fc.double({ min: -1e13, max: 1e13, noNaN: true });
    fc.assert(
      fc.property(clock, clock, fc.double({ min: 1, max: 1e9, noNaN: true }), (ours, theirs, ms) => {
        const deadline = new Deadline(ours + ms);
        const remaining = deadline.remaining(ours);
        fc.pre(remaining >= 1e-6);
        const peer = deadlineIn(decodeTimeout(encodeTimeout(remaining)), theirs);
        expect(peer.remaining(theirs)).toBeLessThanOrEqual(remaining);
      }),
      { numRuns: 1000 },
    );
  });
});
