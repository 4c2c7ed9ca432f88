import type { ExerciseResult, GradeReport, SubmissionResult } from "../grade-report.ts";
import {
  count,
  firstFailureOf,
  otherLevels,
  percent,
  pointsText,
  shareOf,
  signs,
  words,
} from "../summary.ts";
import { visibleLine, visibleLines } from "../visible.ts";
import { wrapped } from "./columns.ts";
import { colours, type Paint } from "./paint.ts";

/** One learner: exercise by exercise, with the text of the first failure in each. */
export function learnerLines(
  report: GradeReport,
  submission: SubmissionResult,
  columns: number,
  paint: Paint,
): string[] {
  const { id, points, maxPoints, problem, results, refused, ignoredCount } = submission;
  const levels = otherLevels(report, submission);
  return [
    paint(
      "bold",
      `${visibleLine(id, 80)}: ${pointsText(points)} of ${pointsText(maxPoints)} points (${percent(shareOf(submission))})`,
    ),
    ...(problem === undefined
      ? []
      : ["", ...wrapped(`! ${visibleLine(problem, 1000)}`, columns, 0).map((line) => paint("yellow", line))]),
    "",
    ...results.flatMap((result) => resultLines(result, columns, paint)),
    ...refused
      .slice(0, mostRefused)
      .flatMap(({ path, reason }) =>
        wrapped(`refused ${visibleLine(path)}: ${visibleLine(reason, 300)}`, columns, 0),
      ),
    ...(refused.length > mostRefused ? [`and ${refused.length - mostRefused} more refused`] : []),
    ...(ignoredCount > 0 ? [`${count(ignoredCount, "file")} that no exercise asks for: not used.`] : []),
    ...(levels === undefined ? [] : wrapped(levels, columns, 0)),
  ];
}

function resultLines(result: ExerciseResult, columns: number, paint: Paint): string[] {
  const { exercise, status, reason, tests, points, maxPoints } = result;
  const passing = tests.filter((test) => test.status === "pass").length;
  const told = tests.length > 0 ? `${passing} of ${tests.length} tests pass` : words[status];
  const first = firstFailureOf(result);
  return [
    `${paint(colours[status], `${signs[status]} ${visibleLine(exercise, 60)}`)}: ${told}, ${pointsText(points)} of ${pointsText(maxPoints)} points`,
    ...(reason === undefined || status === "absent" ? [] : wrapped(visibleLine(reason, 1000), columns, 4)),
    ...(first === undefined
      ? []
      : [
          "",
          ...wrapped(`✗ ${visibleLine(first.title)}`, columns, 2).map((line) => paint("red", line)),
          ...(first.text === undefined
            ? []
            : ["", ...visibleLines(first.text.replace(/^\n+/, "").trimEnd(), 16_384, 200)]),
          "",
        ]),
  ];
}

/** So many refused files are named. */
const mostRefused = 20;
