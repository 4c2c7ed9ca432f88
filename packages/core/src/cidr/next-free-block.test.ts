import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cidrOf, formatCidr } from "./cidr.ts";
import { overlaps } from "./contains.ts";
import { nextFreeBlock } from "./next-free-block.ts";
import { split } from "./split.ts";

const next = (parent: string, taken: string[], length: number) => {
  const block = nextFreeBlock(parent, taken, length);
  return block && formatCidr(block);
};

describe("nextFreeBlock", () => {
  test.each([
    ["the beginning, where nothing is taken", [], 24, "10.0.0.0/24"],
    ["behind what is taken", ["10.0.0.0/24", "10.0.1.0/24"], 24, "10.0.2.0/24"],
    ["in a gap", ["10.0.0.0/24", "10.0.2.0/24"], 24, "10.0.1.0/24"],
    ["behind a smaller block, on its own boundary", ["10.0.0.0/28"], 24, "10.0.1.0/24"],
    ["behind a larger block", ["10.0.0.0/17"], 24, "10.0.128.0/24"],
    ["whatever the order of what is taken", ["10.0.1.0/24", "10.0.0.0/24"], 24, "10.0.2.0/24"],
    [
      "past blocks that overlap each other",
      ["10.0.0.0/23", "10.0.0.0/24", "10.0.1.128/25"],
      24,
      "10.0.2.0/24",
    ],
    ["not minding what is elsewhere", ["9.0.0.0/8", "::/0"], 16, "10.0.0.0/16"],
  ])("finds room %s", (_, taken, length, expected) => {
    expect(next("10.0.0.0/16", taken, length)).toBe(expected);
  });

  test.each([
    ["when all is taken", ["10.0.0.0/16"]],
    ["when what holds the parent is taken", ["0.0.0.0/0"]],
    ["when every gap is too small", ["10.0.0.0/18", "10.0.64.0/32", "10.0.128.0/18", "10.0.255.255/32"]],
  ])("finds none %s", (_, taken) => {
    expect(next("10.0.0.0/16", taken, 18)).toBeUndefined();
  });

  test("reaches the end of the address space and stops there", () => {
    expect(next("255.255.255.254/31", ["255.255.255.254/32"], 32)).toBe("255.255.255.255/32");
    expect(next("255.255.255.254/31", ["255.255.255.254/31"], 32)).toBeUndefined();
    expect(next("::/0", ["::/1"], 1)).toBe("8000::/1");
  });

  test("agrees with trying every block in turn", () => {
    const parent = cidrOf(0x0a000000, 24);
    const taken = fc.array(
      fc
        .tuple(fc.nat(255), fc.integer({ min: 25, max: 32 }))
        .map(([low, length]) => cidrOf(parent.address + low, length)),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(taken, fc.integer({ min: 24, max: 32 }), (blocks, length) => {
        const tried = [...split(parent, length)].find(
          (block) => !blocks.some((other) => overlaps(block, other)),
        );
        expect(nextFreeBlock(parent, blocks, length)).toEqual(tried);
      }),
      { numRuns: 500 },
    );
  });

  test("refuses a length shorter than the parent's", () => {
    expect(() => nextFreeBlock("10.0.0.0/16", [], 15)).toThrow(
      "Expected a prefix length from 16 to 32, got 15",
    );
  });
});
