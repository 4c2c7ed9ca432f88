import { expect, test } from "vitest";
import { element, escapeXml } from "./xml.ts";

test("an element has its attributes and children, and closes itself where it has none", () => {
  expect(element("a", { b: 1, c: undefined, d: '"<' }, [element("e", {}), escapeXml("]]>")])).toBe(
    '<a b="1" d="&#34;&#60;"><e/>]]&#62;</a>',
  );
});

test("what XML 1.0 has no way to write becomes U+FFFD", () => {
  expect(escapeXml("a\0b\x1bc\ufffed\uffffe\ud800f\udc00g")).toBe(
    "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\ufffdg",
  );
});

test("tabs, line ends and all characters from U+10000 on stay as they are", () => {
  expect(escapeXml("\t\n\u{1f600}\u{10fffd}")).toBe("\t\n\u{1f600}\u{10fffd}");
});
