import { h } from "./dom.ts";
import type { HintLadder } from "./page-data.ts";

/** The hints for one test: those that are open, and a button for the next. */
export function ladderOf({ title, levels, open }: HintLadder, place: string): HTMLElement {
  const nextKey = `${place}-next-${title}`;
  const isLast = open.length === levels;
  const steps = open.map((html, index) => {
    const key = isLast && index === open.length - 1 ? nextKey : `${place}-level-${index}-${title}`;
    const body = h("div", {});
    // From our own server, which shows HTML in it as text.
    body.innerHTML = html;
    const summary = h("summary", { "data-key": key }, `Hint ${index + 1} of ${levels}`);
    return h("details", { open: true, "data-key": `${key}-details` }, summary, body);
  });
  if (isLast) return h("div", { class: "ladder" }, ...steps);
  const label =
    open.length === 0 ? `Open the first of ${levels} hints` : `Open hint ${open.length + 1} of ${levels}`;
  const attributes = {
    type: "button",
    "data-key": nextKey,
    "data-hint": title,
    "data-level": String(open.length + 1),
  };
  return h("div", { class: "ladder" }, ...steps, h("button", attributes, label));
}
