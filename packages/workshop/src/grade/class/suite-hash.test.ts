import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { smallCourse, type SmallCourse } from "../../testing/small-course.ts";
import { SuiteHashes } from "./suite-hash.ts";

const labels = ["04-framing", "07-time-wait"];

function hashes(course: SmallCourse): string[] {
  const all = new SuiteHashes(course);
  return labels.map((label) => all.of(label));
}

describe("a suite's hash", () => {
  test.each([
    ["its suite", "exercises/04-framing/framing.test.ts", [true, false]],
    ["its hints, whose headings are the expected tests", "exercises/04-framing/hints.md", [true, false]],
    ["its stage", "exercises/04-framing/stage/deep/peer.ts", [true, false]],
    ["a package", "packages/grader/src/wire/peer.ts", [true, true]],
    ["what is installed", "pnpm-lock.yaml", [true, true]],
    ["the learner's file", "exercises/04-framing/framing.ts", [false, false]],
    ["the lesson", "exercises/04-framing/README.md", [false, false]],
    ["a package's test", "packages/grader/src/wire/peer.test.ts", [false, false]],
    ["what tests stand on", "packages/grader/src/testing/fake.ts", [false, false]],
    ["how a report looks", "packages/report/src/markdown.ts", [false, false]],
  ])("is another or not when %s changes: %s", (_, file, expected) => {
    using course = smallCourse(...labels);
    course.write("packages/grader/src/index.ts", "");
    const before = hashes(course);
    expect(new Set(before).size).toBe(2);
    expect(hashes(course)).toEqual(before);
    const path = join(course.root, file);
    course.write(file, `${existsSync(path) ? readFileSync(path, "utf8") : ""}\n// changed\n`);
    expect(hashes(course).map((hash, index) => hash !== before[index])).toEqual(expected);
  });

  test("tells the same bytes in another file apart", () => {
    using course = smallCourse(...labels);
    const hashWith = (...files: [string, string][]): string | undefined => {
      for (const [path, text] of files) course.write(`exercises/04-framing/stage/${path}`, text);
      return hashes(course)[0];
    };
    const one = hashWith(["a.ts", "xy"], ["b.ts", ""]);
    expect(hashWith(["a.ts", "x"], ["b.ts", "y"])).not.toBe(one);
  });
});
