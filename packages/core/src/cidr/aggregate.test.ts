import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aggregate } from "./aggregate.ts";
import { cidrOf, formatCidr } from "./cidr.ts";
import { addresses } from "./range.ts";

const aggregated = (cidrs: string[]) => aggregate(cidrs).map(formatCidr);

describe("aggregate", () => {
  test("joins two halves to their whole, and wholes again", () => {
    expect(aggregated(["10.0.1.0/24", "10.0.0.0/24", "10.0.2.0/23"])).toEqual(["10.0.0.0/22"]);
    expect(aggregated(["0.0.0.0/1", "128.0.0.0/1"])).toEqual(["0.0.0.0/0"]);
    expect(aggregated(["2001:db8::/33", "2001:db8:8000::/33"])).toEqual(["2001:db8::/32"]);
  });

  test("drops what another block holds, and what comes twice", () => {
    expect(aggregated(["10.0.0.0/8", "10.1.0.0/16", "10.0.0.0/8"])).toEqual(["10.0.0.0/8"]);
  });

  test("does not join neighbours that are not halves of one block", () => {
    expect(aggregated(["10.0.1.0/24", "10.0.2.0/24"])).toEqual(["10.0.1.0/24", "10.0.2.0/24"]);
  });

  test("keeps the families apart, IPv4 first", () => {
    expect(aggregated(["::/0", "0.0.0.0/0"])).toEqual(["0.0.0.0/0", "::/0"]);
    expect(aggregated([])).toEqual([]);
  });

  test("holds the same addresses in the fewest blocks, against a set of all of them", () => {
    const blocks = fc.array(
      fc
        .tuple(fc.nat(63), fc.integer({ min: 27, max: 32 }))
        .map(([low, length]) => cidrOf(0x0a000000 + low, length)),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(blocks, (cidrs) => {
        const held = new Set(cidrs.flatMap((cidr) => [...addresses(cidr)]));
        const result = aggregate(cidrs);
        expect(result.flatMap((cidr) => [...addresses(cidr)])).toEqual([...held].toSorted((a, b) => a - b));
        // The fewest: a block is there exactly if all of it is held and its parent is not.
        for (const { address, prefixLength } of result) {
          const parent = [...addresses(cidrOf(Number(address), prefixLength - 1))];
          expect(parent.every((each) => held.has(each))).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});
