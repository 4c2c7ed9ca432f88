import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { probeOf, run, started } from "../testing/search-path.ts";
import { COMMON_MTUS } from "./common-mtus.ts";
import { PathMtuSearch, type PathMtuSearchOptions } from "./path-mtu-search.ts";

describe("PathMtuSearch", () => {
  test("confirms the base, then asks for the most, then narrows it down", () => {
    const search = new PathMtuSearch({ max: 1500 });
    expect([search.state, search.plpmtu, search.next()]).toEqual(["BASE", 1280, { probe: 1280 }]);
    expect(search.acked(1280)).toBe(true);
    expect([search.state, search.plpmtu, search.next()]).toEqual(["SEARCHING", 1280, { probe: 1500 }]);
    expect(search.acked(1500)).toBe(true);
    expect([search.state, search.plpmtu, search.next()]).toEqual(["SEARCH_COMPLETE", 1500, { done: 1500 }]);
  });

  test("asks for the same size until it knows more: one loss, or two, say nothing about it", () => {
    const search = started({ max: 1500 });
    for (let loss = 0; loss < 2; loss++) {
      expect([search.next(), search.next()]).toEqual([{ probe: 1500 }, { probe: 1500 }]);
      expect(search.lost(1500)).toBe(true);
    }
    expect(search.next()).toEqual({ probe: 1500 });
    search.lost(1500);
    expect(search.next()).not.toEqual({ probe: 1500 });
    expect(search.plpmtu).toBe(1280);
  });

  test("begins to count anew for the next size", () => {
    const search = started({ max: 1500 });
    for (let loss = 0; loss < 3; loss++) search.lost(probeOf(search));
    const size = probeOf(search);
    search.lost(size);
    search.lost(size);
    expect(probeOf(search)).toBe(size);
  });

  test("finds every MTU from 1280 to 9000 exactly behind a black hole, and never asks more than 40 times", () => {
    let most = 0;
    const wrong: number[] = [];
    for (let mtu = 1280; mtu <= 9000; mtu++) {
      const { done, probes } = run(new PathMtuSearch({ max: 9000, probeBudget: 1000 }), () => mtu);
      if (done !== mtu) wrong.push(mtu);
      most = Math.max(most, probes);
    }
    expect(wrong).toEqual([]);
    expect(most).toBeLessThanOrEqual(40);
  });

  test("finds every MTU from 68 to 1500 from a base of 576 and a least of 68", () => {
    const wrong: number[] = [];
    for (let mtu = 68; mtu <= 1500; mtu++) {
      if (run(new PathMtuSearch({ max: 1500, base: 576, min: 68 }), () => mtu).done !== mtu) wrong.push(mtu);
    }
    expect(wrong).toEqual([]);
  });

  test("proves a common MTU with fewer probes than its neighbour below", () => {
    const cost = (mtu: number) => run(new PathMtuSearch({ max: 1500 }), () => mtu).probes;
    const common = COMMON_MTUS.filter((mtu) => mtu > 1280 && mtu <= 1500);
    const total = (sizes: number[]) => sizes.reduce((sum, mtu) => sum + cost(mtu), 0);
    expect(total(common)).toBeLessThan(total(common.map((mtu) => mtu - 1)));
    expect(cost(1500)).toBe(2);
    // at last three losses of the size above it, and that is that
    const { asked } = run(new PathMtuSearch({ max: 9000 }), () => 1500);
    expect(asked.slice(-4)).toEqual([2002, 1501, 1501, 1501]);
  });

  test("comes as near as the granularity asks, from below, with fewer probes", () => {
    for (let mtu = 1280; mtu <= 9000; mtu += 7) {
      const exact = run(new PathMtuSearch({ max: 9000 }), () => mtu);
      const near = run(new PathMtuSearch({ max: 9000, granularity: 32 }), () => mtu);
      expect(mtu - near.done!).toBeGreaterThanOrEqual(0);
      expect(mtu - near.done!).toBeLessThan(32);
      expect(near.probes).toBeLessThanOrEqual(exact.probes);
    }
  });

  test("never answers above the path's MTU nor asks beyond its budget, whatever is lost", () => {
    fc.assert(
      fc.property(
        options(),
        fc.integer({ min: 60, max: 10_000 }),
        fc.array(fc.boolean()),
        (settings, mtu, losses) => {
          const search = new PathMtuSearch(settings);
          const { done, probes, asked } = run(
            search,
            () => mtu,
            (probe) => losses[probe] === true,
          );
          if (done !== undefined) expect(done).toBeLessThanOrEqual(mtu);
          expect(probes).toBeLessThanOrEqual(settings.probeBudget);
          expect(asked.every((size) => size >= settings.min && size <= settings.max)).toBe(true);
          expect(search.state).toBe(
            done === undefined ? "DISABLED" : done < settings.base ? "ERROR" : "SEARCH_COMPLETE",
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("is exact whatever the settings when only size decides, and base and budget suffice", () => {
    fc.assert(
      fc.property(options(), fc.integer({ min: 68, max: 10_000 }), (settings, path) => {
        const search = new PathMtuSearch({ ...settings, probeBudget: 10_000, granularity: 1 });
        const { done } = run(search, () => path);
        expect(done).toBe(path < settings.min ? undefined : Math.min(path, settings.max));
      }),
      { numRuns: 1000 },
    );
  });

  test("with three packets of ten lost by chance is exact if it may ask often enough", () => {
    let lost = 0;
    fc.assert(
      fc.property(fc.integer({ min: 1280, max: 9000 }), fc.integer(), (mtu, seed) => {
        const random = chance(seed);
        // 0.3 ^ 16 is 4e-9: no size that passes is taken for one that does not
        const search = new PathMtuSearch({ max: 9000, maxProbes: 16, probeBudget: 1000 });
        const { done } = run(
          search,
          () => mtu,
          () => random() < 0.3 && ++lost > 0,
        );
        expect(done).toBe(mtu);
      }),
      { numRuns: 200 },
    );
    expect(lost).toBeGreaterThan(200);
  });

  test("takes an acknowledgement that is late, and searches above it again", () => {
    const search = started({ max: 1500 });
    const { done } = run(search, () => 1400);
    expect(done).toBe(1400);
    expect(search.acked(1280)).toBe(true);
    expect(search.next()).toEqual({ done: 1400 });
    expect(search.acked(1500)).toBe(true);
    expect(search.next()).toEqual({ done: 1500 });
  });

  test("forgets what it ruled out below a size that passed after all", () => {
    const search = started({ max: 9000 });
    for (let loss = 0; loss < 3; loss++) search.lost(9000);
    const first = probeOf(search);
    for (let loss = 0; loss < 3; loss++) search.lost(first);
    search.acked(first);
    expect(search.plpmtu).toBe(first);
    expect(run(search, () => 9000).done).toBe(9000);
  });

  test("believes no acknowledgement of a size that it never asked for, and no loss of one that is not due", () => {
    const search = started({ max: 1500 });
    expect(search.acked(1450)).toBe(false);
    expect(search.lost(1450)).toBe(false);
    expect(search.lost(1500)).toBe(false); // due, and not asked for yet
    expect([search.plpmtu, search.next()]).toEqual([1280, { probe: 1500 }]);
    search.acked(1500);
    expect([search.lost(1500), search.next()]).toEqual([false, { done: 1500 }]);
  });

  test("stops at its budget with the largest size that passed", () => {
    const { done, probes } = run(new PathMtuSearch({ max: 1500, probeBudget: 5 }), () => 1476);
    expect(probes).toBe(5);
    expect(done).toBeGreaterThanOrEqual(1280);
    expect(done).toBeLessThanOrEqual(1476);
  });

  describe("on a path below the base", () => {
    test("says ERROR, tries the least, and searches below the base", () => {
      const search = new PathMtuSearch({ max: 1500, base: 1280, min: 576 });
      for (let loss = 0; loss < 3; loss++) search.lost(probeOf(search));
      expect([search.state, search.plpmtu, search.next()]).toEqual(["ERROR", 576, { probe: 576 }]);
      expect(run(search, () => 1006).done).toBe(1006);
      expect(search.state).toBe("ERROR");
    });

    test("leaves ERROR as soon as the base passes", () => {
      const search = new PathMtuSearch({ max: 1500, base: 1280, min: 576 });
      for (let loss = 0; loss < 3; loss++) search.lost(probeOf(search));
      search.acked(1280);
      expect([search.state, search.plpmtu]).toEqual(["SEARCHING", 1280]);
      expect(run(search, () => 1500).done).toBe(1500);
    });

    test("says DISABLED when nothing passes, and tries again when raised", () => {
      const search = new PathMtuSearch({ max: 1500 });
      expect(run(search, () => 0)).toMatchObject({ done: undefined, probes: 3 });
      expect(search.state).toBe("DISABLED");
      search.raise();
      expect([search.state, search.next()]).toEqual(["BASE", { probe: 1280 }]);
      expect(run(search, () => 1450).done).toBe(1450);
    });
  });
});

type Settings = Required<PathMtuSearchOptions>;

function options(): fc.Arbitrary<Settings> {
  const size = fc.integer({ min: 68, max: 9001 });
  return fc
    .record({
      sizes: fc.tuple(size, size, size),
      maxProbes: fc.integer({ min: 1, max: 4 }),
      probeBudget: fc.integer({ min: 1, max: 80 }),
      granularity: fc.integer({ min: 1, max: 40 }),
    })
    .map(({ sizes, maxProbes, probeBudget, granularity }) => {
      const [min, base, max] = sizes.toSorted((a, b) => a - b);
      return { min: min!, base: base!, max: max!, maxProbes, probeBudget, granularity };
    });
}

/** Mulberry32. */
function chance(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
