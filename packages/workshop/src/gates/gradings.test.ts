import { availableParallelism } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCourse } from "../course/course.ts";
import { Gradings } from "./gradings.ts";

const { root } = openCourse();
const task = (label: string, folder: string) => ({ label, folder: join(root, folder), options: {} });

test("gradings side by side each have their own verdict, in the order they were asked for", async () => {
  using gradings = new Gradings(2);
  const graded = await Promise.all(
    ["solutions/02-cidr", "mistakes/02-cidr/stub", "solutions/02-cidr"].map((folder) =>
      gradings.grade(task("02-cidr", folder)),
    ),
  );
  expect(graded.map(({ verdict, left }) => [verdict.status, left])).toEqual([
    ["pass", []],
    ["fail", []],
    ["pass", []],
  ]);
});

test("a grader that breaks is an error that names the answer, and the next grading has a fresh one", async () => {
  using gradings = new Gradings(1);
  const [broken, next] = await Promise.allSettled([
    gradings.grade(task("99-none", "solutions/99-none")),
    gradings.grade(task("02-cidr", "solutions/02-cidr")),
  ]);
  expect(broken).toMatchObject({
    status: "rejected",
    reason: {
      message: expect.stringMatching(
        /^Expected a verdict on .*solutions\/99-none, but its grader ended with exit code 1$/,
      ),
    },
  });
  expect(next).toMatchObject({ status: "fulfilled", value: { verdict: { status: "pass" } } });
});

test.each([
  ["more run than there are cores and one while the machine is idle", 1, true],
  ["no more run than there are cores and one while it is busy", 0, false],
])("%s", async (_, idle, more) => {
  let most = 0;
  using gradings = new Gradings(64, {
    look() {
      most = Math.max(most, gradings.running);
      return idle;
    },
  });
  const tasks = Array.from({ length: availableParallelism() + 4 }, () =>
    task("02-cidr", "solutions/02-cidr"),
  );
  await Promise.all(tasks.map((one) => gradings.grade(one)));
  expect(most > availableParallelism() + 1).toBe(more);
});
