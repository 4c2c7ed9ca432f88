import { absenceOf, wordOf } from "../absence.ts";
import type { ExerciseResult, GradeReport, SubmissionResult } from "../grade-report.ts";
import { otherLevels } from "../remarks.ts";
import { againCommand, firstFailureOf, nameOf } from "../standing.ts";
import { count, percent, pointsText, shareOf, signs } from "../summary.ts";
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
  const { points, maxPoints, problem, results, refused, ignoredCount } = submission;
  const levels = otherLevels(report, submission);
  return [
    paint(
      "bold",
      `${visibleLine(nameOf(submission), 80)}: ${pointsText(points)} of ${pointsText(maxPoints)} points (${percent(shareOf(submission))})`,
    ),
    ...(problem === undefined
      ? []
      : ["", ...wrapped(`! ${visibleLine(problem, 1000)}`, columns, 0).map((line) => paint("yellow", line))]),
    "",
    ...results.flatMap((result) => resultLines(submission, result, columns, paint)),
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

function resultLines(
  submission: SubmissionResult,
  result: ExerciseResult,
  columns: number,
  paint: Paint,
): string[] {
  const { exercise, status, reason, tests, points, maxPoints } = result;
  const passing = tests.filter((test) => test.status === "pass").length;
  const told = tests.length > 0 ? `${passing} of ${tests.length} tests pass` : wordOf(submission, result);
  const first = firstFailureOf(result);
  const absence = absenceOf(submission, result);
  const again = againCommand(result);
  return [
    `${paint(colours[status], `${signs[status]} ${visibleLine(exercise, 60)}`)}: ${told}, ${pointsText(points)} of ${pointsText(maxPoints)} points`,
    ...(reason === undefined || status === "absent" ? [] : wrapped(visibleLine(reason, 1000), columns, 4)),
    // What was refused has its lines below.
    ...(absence === undefined || absence.why === "" || absence.word === "refused"
      ? []
      : wrapped(visibleLine(absence.why, 1000), columns, 4)),
    ...(first === undefined
      ? []
      : [
          "",
          ...wrapped(`✗ ${visibleLine(first.title)}`, columns, 2).map((line) => paint("red", line)),
          ...(first.text === undefined
            ? []
            : ["", ...visibleLines(first.text.replace(/^\n+/, "").trimEnd(), 16_384, 200)]),
          "",
          ...(again === undefined ? [] : [`  ${again}`, ""]),
        ]),
  ];
}

/** So many refused files are named. */
const mostRefused = 20;
