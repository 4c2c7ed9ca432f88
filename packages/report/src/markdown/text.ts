import { commandless, visibleLine, visibleLines } from "../visible.ts";

/**
 * A text from outside as words in Markdown: no emphasis, link, image or HTML comes of it, and nothing that GitHub makes a link
 * of behind Markdown's back: `@name`, `#12`, `https://`, `www.`, `name@host`. Those are held apart by a zero-width space. Not for the beginning of a line.
 */
export function words(text: string, most = 300): string {
  return commandless(visibleLine(text, most))
    .replaceAll(/@|#(?=\d)|:(?=\/\/)|\bwww(?=\.)|\bGH(?=-\d)/gi, `$&${gap}`)
    .replaceAll(/[\\`*_[\]~$|]/g, String.raw`\$&`)
    .replaceAll(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Zero width space. */
const gap = "\u200B";

/** A name from outside, letter for letter: in a code span nothing has a meaning. Fit for a table's cell. */
export function code(text: string, most = 200): string {
  // A table's cell ends at a bar, in a code span too, and what a backslash before it does is not the same everywhere.
  const line = commandless(visibleLine(text, most)).replaceAll("|", String.raw`\x7c`);
  const fence = "`".repeat(longestRun(line) + 1);
  const pad = /^`|`$|^ .* $|^ *$/.test(line) ? " " : "";
  return `${fence}${pad}${line === "" ? " " : line}${pad}${fence}`;
}

/** A name from outside inside of a line of HTML, where no Markdown is read. */
export function htmlCode(text: string, most = 200): string {
  const line = commandless(visibleLine(text, most)).replaceAll(
    /[&<>"'`]/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
  return `<code>${line}</code>`;
}

/** Text of many lines, as it is. What is longer than `most` characters is cut, which is said. */
export function fenced(text: string, most: number): string[] {
  const lines = visibleLines(text.replace(/^\n+/, "").trimEnd(), most).map(commandless);
  const fence = "`".repeat(Math.max(3, longestRun(lines.join("\n")) + 1));
  return [`${fence}text`, ...lines, fence];
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}
