import type { GradeReport } from "../grade-report.ts";
import { count, percent, remarksOn, summaryOf, type Summary } from "../summary.ts";
import { bar } from "./bar.ts";
import { classTable, learnerLink } from "./class-table.ts";
import { exercisesHtml, talkHtml } from "./class-exercises.ts";
import { html, type Html } from "./html.ts";
import { graderHtml, pageHtml, time } from "./page.ts";
import { sealHtml } from "./seal-html.ts";
import { visibleLine } from "../visible.ts";

/** A whole class on one page, with links to `learners/<id>/report.html` beside it. One file, that asks for no other. */
export function toClassHtml(report: GradeReport): string {
  const summary = summaryOf(report);
  const learners = count(report.submissions.length, "learner");
  const exercises = count(report.exercises.length, "exercise");
  return pageHtml({
    title: `Grading of ${learners}, ${report.startedAt.slice(0, 10)}`,
    skips: [["marks", "To the marks"]],
    header: html`<h1>Grading of ${learners}</h1>
      <p>
        ${exercises}${report.track !== undefined && html` of the track ${report.track}`}, graded
        ${time(report.startedAt)}
      </p>`,
    main: html`${sealHtml(report.seal)} ${looksHtml(report)}
      <div class="beside">${distributionHtml(summary)} ${talkHtml(summary)}</div>
      ${classTable(report, summary)} ${exercisesHtml(summary)}`,
    footer: graderHtml(report),
    sorts: true,
  });
}

/** So many learners are listed of those that need a look; whoever has more has another problem. */
const mostLooks = 40;

function looksHtml(report: GradeReport): Html {
  const looks = report.submissions.flatMap((submission) => {
    const remarks = remarksOn(report, submission);
    return remarks.length === 0 ? [] : [{ submission, remarks }];
  });
  const held = report.seal.canaries.every(({ held }) => held);
  if (looks.length === 0 && held)
    return html`<p class="calm">Nothing else needs a look: no errors, no refused files.</p>`;
  if (looks.length === 0) return html``;
  return html`<section aria-labelledby="looks">
    <h2 id="looks">Needs a look: ${count(looks.length, "learner")}</h2>
    <dl class="looks">
      ${looks.slice(0, mostLooks).map(
        ({ submission, remarks }) =>
          html`<div>
            <dt>${learnerLink(submission)}</dt>
            ${remarks.map((remark) => html`<dd>${visibleLine(remark, 300)}</dd>`)}
          </div>`,
      )}
    </dl>
    ${looks.length > mostLooks && html`<p>And ${looks.length - mostLooks} more: sort the marks by their sign.</p>`}
  </section>`;
}

function distributionHtml({ shares, median, mean, whole }: Summary): Html {
  const bins = Array.from({ length: 10 }, (_, index) => ({
    name: index === 9 ? "90–100 %" : `${index * 10}–${index * 10 + 9} %`,
    many: shares.filter((share) => Math.min(Math.floor(share * 10 + 1e-9), 9) === index).length,
  })).toReversed();
  const most = Math.max(...bins.map(({ many }) => many), 1);
  const [low = 0, high = 0] = [shares[0], shares.at(-1)];
  return html`<section aria-labelledby="spread">
    <h2 id="spread">How the points are spread</h2>
    <dl class="figures">
      <div>
        <dt>Median</dt>
        <dd>${percent(median)}</dd>
      </div>
      <div>
        <dt>Mean</dt>
        <dd>${percent(mean)}</dd>
      </div>
      <div>
        <dt>Range</dt>
        <dd>${percent(low)} to ${percent(high)}</dd>
      </div>
      <div>
        <dt>All exercises pass</dt>
        <dd>${whole} of ${shares.length}</dd>
      </div>
    </dl>
    <table class="spread">
      <caption class="unseen">
        Learners by their share of the points
      </caption>
      <thead class="unseen">
        <tr>
          <th scope="col">Share of the points</th>
          <th scope="col">Learners</th>
        </tr>
      </thead>
      <tbody>
        ${bins.map(
          ({ name, many }) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td><span class="many">${many}</span>${bar([["share", many / most]])}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}
