import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { courseCopy } from "../testing/course-copy.ts";
import { runCommand, widest } from "../testing/run-command.ts";
import { smallCourse } from "../testing/small-course.ts";
import { workshopAt } from "../testing/workshop-process.ts";
import { newExercise } from "./new.ts";

const scripts =
  '{\n  "scripts": {\n    "check": "turbo run unit prove:01-a prove:04-b",\n    "prove:01-a": "x"\n  }\n}\n';
const tasks =
  '{\n  // One task an exercise.\n  "tasks": {\n    "//#prove:01-a": {\n      "inputs": ["{exercises}/01-a/**"],\n      "outputs": []\n    }\n  }\n}\n';

// It grades a dozen answers, and each check starts graders of its own.
test("what it scaffolds passes every gate, once its texts are recorded", { timeout: 240_000 }, async () => {
  using course = courseCopy();
  const { code, text } = await runCommand(newExercise, course, "17-dns-cache");
  expect(code).toBe(0);
  expect(text).toContain("pnpm workshop check 17 --record");
  expect(widest(text)).toBeLessThanOrEqual(80);
  await workshopAt(course.bin, "check", "17", "--record");
  expect(await workshopAt(course.bin, "check", "17")).toEqual({
    code: 0,
    text: expect.stringMatching(/✓ solution {2}✓ stub {2}✓ mistakes \(5\) {2}✓ texts {2}✓ clean {2}✓ layout/),
  });
});

test("its task is proven with the others, and the files keep their comments", async () => {
  using course = smallCourse();
  course.write("package.json", scripts);
  course.write("turbo.json", tasks);
  await runCommand(newExercise, course, "17-dns-cache");
  const [packageText = "", turboText = ""] = ["package.json", "turbo.json"].map((file) =>
    readFileSync(join(course.root, file), "utf8"),
  );
  expect(JSON.parse(packageText)).toMatchObject({
    scripts: {
      check: "turbo run unit prove:01-a prove:04-b prove:17-dns-cache",
      "prove:17-dns-cache": expect.stringMatching(/workshop\.js check 17-dns-cache$/),
    },
  });
  expect(turboText).toContain("// One task an exercise.");
  expect(JSON.parse(turboText.replace(/^ *\/\/.*$/m, ""))).toMatchObject({
    tasks: { "//#prove:01-a": {}, "//#prove:17-dns-cache": { outputs: [] } },
  });
});

test.each([
  [["04-other"], "there is exercises/04-framing. Nothing was written."],
  [["4-framing"], 'Expected a label such as 17-dns-cache (two digits, then words), got "4-framing"'],
  [["17-../x"], "Expected a label such as 17-dns-cache"],
  [[], "Expected a label such as 17-dns-cache, got none"],
])("%j is refused", async (args, message) => {
  using course = smallCourse();
  await expect(runCommand(newExercise, course, ...args)).rejects.toThrow(message);
});
