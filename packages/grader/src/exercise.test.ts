import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
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
