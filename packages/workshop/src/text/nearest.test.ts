import { expect, test } from "vitest";
import { nearestOf } from "./nearest.ts";

test.each([
  ["farming", ["framing"]],
  ["CDIR", ["cidr"]],
  ["xx", []],
  ["foo", []],
  ["", []],
  ["fr", []],
])("by %j is meant %j, if one of them", (typed, names) => {
  expect(nearestOf(typed, ["mtu", "framing", "cidr", "nagle", "time-wait"])).toEqual(names);
});

test("three at the most are named, the best first, by the part that is typed", () => {
  const names = ["1-aaaa", "2-aaab", "3-aabb", "4-aaaaa"];
  expect(nearestOf("aaaa", names, (name) => name.slice(2))).toEqual(["1-aaaa", "2-aaab", "4-aaaaa"]);
});
