import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { smallCourse } from "../../testing/small-course.ts";
import { fileName, RunFolder, type RunConfiguration } from "./run-folder.ts";

const tests = [{ title: "splits frames", weight: 1 }];
const configuration: RunConfiguration = {
  exercises: [{ label: "04-framing", points: 10, tests }],
  level: "open",
};

describe("a folder of results", () => {
  test("is made where it was not, and opened again by the same run", async () => {
    using course = smallCourse();
    const path = join(course.root, "a/b/out");
    await RunFolder.open(path, configuration);
    expect(await RunFolder.open(path, structuredClone(configuration))).toMatchObject({ path });
  });

  const [exercise] = configuration.exercises;
  test.each<[string, Partial<RunConfiguration>, RegExp]>([
    ["points", { exercises: [{ ...exercise!, points: 20 }] }, /04-framing 10\.\nThis run: 04-framing 20/],
    ["weights", { exercises: [{ ...exercise!, tests: [{ ...tests[0]!, weight: 2 }] }] }, /points or weights/],
    ["exercises", { exercises: [{ ...exercise!, label: "07-time-wait" }] }, /This run: 07-time-wait 10/],
    ["track", { track: "payments" }, /holds a run of no track\.\nThis run: the track "payments"/],
    [
      "shard",
      { shard: { index: 1, count: 2 } },
      /holds no shard, but the whole class\.\nThis run: shard 1\/2\. Name/,
    ],
    ["kind", { isMerged: true }, /holds a run, and nothing merged\.\nThis run: what was merged\./],
  ])("is refused to a run of other %s, and left as it is", async (_, change, message) => {
    const other = { ...configuration, ...change };
    using course = smallCourse();
    const path = join(course.root, "out");
    await RunFolder.open(path, configuration);
    const before = readFileSync(join(path, "run.json"), "utf8");
    await expect(RunFolder.open(path, other)).rejects.toThrow(message);
    expect(readFileSync(join(path, "run.json"), "utf8")).toBe(before);
  });

  test.each([
    ["out/thesis.txt", /holds "thesis\.txt" and no run\.json/],
    ["out", /with a folder, got the file/],
    ["out/run.json", /of a run of this workshop, but it is not/],
  ])("is refused where it is somebody else's: %s", async (file, message) => {
    using course = smallCourse();
    course.write(file, '"mine"');
    await expect(RunFolder.open(join(course.root, "out"), configuration)).rejects.toThrow(message);
    expect(readFileSync(join(course.root, file), "utf8")).toBe('"mine"');
  });

  test("is refused to an open run where a sealed one is, whether it is complete or not", async () => {
    using course = smallCourse();
    const path = join(course.root, "out");
    const sealed = { ...configuration, level: "sealed" as const };
    await RunFolder.open(path, sealed);
    await expect(RunFolder.open(path, configuration)).rejects.toThrow(
      `"${path}" holds a sealed run, and this one is open: it is worth less. Name another folder with --out`,
    );
    await (await RunFolder.open(path, sealed)).complete();
    await expect(RunFolder.open(path, configuration, true)).rejects.toThrow(/holds a sealed run/);
  });

  test("takes a sealed run where an open one is, and tells what was there", async () => {
    using course = smallCourse();
    const path = join(course.root, "out");
    const sealed = { ...configuration, level: "sealed" as const };
    expect((await RunFolder.open(path, configuration)).levelBefore).toBeUndefined();
    expect((await RunFolder.open(path, sealed)).levelBefore).toBe("open");
    expect((await RunFolder.open(path, sealed)).levelBefore).toBeUndefined();
  });

  test("is refused where none can be made", async () => {
    using course = smallCourse();
    course.write("file", "");
    await expect(RunFolder.open(join(course.root, "file/out"), configuration)).rejects.toThrow(
      expect.objectContaining({ name: "UserError" }),
    );
  });
});

test.each(["", ".", "..", "../x", "a/b", "a\\b", ".hidden", "a\nb", "a\0", "c:", "x".repeat(201)])(
  "the id %j leads to no file",
  (id) => expect(() => fileName(id)).toThrow(/fit for a file's name/),
);
