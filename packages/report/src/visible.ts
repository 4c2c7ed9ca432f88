/**
 * What would steer a terminal, turn the reading direction, or cannot be seen: C0 (but tab and line feed), DEL, C1, the
 * bidirectional controls (Unicode UAX #9), zero-width and invisible ones, line separators, tags, lone halves of a pair.
 */
const unseen =
  // oxlint-disable-next-line no-control-regex -- these are what it is about
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]|\p{Surrogate}/gu;

const plain = /^[\t\n -~]*$/;

/** A text of many lines from a stranger, with what does not show written as its code: `\x1b[2J`, `\u202e`. */
export function visible(text: string): string {
  // Most of a report is ASCII, and there is much of it.
  return plain.test(text) ? text : text.replaceAll("\r\n", "\n").replaceAll(unseen, code);
}

/** The same in one line: line ends and tabs are written as codes, too. What is beyond `most` characters is cut off. */
export function visibleLine(text: string, most = 200): string {
  return clipped(visible(text.slice(0, 2 * most)).replaceAll(/[\n\t]/g, code), most, text.length);
}

/**
 * Lines to show whole: at most `most` characters, no line longer than `widest`; what is left out is said, where it was.
 */
export function visibleLines(text: string, most = 65_536, widest = 500): string[] {
  const lines = visible(text.slice(0, most))
    .split("\n")
    .map((line) => clipped(line, widest, line.length));
  if (text.length > most) lines.push(`… ${text.length - most} characters more`);
  return lines;
}

/**
 * A line that a CI's runner would take for a command to it, made one that it doesn't: GitHub's looks for `::` behind spaces and
 * for `##[` anywhere (actions/runner, `ActionCommand.cs`), others for `##vso[` and `##teamcity[`.
 */
export function commandless(line: string): string {
  if (!line.includes("::") && !line.includes("##")) return line;
  return line.replace(/^(\s*):(?=:)/, String.raw`$1\x3a`).replaceAll(/##(?=\w*\[)/g, String.raw`#\x23`);
}

function clipped(line: string, most: number, length: number): string {
  if (line.length <= most && length <= 2 * most) return line;
  // Never between the halves of a pair.
  const end = /[\uD800-\uDBFF]/.test(line[most - 1] ?? "") ? most - 1 : most;
  return `${line.slice(0, end)}… (${Math.max(length - end, line.length - end)} characters more)`;
}

function code(character: string): string {
  const digits = (character.codePointAt(0) ?? 0).toString(16);
  if (digits.length > 4) return `\\u{${digits}}`;
  return digits.length > 2 ? `\\u${digits.padStart(4, "0")}` : `\\x${digits.padStart(2, "0")}`;
}
