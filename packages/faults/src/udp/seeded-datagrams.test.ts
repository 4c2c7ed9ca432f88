import { describe, expect, test } from "vitest";
import { listedFaults, type DatagramFate, type DatagramPlace } from "./datagram-faults.ts";
import { seededDatagrams, type SeededDatagramsOptions } from "./seeded-datagrams.ts";

const DELAY = { share: 0.2, least: 10, most: 20 };
const MANY = 20_000;

describe("seededDatagrams", () => {
  test("decides the same for the same seed and place, in whatever order it is asked", () => {
    const options = { seed: 1, drop: 0.2, duplicate: 0.2, reorder: 0.2, corrupt: 0.2, delay: DELAY };
    const forth = fates(options, 500);
    const schedule = seededDatagrams(options);
    const back = Array.from({ length: 500 }, (_, index) => schedule.fateOf(place(500 - index)));
    expect(back.toReversed()).toEqual(forth);
  });

  test.each([
    ["drop", { drop: 0.2 }, (fate: DatagramFate) => fate.drop],
    ["duplicate", { duplicate: 0.2 }, (fate: DatagramFate) => fate.duplicate],
    ["reorder", { reorder: 0.2 }, (fate: DatagramFate) => fate.after],
    ["corrupt", { corrupt: 0.2 }, (fate: DatagramFate) => fate.corrupt],
    ["delay", { delay: DELAY }, (fate: DatagramFate) => fate.delay],
  ])("%s: hits about the share that was asked for", (_, options, hit) => {
    const hits = fates({ seed: 2, ...options }, MANY).filter((fate) => hit(fate) !== undefined);
    // a fixed seed: this either holds or never does. 0.2 ± 7 standard deviations
    expect(hits.length / MANY).toBeCloseTo(0.2, 1.7);
  });

  test("share 0 hits none and share 1 all", () => {
    expect(fates({ seed: 3, drop: 0 }, 100)).toEqual(Array.from({ length: 100 }, () => ({})));
    expect(fates({ seed: 3, drop: 1 }, 100)).toEqual(Array.from({ length: 100 }, () => ({ drop: true })));
  });

  test("seeds, directions and flows differ: a lost request says nothing about its reply", () => {
    const drops = (seed: number, other: Partial<DatagramPlace>): boolean[] => {
      const schedule = seededDatagrams({ seed, drop: 0.5 });
      return Array.from(
        { length: MANY },
        (_, i) => schedule.fateOf({ ...place(i + 1), ...other }).drop === true,
      );
    };
    const base = drops(1, {});
    for (const other of [drops(2, {}), drops(1, { direction: "toClient" }), drops(1, { flow: 2 })]) {
      expect(other.filter((drop, index) => drop === base[index]).length / MANY).toBeCloseTo(0.5, 1.7);
    }
  });

  test("one fault's share leaves the others' places as they are", () => {
    const duplicates = (options: SeededDatagramsOptions): unknown[] =>
      fates({ seed: 4, duplicate: 0.3, ...options }, 200).map((fate) => fate.duplicate);
    expect(duplicates({ reorder: 0.5, corrupt: 0.5 })).toEqual(duplicates({}));
  });

  test("delays lie between the least and the most, and one is held for the next only", () => {
    for (const fate of fates({ seed: 5, delay: { ...DELAY, share: 1 } }, 1000)) {
      expect(fate.delay).toBeGreaterThanOrEqual(10);
      expect(fate.delay).toBeLessThanOrEqual(20);
    }
    expect(fates({ seed: 5, reorder: 1 }, 3)).toEqual([{ after: 2 }, { after: 3 }, { after: 4 }]);
  });

  test("as an explicit list it does the same, and survives being printed", () => {
    const shares = { drop: 0.2, duplicate: 0.2, reorder: 0.2, corrupt: 0.2, delay: DELAY };
    const storm = seededDatagrams({ seed: 6, ...shares });
    const printed = JSON.stringify(storm.explicit(200, "toServer"));
    const list = listedFaults(JSON.parse(printed) as ReturnType<typeof storm.explicit>);
    const places = Array.from({ length: 200 }, (_, index) => place(index + 1));
    expect(places.map((at) => list.fateOf(at))).toEqual(places.map((at) => storm.fateOf(at)));
    expect(places.map((at) => list.fateOf(at).drop === true)).toContain(true);
  });

  test("a seed that was not given is fresh, and named for a replay", () => {
    const seeds = new Set(Array.from({ length: 20 }, () => seededDatagrams({ drop: 0.5 }).seed));
    expect(seeds.size).toBeGreaterThan(15);
    const schedule = seededDatagrams({ drop: 0.5, delay: DELAY });
    expect(schedule.name).toBe(`seed ${schedule.seed}, drop 0.5, delay 0.2`);
  });

  test.each([
    { seed: -1 },
    { seed: 1.5 },
    { seed: 2 ** 32 },
    { drop: -0.1 },
    { duplicate: 1.1 },
    { reorder: Number.NaN },
    { delay: { share: 2, least: 0, most: 1 } },
    { delay: { share: 0.5, least: 2, most: 1 } },
    { delay: { share: 0.5, least: 0, most: Number.POSITIVE_INFINITY } },
  ])("refuses %o", (options) => {
    expect(() => seededDatagrams(options)).toThrow(expect.objectContaining({ code: "ARGUMENT_INVALID" }));
  });
});

function place(position: number): DatagramPlace {
  return { position, direction: "toServer", flow: 1 };
}

function fates(options: SeededDatagramsOptions, count: number): DatagramFate[] {
  const schedule = seededDatagrams(options);
  return Array.from({ length: count }, (_, index) => schedule.fateOf(place(index + 1)));
}
