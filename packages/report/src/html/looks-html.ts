import type { GradeReport, SubmissionResult } from "../grade-report.ts";
import { count, remarksOn } from "../summary.ts";
import { visibleLine } from "../visible.ts";
import { learnerLink } from "./class-table.ts";
import { html, type Html } from "./html.ts";

/** Learners whose marks somebody should look at: errors, refused files, verdicts of another level. */
export function looksHtml(report: GradeReport): Html {
  const looks = report.submissions.flatMap((submission) => {
    const remarks = remarksOn(report, submission);
    return remarks.length === 0 ? [] : [{ submission, remarks }];
  });
  if (looks.length === 0)
    return html`<p class="calm">No learner needs a look: no errors, no refused files.</p>`;
  const [first, more] = [looks.slice(0, shown), looks.slice(shown, most)];
  return html`<section aria-labelledby="looks">
    <h2 id="looks">Needs a look: ${count(looks.length, "learner")}</h2>
    ${listHtml(first)}
    ${
      more.length > 0 &&
      html`<details>
        <summary>${looks.length - shown} more</summary>
        ${listHtml(more)}
      </details>`
    }
    ${looks.length > most && html`<p>And ${looks.length - most} more, who have a ! in the marks or a note on their page.</p>`}
  </section>`;
}

/** Learners that are seen at once, those that can be unfolded, and remarks on one of them. */
const shown = 8;
const most = 100;
const mostRemarks = 5;

interface Look {
  submission: SubmissionResult;
  remarks: string[];
}

function listHtml(looks: Look[]): Html {
  return html`<dl class="looks">
    ${looks.map(
      ({ submission, remarks }) =>
        html`<div>
          <dt>${learnerLink(submission)}</dt>
          ${remarks.slice(0, mostRemarks).map((remark) => html`<dd>${visibleLine(remark, 300)}</dd>`)}
          ${remarks.length > mostRemarks && html`<dd>and ${remarks.length - mostRemarks} more</dd>`}
        </div>`,
    )}
  </dl>`;
}
