import type { ExerciseResult, GradeReport, SubmissionResult } from "../grade-report.ts";
import { count } from "../summary.ts";
import { visibleLine } from "../visible.ts";
import { html, type Html } from "./html.ts";
import { time } from "./page.ts";

/** What a verdict can be checked by: who wants to know can grade the same files with the same seed. */
export function provenanceHtml({ exercises }: GradeReport, { results }: SubmissionResult): Html {
  const suites = new Map(exercises.map(({ label, suiteHash }) => [label, suiteHash]));
  const graded = results.filter(({ answerHash, seed }) => answerHash !== "" || seed !== "");
  if (graded.length === 0) return html``;
  return html`<section class="exercise-of" aria-labelledby="checked">
    <h2 id="checked">How this can be checked</h2>
    <p>The same files with the same seed give the same test data. The hashes are SHA-256.</p>
    ${graded.map(
      (result) =>
        html`<details>
          <summary>${visibleLine(result.exercise, 60)}</summary>
          ${factsHtml(result, suites.get(result.exercise))}
        </details>`,
    )}
  </section>`;
}

function factsHtml(result: ExerciseResult, suiteHash: string | undefined): Html {
  const { level, gradedAt, duration, seed, answerHash, files, imports } = result;
  const code = (text: string): Html => html`<code>${visibleLine(text)}</code>`;
  const facts: [string, Html | string][] = [
    ["Level", level],
    ["Graded", time(gradedAt)],
    ["Took", `${Math.round(duration / 100) / 10} s`],
    ["Seed", seed === "" ? "nothing ran" : code(seed)],
    ["Answer", code(answerHash)],
    ["Suite", code(suiteHash ?? "not known")],
    [
      "Files",
      html`${files.slice(0, 50).map(({ path, size }, index) => html`${index > 0 && ", "}${code(path)} (${count(size, "byte")})`)}${files.length > 50 && ` and ${files.length - 50} more`}`,
    ],
    [
      "Imports",
      imports.length === 0
        ? "none of the course’s packages"
        : html`${imports.slice(0, 50).map((name, index) => html`${index > 0 && ", "}${code(name)}`)}`,
    ],
  ];
  return html`<dl class="facts long">
    ${facts.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}
