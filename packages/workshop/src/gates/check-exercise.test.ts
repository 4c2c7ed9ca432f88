import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Verdict } from "@tcpip-workshop/grader";
import { expect, test } from "vitest";
import { check } from "../commands/check.ts";
import { readSignatures } from "../course/signatures.ts";
import { smallCourse, titles, verdictOn, type SmallCourse } from "../testing/small-course.ts";
import { checkExercise, type GateResult } from "./check-exercise.ts";

const label = "04-framing";
const [first = "", second = ""] = titles;
const right = verdictOn(label, [first]);
const odd = verdictOn(label, [second]);

/** An exercise with one mistake, which must be caught by its first test. */
function courseWithMistake(): SmallCourse {
  const course = smallCourse(label);
  for (const file of ["turbo.json", "package.json"]) course.write(file, "");
  course.write(
    `mistakes/${label}/one-a-chunk/framing.ts`,
    `// Mistake: believes it.\n// Caught by: ${first}\n// Tell: Look again.\n`,
  );
  return course;
}

/** Records, while the mistake gets these verdicts, in this order; and what was said of mistakes and texts. */
async function recorded(
  course: SmallCourse,
  ...verdicts: Verdict[]
): Promise<{ [gate: string]: Pick<GateResult, "broken" | "forgiven"> }> {
  const gradings = {
    grade: async ({ folder }: { folder: string }) => {
      if (folder.includes("solutions")) return { verdict: verdictOn(label, []), left: [] };
      if (folder.endsWith("stub")) return { verdict: verdictOn(label, titles), left: [] };
      return { verdict: verdicts.shift() as Verdict, left: [] };
    },
  };
  const options = { repeat: 1, record: true, pristine: false };
  const results = await checkExercise(course, label, gradings, options);
  expect(verdicts).toEqual([]);
  return Object.fromEntries(results.map((result) => [result.gate, result]));
}

test("what is odd once, and right twice behind that, is recorded as it is right, and told", async () => {
  using course = courseWithMistake();
  const { mistakes, texts } = await recorded(course, odd, right, right);
  expect(mistakes?.broken).toEqual([]);
  expect(mistakes?.forgiven).toEqual([expect.stringMatching(/got "joins frames"; a later one counts$/)]);
  expect(texts?.broken).toEqual([]);
  expect(textOf(course)).toContain(`✗ ${first}`);
  expect(readSignatures(course, label)["one-a-chunk"]?.failing).toEqual([first]);
});

test.each([
  ["at once", [odd, odd]],
  ["the second time", [odd, right, odd]],
])("of what is odd again %s nothing is recorded, and what was stays", async (_, verdicts) => {
  using course = courseWithMistake();
  await recorded(course, right);
  const before = [textOf(course), readSignatures(course, label)];
  const { mistakes, texts } = await recorded(course, ...verdicts);
  expect(mistakes?.broken).toEqual([expect.stringContaining('got "joins frames"')]);
  expect(texts?.broken).toEqual([
    "mistakes/04-framing/one-a-chunk: nothing was recorded, for its verdict is not as it must be",
  ]);
  expect([textOf(course), readSignatures(course, label)]).toEqual(before);
});

test("a new mistake that passes leaves no text", async () => {
  using course = courseWithMistake();
  const passes = verdictOn(label, []);
  const { texts } = await recorded(course, passes, passes);
  expect(texts?.broken).toHaveLength(1);
  expect(existsSync(join(course.root, "mistakes", label, "one-a-chunk/failure.txt"))).toBe(false);
});

test("the command's help names what it prints", async () => {
  using course = courseWithMistake();
  const printed = Object.keys(await recorded(course, right));
  expect(printed).toEqual(["solution", "stub", "mistakes", "texts", "clean", "layout"]);
  expect(printed.filter((gate) => !check.summary.includes(gate))).toEqual([]);
});

function textOf({ root }: SmallCourse): string {
  return readFileSync(join(root, "mistakes", label, "one-a-chunk/failure.txt"), "utf8");
}
