import type { GradeReport, SubmissionResult } from "./grade-report.ts";
import { reasonOf } from "./outcome.ts";
import { oneLine } from "./plain-text.ts";

/**
 * A gradebook in CSV (RFC 4180: CRLF, text in quotes, a header), UTF-8 without a byte order mark: a row for each learner, a
 * column for each exercise, then the total, what could be had, and remarks. `learner` is the id, `name` the name as it was
 * written, `source` where it came from. An `error` and an exercise that was not handed in count 0; the remarks say which.
 *
 * No cell is a formula (owasp.org/www-community/attacks/CSV_Injection): an apostrophe stands in front of what would begin one,
 * also behind the separators of other countries' spreadsheets. Remarks are cut at 1000 characters, names at 200.
 */
export function toCsv(report: GradeReport): string {
  const labels = report.exercises.map(({ label }) => label);
  const header = ["learner", "name", "source", ...labels, "total", "maximum", "remarks"].map((name) =>
    cell(name, 200),
  );
  return [header, ...report.submissions.map((submission) => rowOf(submission, labels))]
    .map((row) => `${row.join(",")}\r\n`)
    .join("");
}

function rowOf(submission: SubmissionResult, labels: string[]): string[] {
  const { id, name, source, results, points, maxPoints } = submission;
  const byExercise = labels.map((label) => results.find(({ exercise }) => exercise === label)?.points ?? 0);
  return [
    cell(id, 200),
    cell(name, 200),
    cell(source, 200),
    ...[...byExercise, points, maxPoints].map((count) => numberCell(count)),
    cell(remarks(submission), 1000),
  ];
}

function remarks({ problem, results }: SubmissionResult): string {
  const said = problem === undefined ? [] : [problem];
  for (const result of results) {
    if (result.status === "error") said.push(`${result.exercise}: error: ${reasonOf(result)}`);
    if (result.status === "fail" && result.reason !== undefined)
      said.push(`${result.exercise}: ${reasonOf(result)}`);
    if (result.status === "absent")
      said.push(`${result.exercise}: ${result.isStub === true ? "the untouched stub" : "absent"}`);
  }
  return said.join(" / ");
}

function numberCell(count: number): string {
  return String(Number.isFinite(count) ? Math.round(count * 100) / 100 : 0);
}

function cell(text: string, limit: number): string {
  const line = text === "" ? "" : oneLine(text, limit);
  return `"${defuse(line).replaceAll('"', '""')}"`;
}

/** The full-width signs are formulas to spreadsheets set to Japanese. */
function defuse(line: string): string {
  return line.replaceAll(/(^|[,;|"])(?=\s*[=+\-@＝＋－＠])/gu, "$1'");
}
