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

test.each<[unknown, string]>([
  [Int8Array.of(1, -2), "Int8Array [1, -2]"],
  [new Float64Array(1_000_000), "Float64Array [0, 0, 0, 0, 0, 0, 0, 0, … 999,992 more]"],
  [new BigInt64Array(1), "BigInt64Array [0]"],
  [new DataView(new ArrayBuffer(1000)), "DataView (1,000 bytes)"],
])("a view of bytes is shown by a few of its numbers", (view, shown) => {
  expect(showCompared(view, 1).expected).toEqual([shown]);
});
