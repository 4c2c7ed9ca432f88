import type { Seal } from "../grade-report.ts";
import { sealWords } from "../seal-words.ts";
import { signs } from "../summary.ts";
import { visibleLine } from "../visible.ts";
import { html, type Html } from "./html.ts";

/** How far the marks can be believed: the first thing on the page. */
export function sealHtml(seal: Seal): Html {
  const { state, headline, meaning, trials, why } = sealWords(seal);
  return html`<section class="seal ${state}" aria-labelledby="seal">
    <h2 id="seal"><span class="sign" aria-hidden="true">${signs[state]}</span> ${headline}</h2>
    <p>${meaning}</p>
    <p>${trials}</p>
    ${why !== "" && html`<p class="dim">Why not sealed: ${visibleLine(why, 1000)}</p>`}
    ${
      seal.canaries.length > 0 &&
      html`<details${opened(state === "fail")}><summary>The trials</summary>
<ul class="canaries">${seal.canaries.map(
        ({ title, held, detail }) =>
          html`<li class="${held ? "pass" : "fail"}">
            <span class="sign">${held ? "✓ held" : "✗ did not hold"}</span>
            <span><b>${title}</b><br />${detail}</span>
          </li>`,
      )}</ul></details>`
    }
  </section>`;
}

function opened(isOpen: boolean): Html {
  return isOpen ? html` open` : html``;
}
