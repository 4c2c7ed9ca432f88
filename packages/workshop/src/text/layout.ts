import { stripVTControlCharacters } from "node:util";
import type { Out } from "../command.ts";

/** Prose is wrapped, and everything indented, to this many columns. */
export const width = 80;

/** The columns for text on a terminal; nothing where there is none, and nobody cuts a line. */
export function columnsOn({ isTTY, columns }: Out): number | undefined {
  return isTTY === true ? Math.min(width, columns || width) : undefined;
}

/** Whether a line can be written anew there: not in a pipe or a file, and not where TERM=dumb. */
export function rewrites({ isTTY }: Out): boolean {
  return isTTY === true && process.env["TERM"] !== "dumb";
}

/** Words on lines of at most `columns` characters. Lines that are already short stay as they are. */
export function wrap(text: string, columns: number): string[] {
  return text.split("\n").flatMap((line) => wrapLine(line, columns));
}

function wrapLine(line: string, columns: number): string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(" ")) {
    if (current !== "" && current.length + 1 + word.length > columns) {
      lines.push(current);
      current = word;
    } else {
      current = current === "" ? word : `${current} ${word}`;
    }
  }
  return [...lines, current];
}

/** A line that is data keeps its own spaces; what has no room goes on below, further in. */
export function wrapFurtherIn(line: string, columns: number): string[] {
  if (line.length <= columns) return [line];
  const lines: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const space = rest.lastIndexOf(" ", columns);
    if (space <= further.length) break;
    lines.push(rest.slice(0, space));
    rest = further + rest.slice(space + 1);
  }
  return [...lines, rest];
}

const further = "    ";

/** A word at the left, its text beside it, wrapped and aligned: `Read   lesson "…"`. */
export function labelled(
  label: string,
  text: string | string[],
  indent: number,
  gutter: number,
  columns = width,
): string[] {
  const room = columns - indent - gutter;
  const lines = typeof text === "string" ? wrap(text, room) : text;
  return lines.map((line, index) =>
    `${" ".repeat(indent)}${(index === 0 ? label : "").padEnd(gutter)}${line}`.trimEnd(),
  );
}

/** A text behind `lead`; what has no room goes on below its beginning. */
export function hanging(lead: string, text: string, columns: number): string[] {
  const indent = stripVTControlCharacters(lead).length;
  return wrap(text, columns - indent).map((line, row) => (row === 0 ? lead : " ".repeat(indent)) + line);
}

/** The parts that have lines, with an empty line between two. */
export function spaced(parts: string[][]): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    if (lines.length > 0 && part.length > 0) lines.push("");
    lines.push(...part);
  }
  return lines;
}
