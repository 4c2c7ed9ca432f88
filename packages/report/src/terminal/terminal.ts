import type { GradeReport } from "../grade-report.ts";
import { sealWords } from "../seal-words.ts";
import { signs } from "../summary.ts";
import { commandless, visibleLine } from "../visible.ts";
import { classLines } from "./class-lines.ts";
import { wrapped } from "./columns.ts";
import { learnerLines } from "./learner-lines.ts";
import { colours, type Paint } from "./paint.ts";

export interface TerminalOptions {
  /** Columns of the terminal. Default 80, at least 40. */
  columns?: number;
  /** Colours a text. Without it there are none; nothing is told by colour alone. */
  paint?: Paint;
}

/** A report for a terminal or a log: one learner exercise by exercise, several as a table. Ends with a line end. */
export function toTerminal(report: GradeReport, options: TerminalOptions = {}): string {
  const columns = Math.max(options.columns ?? 80, 40);
  const paint: Paint = options.paint ?? ((_style, text) => text);
  const [only, ...others] = report.submissions;
  const lines =
    only !== undefined && others.length === 0
      ? learnerLines(report, only, columns, paint)
      : classLines(report, columns, paint);
  return `${[...lines, "", ...sealLines(report, columns, paint)].map((line) => commandless(line).trimEnd()).join("\n")}\n`;
}

function sealLines({ seal }: GradeReport, columns: number, paint: Paint): string[] {
  const { state, headline, trials, why } = sealWords(seal);
  return [
    ...wrapped(`${signs[state]} ${headline}`, columns, 0).map((line) => paint(colours[state], line)),
    ...wrapped(trials, columns, 2),
    ...(why === "" ? [] : wrapped(`Why not sealed: ${visibleLine(why, 300)}`, columns, 2)),
    ...seal.canaries
      .filter(({ held }) => !held)
      .flatMap(({ title, detail }) => wrapped(`✗ ${visibleLine(title)}: ${visibleLine(detail)}`, columns, 2)),
  ];
}
