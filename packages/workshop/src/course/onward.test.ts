import { expect, test } from "vitest";
import { gradableCourse, right, wrong } from "../testing/pty-course.ts";
import { grade, smallCourse, verdictOn } from "../testing/small-course.ts";
import { onward } from "./onward.ts";
import { updateProgress } from "./progress.ts";
import { turnTo } from "./start-current.ts";

const target = (label: string, shelf = "exercises") => ({ label, folder: "", name: `${shelf}/${label}` });

test("`test` ends a pass with the next step, and nothing else with one", async () => {
  using course = gradableCourse();
  course.save("exercises/01-double/double.ts", right);
  await using passing = course.piped("test", "01");
  await passing.ended;
  expect(passing.text).toMatch(/Well done[^]*\n {2}Next: 02-again\. pnpm workshop\n$/);
  course.save("exercises/01-double/double.ts", wrong);
  await using failing = course.piped("test", "01");
  await failing.ended;
  expect(failing.text).not.toContain("Next:");
});

test("behind another than the one they are at, it is that one", () => {
  using course = smallCourse("01-packets", "04-framing");
  grade(course, "04-framing", []);
  const verdict = verdictOn("04-framing", []);
  expect(onward(course, target("04-framing"), verdict)).toBe("\n  Next: 01-packets. pnpm workshop\n");
  expect(onward(course, target("04-framing", "solutions"), verdict)).toBe("");
  turnTo(course, "04-framing");
  expect(onward(course, target("04-framing"), verdict)).toBe("\n  Next: 01-packets. pnpm workshop next\n");
  grade(course, "01-packets", []);
  expect(onward(course, target("04-framing"), verdict)).toBe("");
});

test("a track that is gone takes nothing from a verdict", () => {
  using course = smallCourse();
  updateProgress(course.root, (progress) => (progress.track = "gone"));
  expect(onward(course, target("04-framing"), verdictOn("04-framing", []))).toBe("");
});
