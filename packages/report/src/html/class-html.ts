import type { GradeReport } from "../grade-report.ts";
import { count, scopeText, summaryOf, timeText } from "../summary.ts";
import { visibleLine } from "../visible.ts";
import { classTable } from "./class-table.ts";
import { exercisesHtml, talkHtml } from "./class-exercises.ts";
import { html } from "./html.ts";
import { graderHtml, pageHtml, time } from "./page.ts";
import { looksHtml } from "./looks-html.ts";
import { sameFileHtml } from "./same-file-html.ts";
import { sealHtml } from "./seal-html.ts";
import { spreadHtml } from "./spread-html.ts";

/** A whole class on one page, with links to `learners/<id>/report.html` beside it. One file, that asks for no other. */
export function toClassHtml(report: GradeReport): string {
  const summary = summaryOf(report);
  const learners = count(report.submissions.length, "learner");
  return pageHtml({
    kind: "class",
    title: `Grading of ${learners}, ${timeText(report.startedAt).slice(0, 10)}`,
    skips: [["marks", "To the marks"]],
    header: html`<h1>Grading of ${learners}</h1>
      <p>${visibleLine(scopeText(report))}, graded ${time(report.startedAt)}</p>`,
    main: html`${sealHtml(report.seal)} ${looksHtml(report)}
      <div class="beside">${spreadHtml(summary)} ${talkHtml(summary)}</div>
      ${classTable(report, summary)} ${sameFileHtml(report)} ${exercisesHtml(summary)}`,
    footer: graderHtml(report),
  });
}
