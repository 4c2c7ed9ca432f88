import { percent, type Summary } from "../summary.ts";
import { bar } from "./bar.ts";
import { html, type Html } from "./html.ts";

/** How the learners' points are spread: a few figures, and a histogram of ten parts. */
export function spreadHtml({ shares, median, mean, whole }: Summary): Html {
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
