/**
 * What a terminal would obey, but for the ends of lines and gaps; what turns the direction of a text; what some readers take for the end of a line; what nobody sees; and half a
 * character: none of it is for an answer to send.
 */
const controls =
  // oxlint-disable-next-line no-control-regex -- these are what it is about
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E007F}\p{Cs}]/gu;

/** The same data, with the control characters of its texts written out: `\x1b[2J`. Whoever shows a verdict may show it as it is. */
export function printable<T>(value: T): T;
export function printable(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("\r\n", "\n").replace(controls, writtenOut);
  if (Array.isArray(value)) return value.map((item) => printable<unknown>(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, printable<unknown>(item)]));
}

function writtenOut(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  if (code.length > 4) return `\\u{${code}}`;
  return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
}
