import type { ExerciseResult, TestResult } from "../grade-report.ts";
import { firstFailureOf, pointsText, signs, words } from "../summary.ts";
import { visibleLine, visibleLines } from "../visible.ts";
import { html, type Html } from "./html.ts";

/** One exercise of a learner: the first failure whole, and every test in a line. What was not handed in has its row above. */
export function exerciseHtml(result: ExerciseResult, index: number): Html {
  const { exercise, status, reason, points, maxPoints, tests } = result;
  if (status === "absent") return html``;
  const name = visibleLine(exercise, 60);
  const first = firstFailureOf(result);
  return html`<section class="exercise-of" aria-labelledby="x${index}">
    <h2 id="x${index}">
      ${name}
      <span class="state ${status}"
        >${signs[status]} ${words[status]} · ${pointsText(points)} of ${pointsText(maxPoints)} points</span
      >
    </h2>
    ${
      reason !== undefined &&
      html`<p class="${status}">
        ${status === "error" && html`<b>Nothing can be said of this answer:</b> `}${visibleLine(reason, 1000)}
      </p>`
    }
    ${first !== undefined && firstHtml(first, name)}
    ${tests.length > 0 && testsHtml(tests, status === "pass")}
  </section>`;
}

function firstHtml({ title, text, why, read, hint, output }: TestResult, exercise: string): Html {
  return html`<div class="first">
    <h3><span class="sign">✗ The first that fails:</span> ${visibleLine(title)}</h3>
    ${text !== undefined && text !== "" && html`<pre tabindex="0" role="group" aria-label="What failed in ${exercise}">${linesOf(text)}</pre>`}
    <dl class="advice">
      ${[
        ["Why it matters", why],
        ["Where to read", read],
        ["Hint", hint],
      ].map(
        ([name, said = ""]) =>
          said !== "" &&
          html`<dt>${name}</dt>
            <dd>${visibleLine(said.replaceAll(/\s+/g, " "), 2000)}</dd>`,
      )}
    </dl>
    ${
      output.trim() !== "" &&
      html`<details>
        <summary>What the answer printed meanwhile</summary>
        <pre tabindex="0" role="group" aria-label="What the answer to ${exercise} printed">
${linesOf(output)}</pre>
      </details>`
    }
  </div>`;
}

/** Where all pass there is little to talk over: the list is folded. */
function testsHtml(tests: TestResult[], pass: boolean): Html {
  const list = html`<ol class="tests">
    ${tests.map(testHtml)}
  </ol>`;
  return pass
    ? html`<details>
        <summary>All ${tests.length} tests pass</summary>
        ${list}
      </details>`
    : html`<h3>All tests, in teaching order</h3>
        ${list}`;
}

function testHtml({ title, status, points, maxPoints }: TestResult): Html {
  return html`<li>
    <span class="${status}">${signs[status]} ${words[status]}</span><span>${visibleLine(title)}</span
    ><span class="dim number">${pointsText(points)} of ${pointsText(maxPoints)}</span>
  </li>`;
}

function linesOf(text: string): string {
  // A parser drops a line end right behind <pre>: there is none that counts.
  return visibleLines(text.replace(/^\n+/, "").trimEnd()).join("\n");
}
