import { expect, test } from "vitest";
import { html } from "./html.ts";

test("what stands between is escaped, in text and in attributes", () => {
  const value = `<script>"'\`&</pre>`;
  const escaped = "&#60;script&#62;&#34;&#39;&#96;&#38;&#60;/pre&#62;";
  expect(html`<b title="${value}">${value}</b>`.toString()).toBe(`<b title="${escaped}">${escaped}</b>`);
});

test("HTML of our own is not escaped twice; lists, numbers and nothing are written", () => {
  const items = ["a", "<"].map((item) => html`<i>${item}</i>`);
  expect(html`${items}${3}${false}${undefined}${html`<b></b>`}`.toString()).toBe(
    "<i>a</i><i>&#60;</i>3<b></b>",
  );
});

test("what only looks like our HTML is text", () => {
  const forged = { toString: () => "<b>", strings: ["<b>"] } as unknown as string;
  expect(html`${JSON.parse('"<b>"') as string}`.toString()).toBe("&#60;b&#62;");
  expect(() => html`${forged}`.toString()).toThrow(TypeError);
});

test("what cannot be seen is shown", () => {
  expect(html`${"\u202Ea\u001B[2J"}`.toString()).toBe(String.raw`\u202ea\x1b[2J`);
});
