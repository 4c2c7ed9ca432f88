import { commandless, visible } from "./visible.ts";

/**
 * A stranger's text as every reader of a file can bear it: nothing that does not show, no line that a CI takes for an order
 * (`::error::`, `##[error]`, `##vso[…]`, also when the file is printed), no `[[ATTACHMENT|/a/path]]`, by which Jenkins and
 * GitLab fetch a file.
 *
 * @param limit UTF-16 units of the result, not below 100. What is longer is cut off, and ends by saying how long it was.
 */
export function plainText(text: string, limit: number): string {
  const shown = visible(text.slice(0, limit));
  // Hardly any text has one: a class's are millions of lines.
  const plain = suspect.test(shown) ? shown.split("\n").map(orderless).join("\n") : shown;
  if (text.length <= limit && plain.length <= limit) return plain;
  const note = `\n(cut: it had ${text.length} characters)`;
  return plain.slice(0, limit - note.length).replace(/\p{Surrogate}$/u, "") + note;
}

/** The same as one line, and never empty. */
export function oneLine(text: string, limit: number): string {
  const line = plainText(text, limit).replace(/\s+/gu, " ").trim();
  return line === "" ? "(empty)" : line;
}

/** What `orderless` looks for, roughly. */
const suspect = /::|##|\[\[|[\ufffe\uffff]/u;

function orderless(line: string): string {
  return (
    commandless(line)
      // No characters, and XML has no way to write them.
      .replaceAll(/[\ufffe\uffff]/gu, "\u{fffd}")
      .replaceAll(/##(?=\w+\[)/gu, String.raw`#\x23`)
      .replaceAll(/\[\[(?=ATTACHMENT\|)/giu, String.raw`[\x5b`)
  );
}
