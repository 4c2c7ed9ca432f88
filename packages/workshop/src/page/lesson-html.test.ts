import { describe, expect, test } from "vitest";
import { lessonHtml } from "./lesson-html.ts";

const html = (markdown: string): string => lessonHtml(markdown, "exercises/04-framing");

describe("a lesson", () => {
  test("shows HTML as text, in a paragraph, in a block and in code", () => {
    const shown = html(
      "a <script>alert(1)</script> b\n\n<img src=x onerror=alert(1)>\n\n```html\n<b>\n```\n\n`<i>`",
    );
    expect(shown).not.toMatch(/<script|<img|<b>|<i>/);
    expect(shown).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  });

  test.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "//host/x",
    "vbscript:x",
    "../../../etc/passwd",
    "/etc/passwd",
  ])("leads nowhere by %s", (href) => {
    expect(html(`[go](${href}) ![see](${href})`)).toBe("<p>go see</p>\n");
  });

  test("keeps what is in a link's text and address from being more than that", () => {
    const shown = html('[<b onclick="x">](https://a/"onclick="alert(1)) <https://b/?a=1&b=\'2>');
    expect(shown).not.toMatch(/<b |" ?onclick/);
  });

  test("leads to other lessons within the page, to files as text, and out", () => {
    expect(html("[a](../05-tcp-echo/README.md#the-client)")).toContain(
      'href="?lesson=05-tcp-echo#lesson-the-client"',
    );
    expect(html("[a](../05-tcp-echo/)")).toContain('href="?lesson=05-tcp-echo"');
    expect(html("[a](../../packages/core/src/net-error.ts)")).toContain(
      'href="file/packages/core/src/net-error.ts"',
    );
    expect(html("[a](lab/main.ts)")).toContain('href="file/exercises/04-framing/lab/main.ts"');
    expect(html("<https://www.rfc-editor.org/rfc/rfc9293>")).toMatch(
      /href="https:\/\/www.rfc-editor.org\/rfc\/rfc9293" target="_blank" rel="noreferrer noopener"/,
    );
  });

  test("has anchors as GitHub has them, each once, behind a prefix that keeps them apart from the page's own", () => {
    expect(
      [...html("# The task\n\n## The task\n\n### Whose `memory` is it?").matchAll(/<h\d id="([^"]+)"/g)].map(
        ([, id]) => id,
      ),
    ).toEqual(["lesson-the-task", "lesson-the-task-1", "lesson-whose-memory-is-it"]);
    expect(html("[a](#the-task)")).toContain('href="#lesson-the-task"');
  });

  test("begins one level below the page's heading", () => {
    expect(html("# One\n\n###### Six")).toMatch(/<h2[^]*<h6/);
  });

  test("has tables whose columns are named, and none where the header is empty", () => {
    expect(html("| a | b |\n|---|---|\n| 1 | 2 |")).toMatch(/<th scope="col">a<\/th>[^]*<td>1<\/td>/);
    expect(html("| | |\n|---|---|\n| 1 | 2 |")).not.toContain("<thead>");
  });
});

test("a picture of the wire stays as it is, letter for letter", () => {
  const picture = ' ┌────────────┐   the length\n │ 00 00 00 05│   ≤ "limit"\n └────────────┘';
  expect(html(`\`\`\`text\n${picture}\n\`\`\``)).toContain(picture.replaceAll('"', "&quot;"));
});
