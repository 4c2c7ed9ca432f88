import { expect, test } from "vitest";
import { absenceOf, wordOf } from "./absence.ts";
import { absent, failed, learner } from "./testing/class-report.ts";

const dave = learner("dave", absent);
const refused = [{ path: "exercises/04-framing/framing.ts", reason: "a link" }];

test("the untouched stub, and a refused file, are called so: somebody handed in something", () => {
  expect(wordOf(dave, { ...absent, isStub: true, reason: "It is the untouched stub" })).toBe(
    "untouched stub",
  );
  const wrong = [{ path: "Framing.ts", reason: "it has to be framing.ts" }];
  expect(absenceOf({ ...dave, refused: wrong }, absent)).toEqual({
    word: "refused",
    why: "Framing.ts: it has to be framing.ts",
  });
  const problem = "Framing.ts was left out. Expected the name framing.ts";
  expect(absenceOf({ ...dave, refused: wrong, problem }, absent)).toEqual({ word: "refused", why: "" });
  expect(wordOf(dave, failed)).toBe("fails");
});

test("a reason is said where it says more than the word, and not already above", () => {
  const why = (reason: string, problem?: string) =>
    absenceOf({ ...dave, ...(problem !== undefined && { problem }) }, { ...absent, reason })?.why;
  expect(why("no such branch")).toBe("no such branch");
  expect(why("Expected framing.ts, but it was not handed in")).toBe("");
  expect(why("no zip", "no zip")).toBe("");
});

test("of several exercises, a refused file is told at its own", () => {
  const other = { ...absent, exercise: "02-cidr", reason: "no cidr.ts" };
  const eve = { ...learner("eve", other, absent), refused };
  expect(absenceOf(eve, other)).toEqual({ word: "not handed in", why: "no cidr.ts" });
  expect(wordOf(eve, absent)).toBe("refused");
});
