import { expect, test } from "vitest";
import { whatToOpen } from "./what-to-open.ts";

test.each([
  [["md", "html", "csv"], "Open week-1/report.html"],
  [["md", "csv"], "Open week-1/report.md"],
  [[], "Open week-1/report.json"],
])("of %j a person reads first: %s", (formats, text) => {
  expect(whatToOpen("week-1", formats)).toBe(text);
});
