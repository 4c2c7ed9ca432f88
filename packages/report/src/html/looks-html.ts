import type { GradeReport, SubmissionResult } from "../grade-report.ts";
import { remarksOn } from "../remarks.ts";
import { count } from "../summary.ts";
import { visibleLine } from "../visible.ts";
import { learnerLink } from "./class-table.ts";
import { html, type Html } from "./html.ts";

/** What somebody should look at: what is nobody's, errors, refused files, processes that ended themselves, and the like. */
export function looksHtml(report: GradeReport): Html {
  const looks = report.submissions.flatMap((submission) => {
    const remarks = remarksOn(report, submission);
    return remarks.length === 0 ? [] : [{ submission, remarks }];
  });
  const notices = report.notices ?? [];
  if (looks.length === 0 && notices.length === 0)
    return html`<p class="calm">No learner needs a look: no errors, no refused files.</p>`;
  const [first, more] = [looks.slice(0, shown), looks.slice(shown, most)];
  return html`<section aria-labelledby="looks">
    <h2 id="looks">Needs a look${looks.length > 0 && `: ${count(looks.length, "learner")}`}</h2>
    ${noticesHtml(notices)} ${looks.length > 0 && listHtml(first)}
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
const mostNotices = 20;

interface Look {
  submission: SubmissionResult;
  remarks: string[];
}

function noticesHtml(notices: string[]): Html | false {
  return (
    notices.length > 0 &&
    html`<ul class="notices">
      ${notices.slice(0, mostNotices).map((notice) => html`<li>${visibleLine(notice, 500)}</li>`)}
      ${notices.length > mostNotices && html`<li>and ${notices.length - mostNotices} more</li>`}
    </ul>`
  );
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
