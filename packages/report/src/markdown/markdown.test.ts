import { expect, test } from "vitest";
import { sampleClass } from "../testing/sample-class.ts";
import { troubledClass } from "../testing/troubled-class.ts";
import { toMarkdown } from "./markdown.ts";
import { code, fenced, words } from "./text.ts";

test("the seal comes first, then the class, then each learner, folded", () => {
  const text = toMarkdown(sampleClass({ learners: 3 }));
  const parts = [
    "> **✓ Sealed",
    "## Marks",
    "| `alice` |",
    "<details><summary>4 trials of the grading: each came out as it must",
    "## Tests that fail",
    "## Learners",
    "<details><summary><code>alice",
  ];
  const places = parts.map((part) => text.indexOf(part));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test("an open level is a warning, a canary that did not hold worse", () => {
  expect(toMarkdown(sampleClass({ learners: 1, level: "open" }))).toContain("> [!WARNING]");
  expect(toMarkdown(sampleClass({ learners: 1, broken: 1 }))).toContain("> [!CAUTION]");
});

test("a trial that did not hold stands above the marks, those that held are folded below", () => {
  const text = toMarkdown(sampleClass({ learners: 1, broken: 1 }));
  const [above = ""] = text.split("## Marks");
  expect(above).toContain("> - ✗ did not hold: An answer that connects");
  expect(above).not.toContain("✓ held");
});

test("a class with copies, stubs and refused files says so", () => {
  const text = toMarkdown(troubledClass({ learners: 8 }));
  for (const part of [
    "- 1 file beside the learners' folders is nobody's: mia.ts.",
    "## The same file",
    "- `04-framing`: `Müller Jörg_10423_assignsubmission_file_`, `李 雷`",
    "Not counted here: 1 answer that could not be loaded",
    "untouched stub",
    "The same at a desk: `pnpm test ",
  ])
    expect(text).toContain(part);
});

test.each([
  [300, undefined],
  [900, undefined],
  [300, 20_000],
])("%i learners stay below the limit, and what is left out is said", (learners, limit) => {
  const text = toMarkdown(sampleClass({ learners }), limit === undefined ? {} : { limit });
  const bytes = new TextEncoder().encode(text).length;
  expect(bytes).toBeLessThanOrEqual(limit ?? 1_000_000);
  if (learners > 300 || limit !== undefined) expect(text).toMatch(/\d+ learners left out here/);
  else expect(text).not.toContain("left out");
  // No item is cut in the middle.
  expect(text.match(/<details/g)?.length ?? 0).toBe(text.match(/<\/details>/g)?.length ?? 0);
});

test.each([
  ["@octocat closes #12", "@\u200Boctocat closes #\u200B12"],
  ["https://a.example www.a.example", "https:\u200B//a.example www\u200B.a.example"],
  ["<img src=x>", "&#60;img src=x&#62;"],
  ["![a](b) [c](d)", String.raw`!\[a\](b) \[c\](d)`],
  ["*a* _b_ ~~c~~ `d` $e$ | f", String.raw`\*a\* \_b\_ \~\~c\~\~ \`d\` \$e\$ \| f`],
  [String.raw`\*`, String.raw`\\\*`],
])("the words %j become %j", (text, expected) => {
  expect(words(text)).toBe(expected);
});

test.each([
  ["a", "`a`"],
  ["a`b``c", "```a`b``c```"],
  ["`", "`` ` ``"],
  ["", "`   `"],
  ["a|b", String.raw`${"`"}a\x7cb${"`"}`],
  ["a\nb", String.raw`${"`"}a\x0ab${"`"}`],
])("the name %j becomes %j", (text, expected) => {
  expect(code(text)).toBe(expected);
});

test("a fence is longer than any in the text, and no line in it is a CI's command", () => {
  expect(fenced("\n```\n````sh\n::error::x\n", 100)).toEqual([
    "`````text",
    "```",
    "````sh",
    String.raw`\x3a:error::x`,
    "`````",
  ]);
  expect(fenced("x".repeat(1_000_000), 100).join("").length).toBeLessThan(200);
});
