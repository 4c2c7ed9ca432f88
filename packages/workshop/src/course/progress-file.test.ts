import { execFile } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { list } from "../commands/list.ts";
import { runCommand } from "../testing/run-command.ts";
import { smallCourse, verdictOn } from "../testing/small-course.ts";
import { keep } from "./keep.ts";
import { entryOf, readProgress, updateProgress, type Progress } from "./progress.ts";
import { UserError } from "./user-error.ts";

const label = "04-framing";
const openHint =
  (title: string, level = 1) =>
  (progress: Progress) =>
    void entryOf(progress, label).hints.set(title, level);
const hintsOf = (root: string): string[] => [
  ...(readProgress(root).exercises.get(label)?.hints.keys() ?? []),
];

test("of processes that write at once none loses what another one wrote", async () => {
  using course = smallCourse(label);
  const script = `const { entryOf, updateProgress } = await import(process.argv[1]);
    for (let n = 0; n < 10; n++)
      updateProgress(process.argv[2], (p) => entryOf(p, "${label}").hints.set(process.argv[3] + n, 1));`;
  const writer = (name: string): Promise<unknown> =>
    promisify(execFile)(process.execPath, [
      "--input-type=module",
      "-e",
      script,
      join(import.meta.dirname, "progress.ts"),
      course.root,
      name,
    ]);
  await Promise.all(["a", "b", "c", "d"].map(writer));
  expect(hintsOf(course.root)).toHaveLength(40);
  expect(readdirSync(course.root).filter((name) => name.startsWith("progress.txt"))).toEqual([
    "progress.txt",
  ]);
}, 60_000);

test("while it is changed nobody else may, and what git or an editor writes meanwhile is not lost", () => {
  using course = smallCourse(label);
  const path = join(course.root, "progress.txt");
  let calls = 0;
  updateProgress(course.root, (progress) => {
    expect(existsSync(`${path}.lock`)).toBe(true);
    if (++calls === 1) appendFileSync(path, `${label} open\n  hint 2 theirs\n`);
    openHint("ours")(progress);
  });
  expect(calls).toBe(2);
  expect(hintsOf(course.root)).toEqual(["theirs", "ours"]);
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test("a lock that was left behind by a killed process is in nobody's way", () => {
  using course = smallCourse(label);
  const lock = join(course.root, "progress.txt.lock");
  writeFileSync(lock, "");
  utimesSync(lock, new Date(0), new Date(0));
  updateProgress(course.root, openHint("ours"));
  expect(hintsOf(course.root)).toEqual(["ours"]);
  expect(existsSync(lock)).toBe(false);
});

const conflict = `<<<<<<< HEAD
${label} pass 2/2 2026-11-23T06:00:00Z 0123456789ab
  passed 2026-11-23T06:00:00Z
  minutes 30.0
  hint 3 splits frames
=======
${label} fail 1/2 2026-11-22T06:00:00Z ba9876543210
  ✗ joins frames
  minutes 12.0
  hint 1 splits frames
>>>>>>> theirs
`;

test("both sides of a merge are said plainly, and nothing of them is lost", async () => {
  using course = smallCourse(label);
  const path = join(course.root, "progress.txt");
  writeFileSync(path, conflict);
  await expect(runCommand(list, course)).rejects.toThrow(
    /^progress.txt has both sides of a merge in it, from line 1/,
  );
  const target = { label, folder: "", name: `exercises/${label}` };
  expect(keep(course, target, verdictOn(label, []), { isStub: false })).toContain("both sides of a merge");
  expect(readFileSync(path, "utf8")).toBe(conflict);
});

test("with the marks of the merge deleted, both sides are put together", () => {
  using course = smallCourse(label);
  writeFileSync(join(course.root, "progress.txt"), conflict.replaceAll(/^[<=>]{7}.*\n/gm, ""));
  expect(readProgress(course.root).exercises.get(label)).toMatchObject({
    graded: { passed: 2, at: "2026-11-23T06:00:00Z", failing: [] },
    passedAt: "2026-11-23T06:00:00Z",
    minutes: 30,
    hints: new Map([["splits frames", 3]]),
  });
});

test.each([true, false])("a link is followed, where there is a file behind it: %s", (isThere) => {
  using course = smallCourse(label);
  const path = join(course.root, "progress.txt");
  course.write("synced/README", "");
  if (isThere) course.write("synced/mine.txt", `${label} open\n  hint 1 there before\n`);
  symlinkSync("synced/mine.txt", path);
  updateProgress(course.root, openHint("ours"));
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  expect(hintsOf(course.root)).toEqual(isThere ? ["there before", "ours"] : ["ours"]);
});

test("a folder in its place is a sentence", () => {
  using course = smallCourse(label);
  mkdirSync(join(course.root, "progress.txt"));
  expect(() => readProgress(course.root)).toThrow(UserError);
  expect(() => updateProgress(course.root, openHint("ours"))).toThrow(
    "Expected progress.txt to be a file, got a folder",
  );
});
