import { absenceOf, wordOf } from "../absence.ts";
import type { Canary, ExerciseResult, GradeReport, SubmissionResult } from "../grade-report.ts";
import { remarksOn } from "../remarks.ts";
import { sameFileMeaning, sameFiles } from "../same-file.ts";
import { sealWords } from "../seal-words.ts";
import { adviceOf, againCommand, firstFailureOf, nameOf } from "../standing.ts";
import {
  count,
  percent,
  pointsText,
  resultOf,
  scopeText,
  shareOf,
  signs,
  summaryOf,
  timeText,
  words as statusWords,
  type Summary,
} from "../summary.ts";
import { unaskedText } from "../unasked.ts";
import { Bounded } from "./bounded.ts";
import { code, fenced, htmlCode, words } from "./text.ts";

export interface MarkdownOptions {
  /** Bytes of UTF-8 at most; whatever has no room is left out, which is said. Default 1,000,000, at least 20,000. */
  limit?: number;
}

/**
 * A report as Markdown, for `$GITHUB_STEP_SUMMARY`, which takes 1 MiB a step. The seal comes first, then the class, then each
 * learner, folded. Whatever comes from a submission is shown, and never obeyed.
 */
export function toMarkdown(report: GradeReport, { limit = 1_000_000 }: MarkdownOptions = {}): string {
  const text = new Bounded(Math.max(limit, 20_000) - 500);
  const summary = summaryOf(report);
  text.add([
    `# Grading of ${count(report.submissions.length, "learner")}`,
    "",
    ...sealLines(report),
    ...figures(report, summary),
  ]);
  text.addEach(tableRows(report), 0.5, (left) => [
    "",
    `${left} more rows are left out: the summary is full.`,
  ]);
  text.add(trialLines(report));
  text.addEach(lookRows(report), 0.6, (left) => ["", `${left} more are left out: the summary is full.`]);
  text.addEach(missedRows(summary), 0.7, (left) => ["", `${left} more are left out: the summary is full.`]);
  text.addEach(sameFileRows(report), 0.72, (left) => ["", `${left} more are left out: the summary is full.`]);
  text.add(["", "## Learners", ""]);
  text.addEach(learnerItems(report, text), 1, (left) => [
    `${count(left, "learner")} left out here: the summary is full. The JSON report and the HTML pages have all.`,
  ]);
  return text.toString();
}

function sealLines({ seal }: GradeReport): string[] {
  const { state, headline, meaning, trials, why } = sealWords(seal);
  const kind = { pass: "NOTE", error: "WARNING", fail: "CAUTION" }[state];
  return [
    `> [!${kind}]`,
    `> **${signs[state]} ${headline}**`,
    `>`,
    `> ${meaning}`,
    `>`,
    `> ${trials}${why === "" ? "" : ` Why not sealed: ${words(why)}`}`,
    ...seal.canaries
      .filter(({ held }) => !held)
      .slice(0, mostTrials)
      .map((trial, index) => `${index === 0 ? ">\n" : ""}> ${trialLine(trial)}`),
    "",
  ];
}

/** So many trials are named. */
const mostTrials = 50;

/** Folded: who sees that all held needs no list of them. */
function trialLines({ seal: { canaries } }: GradeReport): string[] {
  if (canaries.length === 0) return [];
  const broken = canaries.filter(({ held }) => !held).length;
  const said = broken === 0 ? "each came out as it must" : `${broken} did not come out as they must`;
  return [
    "",
    `<details><summary>${count(canaries.length, "trial")} of the grading: ${said}</summary>`,
    "",
    ...canaries.slice(0, mostTrials).map(trialLine),
    "",
    "</details>",
  ];
}

function trialLine({ title, held, detail }: Canary): string {
  return `- ${held ? "✓ held" : "✗ did not hold"}: ${words(title)} (${words(detail)})`;
}

function figures(report: GradeReport, { median, mean, whole, shares }: Summary): string[] {
  return [
    `${words(scopeText(report))}, graded ${words(timeText(report.startedAt))}. Median ${percent(median)}, mean ${percent(mean)}; ${whole} of ${shares.length} pass all.`,
    "",
  ];
}

/** Signs, as there is no room for points. The first item is the head. */
function tableRows({ exercises, submissions }: GradeReport): string[][] {
  const head = ["Learner", "Points", ...exercises.map(({ label }) => code(label, 60))];
  const rows = submissions.map((submission) => {
    const points = `${pointsText(submission.points)} / ${pointsText(submission.maxPoints)}`;
    const cells = exercises.map(
      ({ label }, index) => signs[resultOf(submission, label, index)?.status ?? "absent"],
    );
    return [row([code(nameOf(submission), 80), points, ...cells])];
  });
  const legend = Object.entries(signs).map(
    ([status, sign]) => `${sign} ${statusWords[status as keyof typeof signs]}`,
  );
  return [
    ["## Marks", "", legend.join(" · "), "", row(head), row(["---", "--:", ...exercises.map(() => ":-:")])],
    ...rows,
  ];
}

function lookRows(report: GradeReport): string[][] {
  const looks = report.submissions.flatMap((submission) =>
    remarksOn(report, submission).map((remark) => [`- ${code(nameOf(submission), 80)}: ${words(remark)}`]),
  );
  looks.unshift(...(report.notices ?? []).map((notice) => [`- ${words(notice, 500)}`]));
  return looks.length === 0 ? [] : [["", "## Needs a look", ""], ...looks];
}

function missedRows({ exercises, unasked }: Summary): string[][] {
  const missed = exercises.flatMap((exercise) => exercise.missed.slice(0, 3));
  const left = unaskedText(unasked);
  if (missed.length === 0) return left === "" ? [] : [["", left]];
  return [
    [
      "",
      "## Tests that fail most often",
      "",
      row(["Exercise", "Test", "Fails for"]),
      row(["---", "---", "--:"]),
    ],
    ...missed.map(({ exercise, title, fails, asked }) => [
      row([code(exercise, 60), words(title), `${fails} of ${asked}`]),
    ]),
    ...(left === "" ? [] : [["", left]]),
  ];
}

function sameFileRows(report: GradeReport): string[][] {
  const groups = sameFiles(report).map(({ exercise, submissions }) => {
    const names = submissions.slice(0, mostFiles).map((submission) => code(nameOf(submission), 80));
    const more = submissions.length > mostFiles ? ` and ${submissions.length - mostFiles} more` : "";
    return [`- ${code(exercise, 60)}: ${names.join(", ")}${more}`];
  });
  return groups.length === 0 ? [] : [["", "## The same file", "", sameFileMeaning, ""], ...groups];
}

/** All learners rather than long texts: as many characters of each failure as leave room for everybody. */
function learnerItems({ submissions }: GradeReport, text: Bounded): string[][] {
  for (const most of [8192, 2048, 512]) {
    const items = submissions.map((submission) => learnerLines(submission, most, submissions.length === 1));
    if (text.hasRoomFor(items)) return items;
  }
  return submissions.map((submission) => learnerLines(submission, 0, false));
}

function learnerLines(submission: SubmissionResult, mostText: number, isOpen: boolean): string[] {
  const { source, points, maxPoints, problem, refused, ignoredCount, results } = submission;
  return [
    // HTML up to the empty line; Markdown from there on.
    `<details${isOpen ? " open" : ""}><summary>${htmlCode(nameOf(submission), 80)} ${pointsText(points)} of ${pointsText(maxPoints)} points (${percent(shareOf(submission))})</summary>`,
    "",
    `From ${code(source)}.`,
    ...(problem === undefined ? [] : ["", `**! Nothing could be graded:** ${words(problem)}`]),
    ...refused
      .slice(0, mostFiles)
      .map(
        ({ path, reason }, index) => `${index === 0 ? "\n" : ""}- refused ${code(path)}: ${words(reason)}`,
      ),
    ...(refused.length > mostFiles ? [`- and ${refused.length - mostFiles} more refused`] : []),
    ...(ignoredCount > 0 ? ["", `${count(ignoredCount, "file")} that no exercise asks for: not used.`] : []),
    "",
    row(["", "Exercise", "Tests", "Points"]),
    row([":-:", "---", "--:", "--:"]),
    ...results.map((result) => {
      const { exercise, status, tests, points, maxPoints } = result;
      const absence = absenceOf(submission, result);
      return row([
        signs[status],
        code(exercise, 60),
        tests.length === 0
          ? `${wordOf(submission, result)}${absence === undefined || absence.why === "" || absence.word === "refused" ? "" : `: ${words(absence.why)}`}`
          : `${tests.filter((test) => test.status === "pass").length} of ${tests.length}`,
        `${pointsText(points)} of ${pointsText(maxPoints)}`,
      ]);
    }),
    ...results.flatMap((result) => resultLines(result, mostText)),
    "",
    "</details>",
    "",
  ];
}

/** So many refused files are named. */
const mostFiles = 20;

function resultLines(result: ExerciseResult, mostText: number): string[] {
  const { exercise, status, reason } = result;
  if (status === "error" || (status === "fail" && reason !== undefined))
    return ["", `**${signs[status]} ${code(exercise, 60)}** ${words(reason ?? "could not be graded")}`];
  const first = firstFailureOf(result);
  if (first === undefined) return [];
  const { why, read, hint } = adviceOf(first);
  const again = againCommand(result);
  return [
    "",
    `**✗ ${code(exercise, 60)}** ${words(first.title)}`,
    ...(first.text === undefined || mostText === 0 ? [] : ["", ...fenced(first.text, mostText)]),
    ...(why === "" ? [] : ["", `Why it matters: ${words(why, 600)}`]),
    ...(read === "" ? [] : ["", `Where to read: ${words(read)}`]),
    ...(hint === "" ? [] : ["", `Hint: ${words(hint.replaceAll(/\s+/g, " "), 1000)}`]),
    ...(again === undefined ? [] : ["", `The same at a desk: ${code(again)}`]),
  ];
}

function row(cells: string[]): string {
  return `| ${cells.join(" | ")} |`;
}
