import type { GradeReport } from "../grade-report.ts";
import { sameFileMeaning, sameFiles } from "../same-file.ts";
import { visibleLine } from "../visible.ts";
import { learnerLink } from "./class-table.ts";
import { html, type Html } from "./html.ts";

/** Who handed in the same bytes. Nothing where nobody did. */
export function sameFileHtml(report: GradeReport): Html {
  const groups = sameFiles(report);
  if (groups.length === 0) return html``;
  return html`<section aria-labelledby="same">
    <h2 id="same">The same file</h2>
    <p class="dim">${sameFileMeaning}</p>
    <dl class="looks">
      ${groups.slice(0, mostGroups).map(
        ({ exercise, submissions }) =>
          html`<div>
            <dt>${visibleLine(exercise, 60)}</dt>
            <dd>
              ${submissions.slice(0, mostNames).map((submission, index) => html`${index > 0 && ", "}${learnerLink(submission)}`)}${submissions.length > mostNames && ` and ${submissions.length - mostNames} more`}
            </dd>
          </div>`,
      )}
    </dl>
    ${groups.length > mostGroups && html`<p>And ${groups.length - mostGroups} more such groups: equal <code>answerHash</code> in report.json.</p>`}
  </section>`;
}

const mostGroups = 30;
const mostNames = 20;
