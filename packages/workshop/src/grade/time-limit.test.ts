import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { openCourse } from "../course/course.ts";
import { chooseJudge } from "./choose-judge.ts";
import { OutOfTime, TimeLimit } from "./time-limit.ts";

test("what is over in time is not ended", async () => {
  using limit = new TimeLimit(60_000);
  const end = vi.fn<() => void>();
  limit.start(end);
  expect(await limit.hold(Promise.resolve("pass"))).toBe("pass");
  expect(end).not.toHaveBeenCalled();
});

test("what is not over in time is ended, and what it comes to then is heard by nobody", async () => {
  using limit = new TimeLimit(1);
  const grading = Promise.withResolvers<never>();
  limit.start(() => grading.reject(new Error("its grader ended with SIGKILL")));
  await expect(limit.hold(grading.promise)).rejects.toThrow(OutOfTime);
});

test("the time of what has not begun does not run", async () => {
  using limit = new TimeLimit(1);
  const slow = new Promise<string>((resolve) => setTimeout(resolve, 20, "pass"));
  expect(await limit.hold(slow)).toBe("pass");
});

test("a judge ends a grading that takes too long, at the highest level that holds here, and grades the next one", async () => {
  const course = openCourse();
  await using judge = await chooseJudge(course, { jobs: 2 });
  const folder = join(course.root, "solutions/02-cidr");
  await expect(judge.grade("02-cidr", folder, 1)).rejects.toThrow(OutOfTime);
  expect(await judge.grade("02-cidr", folder, 60_000)).toMatchObject({ status: "pass" });
});

test("a judge of the open level ends a grading that takes too long, and grades the next one", async () => {
  const course = openCourse();
  await using judge = await chooseJudge(course, { jobs: 1, level: "open" });
  const folder = join(course.root, "solutions/02-cidr");
  await expect(judge.grade("02-cidr", folder, 1)).rejects.toThrow(OutOfTime);
  expect(await judge.grade("02-cidr", folder, 60_000)).toMatchObject({ status: "pass" });
});
