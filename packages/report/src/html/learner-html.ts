import { absenceOf, wordOf } from "../absence.ts";
import type { GradeReport, SubmissionResult } from "../grade-report.ts";
import { nameOf } from "../standing.ts";
import { count, percent, pointsText, shareOf, signs } from "../summary.ts";
import { visibleLine } from "../visible.ts";
import { bar } from "./bar.ts";
import { html, type Html } from "./html.ts";
import { exerciseHtml } from "./learner-exercise.ts";
import { provenanceHtml } from "./learner-provenance.ts";
import { graderHtml, pageHtml, time } from "./page.ts";
import { sealHtml } from "./seal-html.ts";

/**
 * What came of one learner's submission, to keep and to talk over. One file, that asks for no other and names no other learner.
 *
 * @param id of a submission in the report
 * @throws {RangeError} when the report has none of that name
 */
export function toLearnerHtml(report: GradeReport, id: string): string {
  const submission = report.submissions.find((one) => one.id === id);
  if (submission === undefined)
    throw new RangeError(
      `Expected the id of one of ${count(report.submissions.length, "submission")}, got "${visibleLine(id)}"`,
    );
  const { points, maxPoints, results } = submission;
  const name = visibleLine(nameOf(submission), 80);
  const passed = results.filter(({ status }) => status === "pass").length;
  return pageHtml({
    kind: "learner",
    title: `${name}: ${pointsText(points)} of ${pointsText(maxPoints)} points`,
    skips: [["overview", "To the exercises"]],
    header: html`<h1><bdi>${name}</bdi></h1>
      <p>
        ${report.track !== undefined && html`Track ${visibleLine(report.track, 60)}, `}graded
        ${time(report.startedAt)}
      </p>`,
    main: html`<p class="score">
        <b>${pointsText(points)} of ${pointsText(maxPoints)} points</b>
        <span
          >${percent(shareOf(submission))}, ${passed} of ${count(results.length, "exercise")}
          ${passed === 1 || results.length === 1 ? "passes" : "pass"}</span
        >
      </p>
      ${submission.problem !== undefined && html`<p class="error"><b>! Nothing could be graded:</b> ${visibleLine(submission.problem, 1000)}</p>`}
      ${overviewHtml(submission)} ${results.map(exerciseHtml)} ${handedInHtml(submission)}
      ${sealHtml(report.seal)} ${provenanceHtml(report, submission)}`,
    footer: graderHtml(report),
  });
}

function overviewHtml(submission: SubmissionResult): Html {
  return html`<section aria-labelledby="overview">
    <h2 id="overview" tabindex="-1">Exercises</h2>
    <table class="overview">
      <caption class="unseen">
        Status and points of each exercise
      </caption>
      <thead>
        <tr>
          <th scope="col">Exercise</th>
          <th scope="col">Status</th>
          <th scope="col">Tests</th>
          <th scope="col" class="number">Points</th>
        </tr>
      </thead>
      <tbody>
        ${submission.results.map((result, index) => {
          const { exercise, status, tests, points, maxPoints } = result;
          const passing = tests.filter((test) => test.status === "pass").length;
          const name = visibleLine(exercise, 60);
          const absence = absenceOf(submission, result)?.why ?? "";
          return html`<tr>
            <th scope="row">${status === "absent" ? name : html`<a href="#x${index}">${name}</a>`}</th>
            <td class="state ${status}">
              <b>${signs[status]}</b>
              ${wordOf(submission, result)}${absence !== "" && html` <span class="dim">${visibleLine(absence, 300)}</span>`}
            </td>
            <td>
              ${
                tests.length > 0 &&
                html`<span class="both"
                  >${passing} of ${tests.length}
                  ${bar([
                    ["pass", passing / tests.length],
                    ["fail", 1 - passing / tests.length],
                  ])}</span
                >`
              }
            </td>
            <td class="number">${pointsText(points)} of ${pointsText(maxPoints)}</td>
          </tr>`;
        })}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">Total</th>
          <td></td>
          <td></td>
          <td class="number">${pointsText(submission.points)} of ${pointsText(submission.maxPoints)}</td>
        </tr>
      </tfoot>
    </table>
  </section>`;
}

/** So many names of files are shown. */
const mostFiles = 100;

function handedInHtml({ refused, ignored, ignoredCount, source, kind }: SubmissionResult): Html {
  const more = (shown: number, all: number): Html | false =>
    all > shown && html`<li>and ${all - shown} more</li>`;
  return html`<section class="exercise-of" aria-labelledby="handed">
    <h2 id="handed">What was handed in</h2>
    <p>From <code>${visibleLine(kind === "git" ? source : lastOf(source), 500)}</code> (${kind}).</p>
    ${
      refused.length > 0 &&
      html`<h3>Refused: files of an answer’s name that were not taken</h3>
        <ul class="files">
          ${refused
            .slice(0, mostFiles)
            .map(
              ({ path, reason }) =>
                html`<li><code>${visibleLine(path)}</code>: ${visibleLine(reason, 300)}</li>`,
            )}${more(Math.min(refused.length, mostFiles), refused.length)}
        </ul>`
    }
    ${
      ignoredCount > 0 &&
      html`<details>
        <summary>Not used: ${count(ignoredCount, "file")} that no exercise asks for</summary>
        <ul class="files">
          ${ignored
            .slice(0, mostFiles)
            .map((path) => html`<li><code>${visibleLine(path)}</code></li>`)}${more(
            Math.min(ignored.length, mostFiles),
            ignoredCount,
          )}
        </ul>
      </details>`
    }
    ${refused.length === 0 && ignoredCount === 0 && html`<p class="dim">Every file of it was used.</p>`}
  </section>`;
}

/** The name alone: where it lay is the grader's own affair. */
function lastOf(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== "") ?? path;
}
