import { h } from "./dom.ts";
import type { SocketTable } from "./page-data.ts";

/** The kernel's table, with a legend of the states that occur. */
export function socketsOf(
  { columns, rows, more, states }: SocketTable,
  caption: string,
  key: string,
): HTMLElement {
  const table = h(
    "table",
    { class: "sockets" },
    h("caption", {}, caption),
    h("thead", {}, h("tr", {}, ...columns.map((column) => h("th", { scope: "col" }, column)))),
    h("tbody", {}, ...rows.map((cells) => h("tr", {}, ...cells.map((cell) => h("td", {}, cell))))),
  );
  return h(
    "div",
    {},
    h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": caption, "data-key": key }, table),
    more === "" ? null : h("p", {}, more),
    h(
      "dl",
      { class: "states" },
      ...states.flatMap(({ name, meaning }) => [h("dt", {}, name), h("dd", {}, meaning)]),
    ),
  );
}
