import { expect, test } from "vitest";
import { showCompared } from "./show.ts";

test("a suite's own words are compared as words", () => {
  expect(showCompared("no socket", "FIN-WAIT-2")).toEqual({
    expected: ["no socket"],
    received: ["FIN-WAIT-2"],
  });
});

test.each([
  ["one word each: it may be data", "first", "second"],
  ["an empty text", "", "two words"],
  ["spaces at an edge", "two words", "two words "],
  ["a line break", "two words", "two\nwords"],
  ["quotes", "two words", 'two "words"'],
  ["another kind of value", "two words", 2],
])("what quotes would tell keeps them: %s", (_, expected, received) => {
  const shown = showCompared(expected, received);
  expect([shown.expected, shown.received]).toContainEqual([expect.stringMatching(/^"/)]);
});
