import { expect, test } from "vitest";
import { againCommand, nameOf } from "./standing.ts";
import { failed, learner, passed } from "./testing/class-report.ts";

test("a learner goes by the name as it was written, with the id where another has the name, too", () => {
  expect(nameOf({ ...learner("Muller", passed), name: "Müller" })).toBe("Müller");
  expect(nameOf({ ...learner("Muller-2", passed), name: "Müller" })).toBe("Müller (Muller-2)");
  expect(nameOf(learner("mia-2", passed))).toBe("mia-2");
});

test("a failure comes again with a line to copy, in which nothing is more than a word", () => {
  expect(againCommand(failed)).toBe("pnpm test 04 --seed 0123456789abcdef0123456789abcdef");
  expect(againCommand({ ...failed, seed: "" })).toBeUndefined();
  expect(againCommand({ ...failed, seed: "1; rm -rf ~" })).toBeUndefined();
  expect(againCommand({ ...failed, exercise: "04-$(id)" })).toBeUndefined();
});
