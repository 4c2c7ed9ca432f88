import { expect } from "vitest";

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const unseen = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ufffe\uffff]/u;

/** That a file can be printed in a job's log, and be opened in an editor: it gives no orders to either. */
export function expectHarmless(text: string): void {
  expect(text.isWellFormed()).toBe(true);
  expect(text).not.toMatch(unseen);
  expect(text).not.toMatch(/^\s*::/mu);
  expect(text).not.toMatch(/##\w*\[|\[\[ATTACHMENT\|/iu);
}

/** And that it may stand in a page. */
export function expectNoMarkup(text: string): void {
  expect(text).not.toMatch(/<\/script|<!--/iu);
}
