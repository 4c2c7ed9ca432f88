import { chmodSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { smallCourse } from "../../testing/small-course.ts";
import type { Judged } from "./exercise-result.ts";
import { ResultCache } from "./result-cache.ts";

const judged: Judged = {
  exercise: "04-framing",
  status: "pass",
  answerHash: "aa",
  files: [],
  imports: [],
  level: "open",
  seed: "00",
  gradedAt: "2026-11-23T00:00:00.000Z",
  duration: 1,
  tests: [],
};
const [a, b, c] = ["a", "b", "c"].map((letter) => letter.repeat(64)) as [string, string, string];
const place = "node_modules/.cache/tcpip-workshop/grades";

describe("the cache", () => {
  test("keeps what passed or failed, for its owner alone", async () => {
    using course = smallCourse();
    const cache = new ResultCache(course);
    await cache.write(a, judged);
    await cache.write(b, { ...judged, status: "fail" });
    await cache.write(c, { ...judged, status: "error" });
    expect(await new ResultCache(course).read(a)).toEqual(judged);
    expect((await cache.read(b))?.status).toBe("fail");
    expect(await cache.read(c)).toBeUndefined();
    const folder = join(course.root, place);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  test("gives no result that is kept under another key, nor half of one", async () => {
    using course = smallCourse();
    const cache = new ResultCache(course);
    course.write(`${place}/${b}.json`, JSON.stringify({ ...judged, key: a }));
    course.write(`${place}/${c}.json`, JSON.stringify({ ...judged, key: c }).slice(0, -9));
    expect(await cache.read(b)).toBeUndefined();
    expect(await cache.read(c)).toBeUndefined();
  });

  test("drops what was used longest ago when it has grown over its limit", async () => {
    using course = smallCourse();
    const folder = join(course.root, place);
    const size = Buffer.byteLength(`${JSON.stringify({ ...judged, key: a })}\n`);
    const cache = new ResultCache(course, 2 * size);
    for (const [age, key] of [a, b, c].entries()) {
      await cache.write(key, judged);
      utimesSync(join(folder, `${key}.json`), 1000 - age, 1000 - age);
    }
    // It was the oldest, and is of use.
    await cache.read(c);
    course.write(`${place}/.half.unfinished`, "");
    utimesSync(join(folder, ".half.unfinished"), 0, 0);
    cache.prune();
    expect(readdirSync(folder).toSorted()).toEqual([`${a}.json`, `${c}.json`]);
  });

  test("that others may write is closed to them; a link to elsewhere, or a file, is not used", async () => {
    using course = smallCourse();
    const folder = join(course.root, place);
    await new ResultCache(course).write(a, judged);
    chmodSync(folder, 0o777);
    expect(await new ResultCache(course).read(a)).toEqual(judged);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    rmSync(folder, { recursive: true });
    course.write(`elsewhere/${a}.json`, JSON.stringify({ ...judged, key: a }));
    symlinkSync(join(course.root, "elsewhere"), folder);
    const linked = new ResultCache(course);
    expect(await linked.read(a)).toBeUndefined();
    await linked.write(b, judged);
    linked.prune();
    expect(readdirSync(join(course.root, "elsewhere"))).toEqual([`${a}.json`]);
    rmSync(folder);
    writeFileSync(folder, "");
    const none = new ResultCache(course);
    await none.write(a, judged);
    none.prune();
    expect(await none.read(a)).toBeUndefined();
  });
});
