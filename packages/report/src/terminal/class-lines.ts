import type { ExerciseResult, GradeReport } from "../grade-report.ts";
import { remarksOn } from "../remarks.ts";
import { sameFileMeaning, sameFiles } from "../same-file.ts";
import { nameOf } from "../standing.ts";
import {
  count,
  percent,
  pointsText,
  resultOf,
  scopeText,
  signs,
  summaryOf,
  words,
  type ExerciseSummary,
  type Status,
  type Unasked,
} from "../summary.ts";
import { unaskedText } from "../unasked.ts";
import { visibleLine } from "../visible.ts";
import { columnsOf, fitted, wrapped } from "./columns.ts";
import { colours, type Paint } from "./paint.ts";

/** A class: learners beside exercises, each exercise in figures, and who needs a look. */
export function classLines(report: GradeReport, columns: number, paint: Paint): string[] {
  const { submissions } = report;
  const summary = summaryOf(report);
  const heading = `${count(submissions.length, "learner")}, ${visibleLine(scopeText(report))}`;
  return [
    paint("bold", heading),
    "",
    ...tableLines(report, columns, paint),
    "",
    `Median ${percent(summary.median)}, mean ${percent(summary.mean)}; ${summary.whole} of ${submissions.length} pass all.`,
    "",
    ...exerciseLines(summary.exercises, columns, paint),
    ...unaskedLines(summary.unasked, columns),
    ...lookLines(report, columns, paint),
    ...sameFileLines(report, columns, paint),
  ];
}

function tableLines({ exercises, submissions }: GradeReport, columns: number, paint: Paint): string[] {
  const totals = submissions.map(({ points, maxPoints }) => `${pointsText(points)}/${pointsText(maxPoints)}`);
  const totalWidth = Math.max(...totals.map(({ length }) => length), 5) + 2;
  const widest = Math.max(
    ...submissions.map((submission) => columnsOf(visibleLine(nameOf(submission), 80))),
    7,
  );
  // Three columns an exercise; what has no room goes on in a table below.
  const nameWidth = Math.max(Math.min(widest, columns - totalWidth - 3 * exercises.length), 12);
  const room = Math.max(Math.floor((columns - nameWidth - totalWidth) / 3), 1);
  const starts = Array.from(
    { length: Math.max(Math.ceil(exercises.length / room), 1) },
    (_, index) => index * room,
  );
  return starts.flatMap((start, part) => {
    const shown = exercises.slice(start, start + room);
    const isLast = part === starts.length - 1;
    const head = `${fitted("Learner", nameWidth)}${shown.map(({ label }, index) => ` ${shortOf(label, start + index)}`).join("")}`;
    const rows = submissions.map((submission, row) => {
      const cells = shown.map(({ label }, index) => cell(resultOf(submission, label, start + index), paint));
      const total = isLast ? (totals[row] ?? "").padStart(totalWidth) : "";
      return `${fitted(visibleLine(nameOf(submission), 80), nameWidth)}${cells.join("")}${total}`;
    });
    const named = paint("dim", isLast ? head + "total".padStart(totalWidth) : head);
    return [part === 0 ? [] : [""], [named], rows].flat();
  });
}

/** `04` of `04-framing`; of what has no number, its place. */
function shortOf(label: string, index: number): string {
  return /^\d\d(?=-)/.exec(label)?.[0] ?? String((index + 1) % 100).padStart(2, "0");
}

function cell(result: ExerciseResult | undefined, paint: Paint): string {
  const status = result?.status ?? "absent";
  return `  ${paint(colours[status], signs[status])}`;
}

function exerciseLines(exercises: ExerciseSummary[], columns: number, paint: Paint): string[] {
  const width = Math.min(Math.max(...exercises.map(({ label }) => label.length), 8), 24);
  const statuses: Status[] = ["pass", "fail", "error", "absent"];
  const legend = statuses.map((status) => `${signs[status]} ${words[status]}`).join("   ");
  return [
    paint("dim", legend),
    "",
    ...exercises.flatMap(({ label, counts, meanPoints, points, missed }) => {
      const told = statuses.map((status) =>
        paint(colours[status], `${String(counts[status]).padStart(4)} ${signs[status]}`),
      );
      const mean = `mean ${pointsText(Math.round(meanPoints * 10) / 10)}/${pointsText(points)}`;
      // A narrow window has room for the counts alone.
      const beside = columns < 64 ? "" : `   ${paint("dim", mean)}`;
      const [worst] = missed;
      return [
        `${fitted(visibleLine(label, 60), width)}${told.join("")}${beside}`,
        ...(worst === undefined
          ? []
          : wrapped(`fails for ${worst.fails} of ${worst.asked}: ${visibleLine(worst.title)}`, columns, 4)),
      ];
    }),
  ];
}

function lookLines(report: GradeReport, columns: number, paint: Paint): string[] {
  const looks = report.submissions.flatMap((submission) =>
    remarksOn(report, submission).map((remark) => ({ name: nameOf(submission), remark })),
  );
  const notices = report.notices ?? [];
  if (looks.length === 0 && notices.length === 0) return [];
  return [
    "",
    paint("bold", "Needs a look"),
    ...notices.slice(0, mostLooks).flatMap((notice) => wrapped(visibleLine(notice, 500), columns, 2)),
    ...(notices.length > mostLooks ? [`  and ${notices.length - mostLooks} more`] : []),
    ...looks
      .slice(0, mostLooks)
      .flatMap(({ name, remark }) =>
        wrapped(`${visibleLine(name, 80)}: ${visibleLine(remark, 300)}`, columns, 2),
      ),
    ...(looks.length > mostLooks ? [`  and ${looks.length - mostLooks} more`] : []),
  ];
}

/** So many remarks are printed. */
const mostLooks = 30;

function unaskedLines(unasked: Unasked, columns: number): string[] {
  const text = unaskedText(unasked);
  return text === "" ? [] : wrapped(text, columns, 0);
}

function sameFileLines(report: GradeReport, columns: number, paint: Paint): string[] {
  const groups = sameFiles(report);
  if (groups.length === 0) return [];
  return [
    "",
    paint("bold", "The same file"),
    ...groups.slice(0, mostGroups).flatMap(({ exercise, submissions }) => {
      const names = submissions.slice(0, mostNames).map((submission) => visibleLine(nameOf(submission), 80));
      const more = submissions.length > mostNames ? ` and ${submissions.length - mostNames} more` : "";
      return wrapped(`${visibleLine(exercise, 60)}: ${names.join(", ")}${more}`, columns, 2);
    }),
    ...(groups.length > mostGroups ? [`  and ${groups.length - mostGroups} more groups`] : []),
    ...wrapped(sameFileMeaning, columns, 2),
  ];
}

/** So many groups of the same file are printed, and names in each. */
const mostGroups = 10;
const mostNames = 20;
