import {
  count,
  pointsText,
  signs,
  words,
  type ExerciseSummary,
  type MissedTest,
  type Summary,
} from "../summary.ts";
import { unaskedText } from "../unasked.ts";
import { visibleLine } from "../visible.ts";
import { bar } from "./bar.ts";
import { html, type Html } from "./html.ts";

/** What stops most learners: the tests that are the first to fail for them. */
export function talkHtml({ exercises, unasked }: Summary): Html {
  const stops = exercises
    .flatMap(({ missed }) => missed)
    .filter(({ first }) => first > 0)
    .toSorted((a, b) => b.first - a.first || b.fails - a.fails)
    .slice(0, 5);
  const left = unaskedText(unasked);
  return html`<section aria-labelledby="talk">
    <h2 id="talk">What to talk about</h2>
    ${
      stops.length === 0
        ? html`<p>
            ${left === "" ? "No test fails for anybody." : "No test fails for those whom it could ask."}
          </p>`
        : html`<p class="dim">
              Where most learners are stuck: the first test, in teaching order, that fails for them.
            </p>
            <ol class="talk">
              ${stops.map(
                ({ exercise, title, first, why, read }) =>
                  html`<li>
                    <p><b>${visibleLine(title)}</b></p>
                    <p class="dim">
                      ${visibleLine(exercise, 40)} · ${count(first, "learner is", "learners are")} stuck here
                    </p>
                    ${why !== "" && html`<p>${visibleLine(why, 400)}</p>`}${read !== "" && html`<p class="dim">Read: ${visibleLine(read)}</p>`}
                  </li>`,
              )}
            </ol>`
    }
    ${left !== "" && html`<p class="dim">${left}</p>`}
  </section>`;
}

/** Each exercise of the class: how it went, and which tests fail. */
export function exercisesHtml({ exercises }: Summary): Html {
  return html`<section aria-labelledby="exercises">
    <h2 id="exercises">Exercise by exercise</h2>
    <div class="cards">${exercises.map(exerciseHtml)}</div>
  </section>`;
}

function exerciseHtml({ label, counts, meanPoints, points, missed }: ExerciseSummary, index: number): Html {
  const all = Math.max(counts.pass + counts.fail + counts.error + counts.absent, 1);
  const statuses = (["pass", "fail", "error", "absent"] as const).filter((status) => counts[status] > 0);
  return html`<section class="card" aria-labelledby="x${index}">
    <h3 id="x${index}">${visibleLine(label, 60)}</h3>
    ${bar(statuses.map((status) => [status, counts[status] / all]))}
    <p class="legend">
      ${statuses.map(
        (status) =>
          html`<span class="${status}"
            ><b>${signs[status]}</b> ${counts[status]} ${plural(status, counts[status])}</span
          > `,
      )}<span class="dim">Mean ${pointsText(Math.round(meanPoints * 10) / 10)} of ${pointsText(points)}</span>
    </p>
    ${missedHtml(missed.slice(0, shown), label)}
    ${
      missed.length > shown &&
      html`<details>
        <summary>
          ${count(missed.length - shown, "more test")} that ${missed.length - shown === 1 ? "fails" : "fail"}
          for somebody
        </summary>
        ${missedHtml(missed.slice(shown), label)}
      </details>`
    }
  </section>`;
}

/** Tests that are seen at once. */
const shown = 4;

function missedHtml(missed: MissedTest[], label: string): Html {
  if (missed.length === 0) return html``;
  return html`<table class="missed">
    <caption class="unseen">
      Tests of ${visibleLine(label, 60)} that fail most often
    </caption>
    <thead>
      <tr>
        <th scope="col">Test</th>
        <th scope="col" class="number">Fails for</th>
        <th scope="col" class="number">Is the first to fail for</th>
      </tr>
    </thead>
    <tbody>
      ${missed.map(
        ({ title, fails, first, asked }) =>
          html`<tr>
            <th scope="row">${visibleLine(title)}</th>
            <td class="number">${fails} of ${asked}</td>
            <td class="number">${first}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function plural(status: keyof typeof words, many: number): string {
  if (many === 1 || status === "absent") return words[status];
  return { pass: "pass", fail: "fail", error: "errors" }[status];
}
