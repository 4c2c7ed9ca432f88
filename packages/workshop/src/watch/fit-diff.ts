import { columnsOf, fit } from "./fit.ts";

/** A line of a diff: its colour, its sign, its text, and what ends the colour. */
// oxlint-disable-next-line no-control-regex
const changed = /^((?:\u001B\[\d+m)?)([+-])(.*?)((?:\u001B\[\d+m)?)$/;

/** Lines of a diff no longer than `columns`: what goes on below still says whose it is. */
export function fitDiff(lines: string[], columns: number): string[] {
  return lines.flatMap((line) => {
    const [, colour, sign, text, end] = changed.exec(line) ?? [];
    if (columnsOf(line) <= columns || text === undefined) return [line];
    return fit([text], columns - 1).map((part) => `${colour}${sign}${part}${end}`);
  });
}
