import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { probeOf, run, started } from "../testing/search-path.ts";
import { PathMtuSearch } from "./path-mtu-search.ts";

describe("PathMtuSearch on a path that changes", () => {
  test.each([1, 2, 5, 8, 12])(
    "finds the smaller MTU after probe %i, once told of the black hole",
    (after) => {
      const search = new PathMtuSearch({ max: 9000 });
      let probes = 0;
      const path = () => (++probes > after ? 1400 : 8950);
      run(search, path);
      expect(probes).toBeGreaterThan(after); // it did shrink in the middle
      if (search.plpmtu > 1400) search.blackHole();
      expect(search.plpmtu).toBeLessThanOrEqual(1400);
      expect(run(search, () => 1400).done).toBe(1400);
    },
  );

  test("goes back to the base at a black hole, and finds the old MTU again if it was a false alarm", () => {
    const search = started({ max: 1500 });
    run(search, () => 1492);
    search.blackHole();
    expect([search.state, search.plpmtu, search.next()]).toEqual(["BASE", 1280, { probe: 1280 }]);
    expect(search.acked(1492)).toBe(false); // of before the black hole
    expect(run(search, () => 1492).done).toBe(1492);
  });

  test("finds the larger MTU when raised, and asks three times only when there is none", () => {
    const search = started({ max: 9000 });
    run(search, () => 1450);
    search.raise();
    expect([search.state, search.plpmtu]).toEqual(["SEARCHING", 1450]);
    expect(run(search, () => 1450)).toMatchObject({ done: 1450, probes: 3 });
    search.raise();
    expect(run(search, () => 8950).done).toBe(8950);
  });

  test("has its whole budget again when raised", () => {
    const search = new PathMtuSearch({ max: 9000, probeBudget: 40 });
    run(search, () => 4000);
    search.raise();
    expect(run(search, () => 7000).done).toBe(7000);
  });
});

describe("PathMtuSearch told by a router that a packet was too big", () => {
  test("asks for that size next, and for the one above it, before it believes anything", () => {
    const search = started({ max: 9000 });
    probeOf(search);
    expect(search.packetTooBig(3333)).toBe(true);
    expect(search.plpmtu).toBe(1280);
    expect(run(search, () => 3333)).toMatchObject({ done: 3333, asked: [3333, 3334, 3334, 3334] });
  });

  test("needs three losses of the new size, whatever was lost of the old one", () => {
    const search = started({ max: 9000 });
    for (let loss = 0; loss < 2; loss++) search.lost(probeOf(search));
    search.packetTooBig(3333);
    for (let loss = 0; loss < 2; loss++) search.lost(probeOf(search));
    expect(search.next()).toEqual({ probe: 3333 });
  });

  test("is not misled when the router lied: too low, too high or at random", () => {
    for (const forged of [1281, 1400, 1491, 1493, 1499]) {
      const search = started({ max: 1500 });
      probeOf(search);
      expect(search.packetTooBig(forged)).toBe(true);
      expect(run(search, () => 1492).done).toBe(1492);
    }
  });

  test.each([0, 67, 68, 576, 1279])("ignores %i, below the base", (mtu) => {
    const search = started({ max: 1500 });
    expect(search.packetTooBig(mtu)).toBe(false);
    run(search, () => 1500);
    expect(search.packetTooBig(mtu)).toBe(false);
    expect([search.state, search.plpmtu]).toEqual(["SEARCH_COMPLETE", 1500]);
  });

  test.each([1500, 1501, 9000, 4_294_967_295])("ignores %i, not below the probe", (mtu) => {
    const search = started({ max: 1500 });
    expect(search.packetTooBig(mtu)).toBe(false);
    expect(search.next()).toEqual({ probe: 1500 });
    run(search, () => 1450);
    expect(search.packetTooBig(1450)).toBe(false);
    expect(search.packetTooBig(mtu)).toBe(false);
    expect(search.next()).toEqual({ done: 1450 });
  });

  test("ignores it before anything passed", () => {
    const search = new PathMtuSearch({ max: 1500, min: 576 });
    expect(search.packetTooBig(1279)).toBe(false);
    for (let loss = 0; loss < 3; loss++) search.lost(probeOf(search));
    expect(search.packetTooBig(1400)).toBe(false);
    expect(search.next()).toEqual({ probe: 576 });
  });

  test("goes back to the base when the path carried more before, and finds the smaller MTU at once", () => {
    const search = started({ max: 1500 });
    run(search, () => 1500);
    expect(search.packetTooBig(1420)).toBe(true);
    expect([search.state, search.plpmtu]).toEqual(["BASE", 1280]);
    const asked = [1280, 1420, 1421, 1421, 1421];
    expect(run(search, () => 1420)).toMatchObject({ done: 1420, asked });
    // that one proved right, so the next is believed too
    expect(search.packetTooBig(1400)).toBe(true);
    expect(run(search, () => 1400).done).toBe(1400);
  });

  test("is held back once by a forged one, and then no more until it is raised or told of a black hole", () => {
    const search = started({ max: 1500 });
    run(search, () => 1500);
    expect(search.packetTooBig(1300)).toBe(true);
    expect(run(search, () => 1500)).toMatchObject({ done: 1500, asked: [1280, 1300, 1301, 1500] });
    expect([1300, 1301, 1450].map((mtu) => search.packetTooBig(mtu))).toEqual([false, false, false]);
    expect(search.next()).toEqual({ done: 1500 });
    search.raise();
    expect(search.packetTooBig(1300)).toBe(true);
    expect(search.packetTooBig(1299)).toBe(false); // nothing passed since
    search.blackHole();
    search.acked(probeOf(search));
    search.acked(probeOf(search));
    expect(search.packetTooBig(1300)).toBe(true);
  });

  test("is not won back by a true word behind a forged one", () => {
    const search = started({ max: 1500 });
    run(search, () => 1492);
    search.packetTooBig(1300);
    search.acked(probeOf(search));
    expect(search.next()).toEqual({ probe: 1300 });
    search.acked(1300);
    search.acked(probeOf(search));
    probeOf(search);
    expect(search.packetTooBig(1492)).toBe(true);
    expect(run(search, () => 1492)).toMatchObject({ done: 1492, probes: 4 });
    expect(search.packetTooBig(1300)).toBe(false);
  });

  test("takes the same word once, so that a router that answers each probe does not keep it from counting", () => {
    const search = started({ max: 1500 });
    const asked: number[] = [];
    for (let step = search.next(); "probe" in step; step = search.next()) {
      asked.push(step.probe);
      if (step.probe <= 1420) search.acked(step.probe);
      else {
        search.packetTooBig(1420);
        search.lost(step.probe);
      }
    }
    expect(search.next()).toEqual({ done: 1420 });
    expect(asked).toEqual([1500, 1420, 1421, 1421, 1421]);
  });

  test("never answers above the path's MTU nor asks without end, whatever routers say in between", () => {
    const event = fc.oneof(fc.constant("answer"), fc.constant("lose"), fc.integer({ min: 0, max: 10_000 }));
    fc.assert(
      fc.property(
        fc.integer({ min: 1280, max: 9000 }),
        fc.array(event, { maxLength: 200 }),
        (mtu, events) => {
          const search = new PathMtuSearch({ max: 9000, min: 576 });
          for (const happens of events) {
            const step = search.next();
            if (typeof happens === "number") search.packetTooBig(happens);
            else if ("done" in step) search.raise();
            else if (happens === "answer" && step.probe <= mtu) search.acked(step.probe);
            else search.lost(step.probe);
            expect(search.plpmtu).toBeLessThanOrEqual(mtu);
          }
          // the budget of a search that the last of them may have begun
          expect(run(search, () => mtu).probes).toBeLessThanOrEqual(64);
          search.blackHole();
          expect(run(search, () => mtu).done).toBe(mtu);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("is not stopped by routers that never stop: each search has its budget", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1280, max: 9000 }),
        fc.infiniteStream(fc.integer({ min: 1280, max: 9000 })),
        (mtu, words) => {
          const search = new PathMtuSearch({ max: 9000 });
          let asked = 0;
          for (let step = search.next(); "probe" in step; step = search.next()) {
            asked++;
            search.packetTooBig(words.next().value as number);
            const now = search.next();
            if (!("probe" in now)) break;
            if (now.probe <= mtu) search.acked(now.probe);
            else search.lost(now.probe);
            if (asked > 1000) break;
          }
          expect(asked).toBeLessThanOrEqual(1000);
          expect(search.plpmtu).toBeLessThanOrEqual(mtu);
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each([-1, 1400.5, NaN, 2 ** 32])("refuses %d, which no ICMP message can say", (mtu) => {
    expect(() => started({ max: 1500 }).packetTooBig(mtu)).toThrow(
      expect.objectContaining({ code: "ARGUMENT_INVALID" }) as object,
    );
  });
});
