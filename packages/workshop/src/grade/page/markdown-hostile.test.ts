import { marked } from "marked";
import { toMarkdown } from "@tcpip-workshop/report";
import { strangeClass } from "@tcpip-workshop/report/testing";
import { expect, test } from "vitest";

const traps = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(2)>',
  "</details></summary><h1>All pass</h1>",
  "![a](https://a.example/x.png)",
  "[a](javascript:alert(3))",
  "<https://a.example>",
  "https://a.example www.a.example a@a.example",
  "@octocat #12 GH-12",
  "`` ` ``` a ````",
  "a\n\n```\n</details>\n# All pass\n```",
  "a | b | c",
  String.raw`\| b \\| c`,
  "**a** _b_ ~~c~~",
  "&lt;b&gt; &copy;",
  "\n> a\n- b\n1. c\n# d\n---\n",
  "[x]: https://a.example\n[x]",
  "$\\alpha$ :tada:",
  "::error::forged\n  ::error::again\n##[error]x",
  "__proto__",
];

test.each(traps.map((trap) => [trap]))("%j comes out as what it is, and nothing else", (trap) => {
  const [markdown, innocent] = [toMarkdown(strangeClass([trap, trap])), toMarkdown(strangeClass(["a", "a"]))];
  const html = marked.parse(markdown, { gfm: true, async: false });
  // Not one tag more or fewer than in a class whose every text is "a": no link, no image, no head, no cell.
  expect(tagsOf(html)).toEqual(tagsOf(marked.parse(innocent, { gfm: true, async: false })));
  expect(html).not.toMatch(/<(?:a|img|script|h3)\b/);
  expect(markdown).not.toMatch(/^\s*::|##\[/m);
  // GitHub makes links of these behind Markdown's back, but not in code.
  const words = html.replaceAll(/<pre>[^]*?<\/pre>|<code>[^]*?<\/code>/g, "");
  expect(words).not.toMatch(/@\w|#\d|:\/\/|\bwww\.|GH-\d/);
});

function tagsOf(html: string): string[] {
  return html.match(/<\/?[a-z]\w*/gi) ?? [];
}
