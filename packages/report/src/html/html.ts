import { visible } from "../visible.ts";

/** Text that is HTML already: made by `html` alone, so nothing else can pass for it. */
export class Html {
  readonly #text: string;

  constructor(strings: readonly string[], values: readonly Value[]) {
    this.#text = strings.map((string, index) => string + written(values[index])).join("");
  }

  toString(): string {
    return this.#text;
  }
}

/** What stands between the parts of a template. `false` and `undefined` are nothing, so that `condition && html…` reads well. */
export type Value = Html | string | number | false | undefined | readonly Value[];

/**
 * HTML with every value escaped, for text and for quoted attributes: `html`<b title="${title}">${name}</b>``. Characters that
 * would not be seen, or would turn the direction of what is around them, are shown as their codes. A value never stands in a
 * tag outside of quotes, nor in a script or style.
 */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(strings, values);
}

/** Our own constant text that must not be escaped: a style sheet, a script. Never anything from a report. */
export function constant(text: string): Html {
  return new Html([text], []);
}

function written(value: Value): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Html) return value.toString();
  if (typeof value === "object") return value.map(written).join("");
  return visible(String(value)).replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
