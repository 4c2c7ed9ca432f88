import type { ExerciseResult, TestResult } from "../grade-report.ts";
import { adviceOf, againCommand, firstFailureOf } from "../standing.ts";
import { pointsText, signs, words } from "../summary.ts";
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
    ${result.isStub === true && html`<p>This is the untouched stub: the file as the exercise came.</p>`}
    ${first !== undefined && firstHtml(first, headOf(result, first), name, againCommand(result))}
    ${
      tests.length > 0 &&
      testsHtml(
        tests.map((test) => testHtml(test, test === first)),
        status === "pass",
      )
    }
  </section>`;
}

/** A file that could not be loaded fails no test in particular. */
function headOf({ tests }: ExerciseResult, { title, obstacle }: TestResult): Html {
  const isUnused = obstacle === "loading" && tests.every(({ status }) => status === "fail");
  return isUnused
    ? html`<span class="sign">✗ The answer could not be used:</span> no test could ask it anything`
    : html`<span class="sign">✗ The first that fails:</span> ${visibleLine(title)}`;
}

function firstHtml(test: TestResult, head: Html, exercise: string, again: string | undefined): Html {
  const { title, text, output } = test;
  const { why, read, hint } = adviceOf(test);
  return html`<div class="first">
    <h3>${head}</h3>
    ${text !== undefined && text !== "" && html`<pre tabindex="0" role="group" aria-label="What failed in ${exercise}">${linesOf(text)}</pre>`}
    ${adviceHtml({ why, read, hint })} ${printedHtml(output, title)}
    ${again !== undefined && html`<p class="again"><span class="dim">The same at a desk:</span> <code>${again}</code></p>`}
  </div>`;
}

function adviceHtml({ why, read, hint }: ReturnType<typeof adviceOf>): Html {
  const said = [
    ["Why it matters", why],
    ["Where to read", read],
    ["Hint", hint],
  ].filter(([, text]) => text !== "");
  if (said.length === 0) return html``;
  return html`<dl class="advice">
    ${said.map(
      ([name, text = ""]) =>
        html`<dt>${name}</dt>
          <dd>${visibleLine(text.replaceAll(/\s+/g, " "), 2000)}</dd>`,
    )}
  </dl>`;
}

/** Characters of one test's output that are shown. */
const mostOutput = 4096;

/** What an answer printed: folded, as it may be long and say little. */
function printedHtml(output: string, title: string): Html {
  if (output.trim() === "") return html``;
  return html`<details class="printed">
    <summary>What the code printed meanwhile</summary>
    <pre tabindex="0" role="group" aria-label="What the code printed: ${visibleLine(title)}">
${linesOf(output, mostOutput)}</pre>
  </details>`;
}

/** Where all pass there is little to talk over: the list is folded. */
function testsHtml(tests: Html[], pass: boolean): Html {
  const list = html`<ol class="tests">
    ${tests}
  </ol>`;
  return pass
    ? html`<details>
        <summary>All ${tests.length} tests pass</summary>
        ${list}
      </details>`
    : html`<h3>All tests, in teaching order</h3>
        ${list}`;
}

/** @param isTold it stands above in full */
function testHtml({ title, status, points, maxPoints, output }: TestResult, isTold: boolean): Html {
  return html`<li>
    <span class="${status}">${signs[status]} ${words[status]}</span><span>${visibleLine(title)}</span
    ><span class="dim number">${pointsText(points)} of ${pointsText(maxPoints)}</span>
    ${status === "fail" && !isTold && printedHtml(output, title)}
  </li>`;
}

function linesOf(text: string, most?: number): string {
  // A parser drops a line end right behind <pre>: there is none that counts.
  return visibleLines(text.replace(/^\n+/, "").trimEnd(), most).join("\n");
}
