/** All but what ends a line or leaves a gap: what a terminal would obey is not for an answer to send. */
// oxlint-disable-next-line no-control-regex -- these are what it is about
const controls = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/** The same data, with the control characters of its texts written out: `\x1b[2J`. Whoever shows a verdict may show it as it is. */
export function printable<T>(value: T): T;
export function printable(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("\r\n", "\n").replace(controls, writtenOut);
  if (Array.isArray(value)) return value.map((item) => printable<unknown>(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, printable<unknown>(item)]));
}

function writtenOut(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
}
