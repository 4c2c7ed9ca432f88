import { h } from "./dom.ts";
import type { WireEventView, WireView } from "./page-data.ts";

/** Milliseconds without an event that are worth a line of their own: a delayed ACK is 40. */
const longPause = 30;

/** A sequence diagram: a list that is read from top to bottom, each event an arrow between two lifelines. */
export function wireOf({ name, left, right, events }: WireView): HTMLElement {
  const items: HTMLElement[] = [];
  let before: number | null = null;
  for (const event of events) {
    const pause = before === null || event.at === null ? 0 : event.at - before;
    if (pause >= longPause && event.way !== "more")
      items.push(h("li", { class: "pause" }, h("span", { class: "note" }, `${Math.round(pause)} ms pass`)));
    items.push(eventOf(event, left, right));
    before = event.way === "more" ? null : (event.at ?? before);
  }
  const caption = name === "" ? "On the wire" : `On the wire: ${name}`;
  const list = h("ol", { class: events.some(({ at }) => at !== null) ? "timed" : "" }, ...items);
  return h(
    "figure",
    { class: "wire" },
    h("figcaption", {}, caption),
    h("div", { class: "ends", "aria-hidden": "true" }, h("span", {}, left), h("span", {}, right)),
    list,
  );
}

function eventOf(
  { at, connection, way, what, mark }: WireEventView,
  left: string,
  right: string,
): HTMLElement {
  if (way === "more") return h("li", { class: "more" }, h("span", { class: "note" }, what));
  const time = h("span", { class: "at" }, at === null ? "" : `${at.toFixed(1)} ms`);
  const from = connection === "" ? null : h("span", { class: "connection" }, connection);
  if (way === "none")
    return h(
      "li",
      { class: "note-row" },
      time,
      h("span", { class: "lane" }, h("span", { class: "note" }, from, " ", what)),
    );
  const [source, target] = way === "right" ? [left, right] : [right, left];
  const said = h("span", { class: "unseen" }, `${source} to ${target}: `);
  const label = h("span", { class: "label" }, from, " ", said, what);
  const line = h(
    "span",
    { class: "line", "aria-hidden": "true" },
    mark === "lost" ? h("span", { class: "cross" }, "✕") : null,
  );
  return h("li", { class: `${way} ${mark}` }, time, h("span", { class: "lane" }, label, line));
}
