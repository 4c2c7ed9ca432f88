import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openCourse } from "./course.ts";
import { findTarget } from "./target.ts";
import { UserError } from "./user-error.ts";

const course = openCourse();
const find = (typed: string, from = course.root): string => findTarget(course, typed, from).name;

describe("what a person may type for exercise 04", () => {
  test.each([
    "04",
    "4",
    "framing",
    "Framing",
    "04-framing",
    "exercises/04",
    "exercises/04-framing",
    "exercises/04-framing/",
    "./exercises/04-framing",
    "exercises\\04-framing",
    "exercises/04-framing/framing.ts",
    "exercises/04-framing/framing.test.ts",
  ])("%s", (typed) => {
    expect(find(typed)).toBe("exercises/04-framing");
  });

  test("an absolute path", () => {
    expect(find(join(course.root, "exercises/04-framing/framing.ts"))).toBe("exercises/04-framing");
  });

  test("a path from inside exercises/", () => {
    const inside = join(course.root, "exercises");
    expect(find("04", inside)).toBe("exercises/04-framing");
    expect(find("04-framing/framing.ts", inside)).toBe("exercises/04-framing");
    expect(find("../solutions/04-framing", inside)).toBe("solutions/04-framing");
  });

  test("the exercise's own folder, from inside it", () => {
    expect(find(".", join(course.root, "exercises/04-framing"))).toBe("exercises/04-framing");
    expect(find("framing.ts", join(course.root, "exercises/04-framing"))).toBe("exercises/04-framing");
  });
});

test("solutions and mistakes are graded by their own names", () => {
  const [mistake = ""] = course.mistakes("04-framing");
  expect(find("solutions/04")).toBe("solutions/04-framing");
  expect(find(`mistakes/04/${mistake}`)).toBe(`mistakes/04-framing/${mistake}`);
  expect(find("mistakes/framing/stub")).toBe("mistakes/04-framing/stub");
});

describe("what is no label", () => {
  test.each([
    ["99", /There is no exercise "99". All: pnpm workshop list$/],
    ["framin", /There is no exercise "framin". The nearest: 04-framing/],
    ["cdir", /There is no exercise "cdir". The nearest: 02-cidr/],
    ["xx", /There is no exercise "xx". All: pnpm workshop list$/],
    ["17-foo", /There is no exercise "17-foo". All: pnpm workshop list$/],
    ["mistakes/04/zz", /got "mistakes\/04\/zz". There are: /],
    ["exercises", /There is no exercise "exercises"/],
    ["", /Expected the label of an exercise/],
    ["/", /Expected the label of an exercise/],
    ["../secrets", /leads out of it/],
    ["exercises/../../04-framing", /leads out of it/],
    ["/etc/passwd", /leads out of it/],
    ["mistakes/04", /Expected mistakes\/04-framing\/<name>, got "mistakes\/04"/],
    ["mistakes/04/one-frame-per-chunks", /The nearest: one-frame-per-chunk/],
    ["exercises/04-framing/farming.ts", /farming.ts is not there/],
    ["04\u0000", /There is no exercise/],
  ])("%j is answered in one sentence", (typed, message) => {
    expect(() => find(typed)).toThrow(UserError);
    expect(() => find(typed)).toThrow(message);
  });
});
