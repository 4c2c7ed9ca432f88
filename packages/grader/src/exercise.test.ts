import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readExercise } from "./exercise.ts";

test.each([
  ["the file that is there", 'answer<typeof import("./net.ts")>("./net.ts")', ["net.ts"], ["net.ts"]],
  ["a file that is gone", 'answer<typeof import("./net.ts")>("./net.ts")', [], ["net.ts"]],
  ["the old name of one that was renamed", 'answer("./net.ts")', ["network.ts"], ["net.ts"]],
  ["no helper that the learner has put beside it", 'answer("./net.ts")', ["help.ts", "net.ts"], ["net.ts"]],
  [
    "each once, in order",
    'answer("./server.ts"); answer("./client.ts"); answer("./server.ts")',
    [],
    ["client.ts", "server.ts"],
  ],
  [
    "one whose call is written on several lines",
    'answer<\n  typeof import("./net.ts")\n>(\n  "./net.ts",\n  { scratch: true },\n)',
    [],
    ["net.ts"],
  ],
  ["what lies there, for a suite that names none", "", ["net.ts"], ["net.ts"]],
])("an exercise's files are those that its suite names: %s", (_, suite, there, files) => {
  const folder = mkdtempSync(join(tmpdir(), "exercise-"));
  try {
    for (const name of ["hints.md", ...there]) writeFileSync(join(folder, name), "");
    writeFileSync(join(folder, "net.test.ts"), `const net = ${suite};`);
    expect(readExercise(folder).files).toEqual(files);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const suite = 'test("doubles one", …); test("doubles many", …);';
const exercise = {
  "double.test.ts": suite,
  "double.ts": "",
  "hints.md": "## doubles one\n\n1. Two.\n\n## doubles many\n\n1. More.\n",
};

test("a learner's own tests beside the suite are no suites, and no files of the answer", () => {
  const own = 'test("doubles one", …); // as the suite has it';
  const read = readExercise(folderWith({ ...exercise, "a.test.ts": own, "z.test.ts": 'import "vitest";' }));
  expect(basename(read.suite)).toBe("double.test.ts");
  expect(read.files).toEqual(["double.ts"]);
});

test("a learner's own tests are not taken for the suite when that is gone", () => {
  const { "double.test.ts": _gone, ...rest } = exercise;
  const own = 'import { test } from "vitest"; test("doubles my way", …);';
  expect(() => readExercise(folderWith({ ...rest, "my.test.ts": own, "other.test.ts": own }))).toThrow(
    /^Expected the suite of exercise-\w+, with the tests that hints\.md names, got only my\.test\.ts, which has none of them\. Put the suite back: `git status` names it$/,
  );
});

test("a copy of the suite is not taken for it", () => {
  const read = readExercise(folderWith({ ...exercise, "double copy.test.ts": suite }));
  expect(basename(read.suite)).toBe("double.test.ts");
});

test("an editor's lock beside the answer, a link that leads nowhere, is not read", () => {
  const folder = folderWith(exercise);
  symlinkSync("someone@host.4711:1", join(folder, ".#double.ts"));
  symlinkSync("someone@host.4711:1", join(folder, "lock.ts"));
  expect(readExercise(folder).files).toEqual(["double.ts"]);
});

test("what a folder lacks is said", () => {
  expect(() => readExercise(folderWith({ "double.ts": "" }))).toThrow("Expected hints.md in");
  expect(() => readExercise(folderWith({ "hints.md": "" }))).toThrow("Expected a suite (*.test.ts) in");
  expect(() => readExercise("/nowhere/04-framing")).toThrow("Expected the folder exercises/04-framing");
});

function folderWith(files: { [name: string]: string }): string {
  const folder = mkdtempSync(join(tmpdir(), "exercise-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
