import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { sortScript, sortScriptHash } from "./sort-script.ts";
import { style, styleHash } from "./style.ts";

test.each([
  ["the style sheet", style, styleHash],
  ["the script", sortScript, sortScriptHash],
])("the policy lets in %s as it is", (_, text, expected) => {
  expect(`sha256-${createHash("sha256").update(text).digest("base64")}`).toBe(expected);
});
