import { html, type Html } from "./html.ts";

/** A bar of parts, in percent of its whole width. For the eye only: the numbers stand beside it. */
export function bar(parts: [kind: string, share: number][]): Html {
  let from = 0;
  return html`<svg
    class="bar"
    viewBox="0 0 100 10"
    preserveAspectRatio="none"
    aria-hidden="true"
    focusable="false"
  >
    ${parts
      .filter(([, share]) => share > 0)
      .map(([kind, share]) => {
        const x = from;
        from += share * 100;
        return html`<rect class="${kind}" x="${digits(x)}" width="${digits(share * 100)}" height="10" />`;
      })}
  </svg>`;
}

function digits(number: number): string {
  return String(Math.round(number * 100) / 100);
}
