import { expect, test } from "vitest";
import { againCommand, nameOf, whyAbsent } from "./standing.ts";
import { absent, failed, learner, passed } from "./testing/class-report.ts";

test("a learner goes by the name as it was written, with the id where another has the name, too", () => {
  expect(nameOf({ ...learner("Muller", passed), name: "Müller" })).toBe("Müller");
  expect(nameOf({ ...learner("Muller-2", passed), name: "Müller" })).toBe("Müller (Muller-2)");
  expect(nameOf(learner("mia-2", passed))).toBe("mia-2");
});

test("why something counts as not handed in is said in a few words", () => {
  const dave = learner("dave", absent);
  expect(whyAbsent(dave, { ...absent, isStub: true, reason: "It is the untouched stub" })).toBe(
    "the untouched stub",
  );
  const refused = [{ path: "Framing.ts", reason: "it has to be framing.ts" }];
  expect(whyAbsent({ ...dave, refused }, absent)).toBe("refused Framing.ts: it has to be framing.ts");
  expect(whyAbsent(dave, { ...absent, reason: "no such branch" })).toBe("no such branch");
  expect(whyAbsent({ ...dave, problem: "no zip" }, { ...absent, reason: "no zip" })).toBe("");
  expect(whyAbsent(dave, { ...absent, reason: "Expected framing.ts, but it was not handed in" })).toBe("");
  expect(whyAbsent(dave, failed)).toBe("");
});

test("of several exercises, a refused file is told at its own", () => {
  const other = { ...absent, exercise: "02-cidr", reason: "no cidr.ts" };
  const refused = [{ path: "exercises/04-framing/framing.ts", reason: "a link" }];
  const eve = { ...learner("eve", other, absent), refused };
  expect(whyAbsent(eve, other)).toBe("no cidr.ts");
  expect(whyAbsent(eve, absent)).toBe("refused exercises/04-framing/framing.ts: a link");
});

test("a failure comes again with a line to copy, in which nothing is more than a word", () => {
  expect(againCommand(failed)).toBe("pnpm test 04 --seed 0123456789abcdef0123456789abcdef");
  expect(againCommand({ ...failed, seed: "" })).toBeUndefined();
  expect(againCommand({ ...failed, seed: "1; rm -rf ~" })).toBeUndefined();
  expect(againCommand({ ...failed, exercise: "04-$(id)" })).toBeUndefined();
});
