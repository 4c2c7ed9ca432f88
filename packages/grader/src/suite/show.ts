import { markOf } from "./mark.ts";

/** Bytes a line, so that a line with its indent stays below 80 columns. */
const bytesShown = 16;
const itemsShown = 8;

/** A value on one line, as a learner reads it: bytes in hexadecimal, errors by name, long things cut. */
export function show(value: unknown, depth = 0): string {
  if (value instanceof Uint8Array) return showBytes(value);
  if (typeof value === "string") return showText(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return value.name ? `function ${value.name}` : "a function";
  if (value instanceof Error) return showError(value);
  if (typeof value === "number") return showNumber(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (depth > 3) return "…";
  if (Array.isArray(value)) return showList(value, depth);
  if (ArrayBuffer.isView(value)) return showView(value);
  if (value instanceof Map) return `Map ${showList([...value], depth)}`;
  if (value instanceof Set) return `Set ${showList([...value], depth)}`;
  if (value instanceof Date) return value.toISOString();
  return showFields(value, depth);
}

/** `00 00 00 05 68 65 6c 6c 6f`, and the count where it is cut. */
export function showBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return "(no bytes)";
  const shown = Array.from(bytes.subarray(0, bytesShown), (byte) => byte.toString(16).padStart(2, "0")).join(
    " ",
  );
  return bytes.length > bytesShown ? `${shown} … (${bytes.length.toLocaleString("en")} bytes)` : shown;
}

/** Bytes with the caret line of their {@link mark}, when they carry one. */
export function showMarked(bytes: Uint8Array, indent: number): string[] {
  const mark = markOf(bytes);
  if (mark === undefined || mark.at >= bytesShown) return [];
  return [`${" ".repeat(indent + mark.at * 3)}^ ${mark.text}`];
}

/** `RangeError: text (code FRAME_TOO_LARGE)` */
export function showError(error: Error): string {
  const { code } = error as { code?: unknown };
  const first = `${error.name}: ${error.message.split("\n", 1)[0]}`;
  return typeof code === "string" ? `${first} (code ${code})` : first;
}

/**
 * A value on as many lines as it needs: a list of bytes or records one item a line, a long text as it is.
 */
export function showLines(value: unknown): string[] {
  if (isPage(value)) return showPage(linesOf(value));
  if (!Array.isArray(value) || value.length === 0) return [show(value)];
  const one = show(value);
  if (one.length <= 60 && !value.some((item) => item instanceof Uint8Array)) return [one];
  const items = value.slice(0, itemsShown).map((item, index) => `[${index}] ${show(item, 1)}`);
  return value.length > itemsShown ? [...items, `… and ${value.length - itemsShown} more`] : items;
}

/** What was due and what came. A suite's own words (`no socket`, `FIN, after 0 of 6 bytes`) stand there as words; data in quotes. */
export function showCompared(
  expected: unknown,
  received: unknown,
): { expected: string[]; received: string[] } {
  if (areWords(expected, received)) return { expected: [String(expected)], received: [String(received)] };
  return { expected: showLines(expected), received: showLines(received) };
}

/** Two texts of one line, one of them of several words, with nothing at their edges or within that quotes would show. */
function areWords(...texts: unknown[]): boolean {
  const isPlain = (text: unknown): boolean =>
    typeof text === "string" && /^[^\s"\\](?:[^\p{Cc}"\\]*[^\s"\\])?$/u.test(text);
  return texts.every(isPlain) && texts.some((text) => String(text).includes(" "));
}

/** Numbers with a fraction are measured ones here: three digits of them are enough, and the `≈` says so. */
function showNumber(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return Object.is(value, -0) ? "-0" : String(value);
  return `≈${Number(value.toPrecision(3))}`;
}

/** The most characters of a text that stand on the line where it is mentioned. */
const textShown = 100;

/** True for a text of several lines that no line of a step has room for. */
export function isPage(value: unknown): value is string {
  return typeof value === "string" && linesOf(value).length > 1 && JSON.stringify(value).length > textShown;
}

/** How a long text begins, and how it ends. */
function showPage(lines: string[]): string[] {
  const left = lines.length - itemsShown;
  if (left <= 1) return lines;
  const half = itemsShown / 2;
  return [...lines.slice(0, half), `… ${left.toLocaleString("en")} more lines …`, ...lines.slice(-half)];
}

function linesOf(text: string): string[] {
  return text.trimEnd().split("\n");
}

function showText(text: string): string {
  const quoted = JSON.stringify(text);
  if (quoted.length <= textShown) return quoted;
  const lines = linesOf(text).length;
  return lines > 1
    ? `(text, ${lines} lines)`
    : `${quoted.slice(0, textShown - 3)}…" (${text.length.toLocaleString("en")} characters)`;
}

/** `Int8Array [1, 2, 3]`: by its numbers, which a Uint8Array's reader would rather have in hexadecimal. */
function showView(view: ArrayBufferView): string {
  const { name } = view.constructor;
  if (view instanceof DataView) return `${name} (${view.byteLength.toLocaleString("en")} bytes)`;
  const items = view as Int8Array;
  const more =
    items.length > itemsShown ? [`… ${(items.length - itemsShown).toLocaleString("en")} more`] : [];
  return `${name} [${[...items.subarray(0, itemsShown)].map(String).concat(more).join(", ")}]`;
}

function showList(list: unknown[], depth: number): string {
  const shown = list.slice(0, itemsShown).map((item) => show(item, depth + 1));
  const more = list.length > itemsShown ? [`… ${list.length - itemsShown} more`] : [];
  return `[${[...shown, ...more].join(", ")}]`;
}

function showFields(value: object, depth: number): string {
  const entries = Object.entries(value);
  // A stand-in has no fields of its own on this side.
  if (entries.length === 0) return Object.getPrototypeOf(value) === null ? "an object of yours" : "{}";
  const shown = entries.slice(0, itemsShown).map(([key, item]) => `${key}: ${show(item, depth + 1)}`);
  return `{ ${shown.join(", ")}${entries.length > itemsShown ? ", …" : ""} }`;
}
