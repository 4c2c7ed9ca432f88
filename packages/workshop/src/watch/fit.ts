/** Sticky: looks where `lastIndex` is, and nowhere else. */
// oxlint-disable-next-line no-control-regex
const styleHere = /\u001B\[[\d;]*m/y;
// oxlint-disable-next-line no-control-regex
const styles = /\u001B\[[\d;]*m/g;

/** So much of one line is shown, 20 rows of 80: nobody reads on in a payload that was printed. */
const most = 1600;

/** How many columns a line takes; what colours it takes none. */
export function columnsOf(line: string): number {
  let columns = 0;
  for (const _ of line.replace(styles, "")) columns++;
  return columns;
}

/**
 * Lines no longer than `columns`: what is longer goes on in the next, indented like the first. One of more than some 1600
 * characters is cut off there, which is said.
 */
export function fit(lines: string[], columns: number): string[] {
  return lines.flatMap((line) => (isShort(line, columns) ? [line] : broken(line, columns)));
}

/** The beginning of a line, and `…` where something was cut off. */
export function cut(line: string, columns: number): string {
  if (isShort(line, columns)) return line;
  const room = Math.max(columns - 1, 0);
  return `${Array.from(line.replace(styles, "").slice(0, 2 * room))
    .slice(0, room)
    .join("")}…`;
}

function isShort(line: string, columns: number): boolean {
  return line.length <= columns || columnsOf(line) <= columns;
}

function broken(line: string, columns: number): string[] {
  const indent = Math.min(/^ */.exec(line)?.[0].length ?? 0, Math.floor(columns / 2));
  const lines: string[] = [];
  const rows = Math.ceil(most / Math.max(columns, 1));
  let [start, margin] = [0, 0];
  for (;;) {
    const end = breakAt(line, start, Math.max(columns - margin, 1), margin === 0 ? indent : 0);
    const text = " ".repeat(margin) + line.slice(start, end);
    if (end === line.length) return [...lines, text];
    if (lines.length === rows - 1) return [...lines, cutOff(text, columnsOf(line.slice(end)), columns)];
    lines.push(text.trimEnd());
    [start, margin] = [end, indent];
    while (line[start] === " ") start++;
  }
}

/** The last row of a line that is cut off: how much is missing, behind this row too. */
function cutOff(row: string, behind: number, columns: number): string {
  const note = (missing: number): string => `… ${missing} characters more\u001B[0m`;
  const room = columns - columnsOf(note(behind + columns));
  if (room < 0) return cut(`${row}…`, columns);
  const kept = Array.from(row.replace(styles, "")).slice(0, room);
  return kept.join("") + note(behind + columnsOf(row) - kept.length);
}

/** Where, from `start`, the line is broken: behind the last word that has room, or in the middle of one; or its end. */
function breakAt(line: string, start: number, columns: number, indent: number): number {
  let [seen, space, index] = [0, 0, start];
  while (index < line.length) {
    styleHere.lastIndex = index;
    const colour = styleHere.exec(line)?.[0].length ?? 0;
    if (colour === 0) {
      if (seen >= columns) return line[index] === " " || space === 0 ? index : space;
      if (line[index] === " " && seen > indent) space = index;
      index += (line.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
      seen++;
    } else index += colour;
  }
  return index;
}
