import { describe, expect, test } from "vitest";
import { Seed } from "./seed.ts";

describe("a seed", () => {
  test("is fresh, and 32 hexadecimal digits, each of which differs", () => {
    const seeds = Array.from({ length: 400 }, () => Seed.fresh().digits);
    expect(new Set(seeds).size).toBe(400);
    for (const seed of seeds) expect(seed).toMatch(/^[\da-f]{32}$/);
    // One digit that is the same in 400 would be a chance of 16 to the -399.
    for (let at = 0; at < 32; at++) expect(new Set(seeds.map((seed) => seed[at])).size).toBeGreaterThan(1);
  });

  test.each([
    ["0123456789abcdefFEDCBA9876543210", "0123456789abcdeffedcba9876543210"],
    ["1", "00000000000000000000000000000001"],
    ["4294967295", "000000000000000000000000ffffffff"],
    ["00000000000000000000000000000010", "00000000000000000000000000000010"],
  ])("is read: %s", (typed, read) => {
    expect(Seed.parse(typed).digits).toBe(read);
    expect(Seed.parse(read).digits).toBe(read);
  });

  test.each([
    "",
    "x",
    "-1",
    "1.5",
    "1e3",
    "0x1",
    "4294967296",
    "0".repeat(31),
    "0".repeat(33),
    " 1",
    "g".repeat(32),
  ])("is refused: %j", (typed) => {
    expect(() => Seed.parse(typed)).toThrow(
      new RangeError(
        `Expected a seed of 32 hexadecimal digits, or a number from 0 to 4294967295, got "${typed}"`,
      ),
    );
  });

  test("of 32 bits is itself when it is folded, and goes round when something is added", () => {
    const old = Seed.parse("4294967290");
    expect(old.fold()).toBe(4_294_967_290);
    expect(old.plus(7).fold()).toBe(1);
    expect(Seed.parse("ffffffff00000000000000010f0f0f0f").fold()).toBe(0xf0f0_f0f1);
  });
});
