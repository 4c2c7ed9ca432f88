import { absenceOf } from "../absence.ts";
import type { ExerciseResult, GradeReport, SubmissionResult } from "../grade-report.ts";
import { nameOf } from "../standing.ts";
import {
  percent,
  pointsText,
  resultOf,
  shareOf,
  signs,
  words,
  type Status,
  type Summary,
} from "../summary.ts";
import { visibleLine } from "../visible.ts";
import { html, type Html } from "./html.ts";

/** Learners beside exercises. Each cell says its status by a sign, a word for those who listen, and a colour. */
export function classTable({ exercises, submissions }: GradeReport, { exercises: figures }: Summary): Html {
  return html`<section class="marks" aria-labelledby="marks">
    <h2 id="marks" tabindex="-1">Marks</h2>
    <p class="legend">
      ${(["pass", "fail", "error", "absent"] as const).map(
        (status) => html`<span class="${status}"><b>${signs[status]}</b> ${words[status]}</span> `,
      )}<span class="dim">Points beside the sign. A learner’s name leads to their page.</span>
    </p>
    <p id="sorted" class="unseen" role="status"></p>
    <div class="wide" role="group" aria-label="The table of marks" tabindex="0">
      <table class="class${exercises.length <= few ? " few" : ""}">
        <caption class="unseen">
          Points of each learner in each exercise
        </caption>
        <thead>
          <tr>
            <th scope="col" class="name">Learner</th>
            <th scope="col" class="total">Total</th>
            ${exercises.map(
              ({ label }) =>
                html`<th scope="col" class="exercise">
                  <span class="turned">${visibleLine(label, 40)}</span>
                </th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${submissions.map((submission) => rowHtml(submission, exercises))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Mean of the class</th>
            <td class="total">${percent(mean(submissions.map(shareOf)))}</td>
            ${figures.map(({ meanPoints }) => html`<td>${pointsText(Math.round(meanPoints * 10) / 10)}</td>`)}
          </tr>
          <tr>
            <th scope="row">Pass</th>
            <td class="total"></td>
            ${figures.map(({ counts }) => html`<td>${counts.pass}</td>`)}
          </tr>
        </tfoot>
      </table>
    </div>
  </section>`;
}

/** So many labels have room side by side; more are turned. */
const few = 5;

/** A learner's name, leading to their page beside this one. */
export function learnerLink(submission: SubmissionResult): Html {
  return html`<a href="learners/${encodeURIComponent(submission.id.toWellFormed())}/report.html"
    ><bdi>${visibleLine(nameOf(submission), 80)}</bdi></a
  >`;
}

function rowHtml(submission: SubmissionResult, exercises: GradeReport["exercises"]): Html {
  const { points, maxPoints } = submission;
  return html`<tr>
    <th scope="row">${learnerLink(submission)}</th>
    <td class="total" data-k="${points}"><b>${pointsText(points)}</b> / ${pointsText(maxPoints)}</td>
    ${exercises.map(({ label }, index) => cellHtml(submission, resultOf(submission, label, index)))}
  </tr> `;
}

/** Sorts errors lowest, as they need a look, then what is not there, then by points. */
const below = { error: -2, absent: -1 } as const;

function cellHtml(submission: SubmissionResult, result: ExerciseResult | undefined): Html {
  const { status, points } =
    result ?? ({ status: "absent", points: 0 } satisfies { status: Status; points: number });
  const graded = status === "pass" || status === "fail";
  const note = result && absentNote(submission, result);
  return html`<td class="${status}" data-k="${graded ? points : below[status]}">
    <i>${signs[status]}</i
    >${note || html`<span class="unseen">${words[status]} </span>`}${graded && pointsText(points)}${graded && result?.isStub === true && html` <span class="note">stub</span>`}
  </td>`;
}

/** What is not plainly absent: somebody handed something in. */
function absentNote(submission: SubmissionResult, result: ExerciseResult): Html | false {
  const { word } = absenceOf(submission, result) ?? {};
  if (word === undefined || word === words.absent) return false;
  return html`<span class="note">${word === "untouched stub" ? "stub" : word}</span>`;
}

function mean(numbers: number[]): number {
  return numbers.length === 0 ? 0 : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
