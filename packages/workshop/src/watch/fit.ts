// oxlint-disable-next-line no-control-regex
const style = /\u001B\[[\d;]*m/g;

/** How many columns a line takes; what colours it takes none. */
export function columnsOf(line: string): number {
  return Array.from(line.replace(style, "")).length;
}

/** Lines no longer than `columns`: what is longer goes on in the next, indented like the first. */
export function fit(lines: string[], columns: number): string[] {
  return lines.flatMap((line) => (columnsOf(line) <= columns ? [line] : broken(line, columns)));
}

/** The beginning of a line, and `…` where something was cut off. */
export function cut(line: string, columns: number): string {
  return columnsOf(line) <= columns
    ? line
    : `${Array.from(line.replace(style, ""))
        .slice(0, Math.max(columns - 1, 0))
        .join("")}…`;
}

function broken(line: string, columns: number): string[] {
  const indent = Math.min(/^ */.exec(line)?.[0].length ?? 0, Math.floor(columns / 2));
  const lines: string[] = [];
  let rest = line;
  while (columnsOf(rest) > columns) {
    const at = breakAt(rest, columns, indent);
    lines.push(rest.slice(0, at).trimEnd());
    rest = " ".repeat(indent) + rest.slice(at).trimStart();
  }
  return [...lines, rest];
}

/** Where, in characters of the string, the line is broken: behind the last word that has room, or in the middle of one. */
function breakAt(line: string, columns: number, indent: number): number {
  let [seen, space, index] = [0, 0, 0];
  while (index < line.length && seen < columns) {
    style.lastIndex = index;
    const colour = style.exec(line);
    if (colour?.index === index) {
      index += colour[0].length;
      continue;
    }
    if (line[index] === " " && seen > indent) space = index;
    index += String.fromCodePoint(line.codePointAt(index) ?? 32).length;
    seen++;
  }
  return line[index] === " " || space === 0 ? index : space;
}
