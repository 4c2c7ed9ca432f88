import { h, lines, sentence } from "./dom.ts";
import { ladderOf } from "./hints.ts";
import type { HintLadder, VerdictView } from "./page-data.ts";
import { socketsOf } from "./sockets.ts";
import { wireOf } from "./wire.ts";

type First = NonNullable<VerdictView["first"]>;

const signs = { pass: "✓", fail: "✗", error: "!" };
const words = { pass: "passes", fail: "fails" };

/** A verdict, in the order of the terminal's text: the first failure in full, then a line for each test. */
export function verdictOf(
  { status, headline, intro, first, tests }: VerdictView,
  hints: HintLadder[],
): HTMLElement[] {
  return [
    h(
      "p",
      { class: `headline ${status}` },
      h("span", { class: "sign", "aria-hidden": "true" }, signs[status]),
      headline,
    ),
    ...intro.map((text) => h("p", {}, sentence(text))),
    ...(first === null
      ? []
      : failureOf(
          first,
          hints.find(({ title }) => title === first.title),
        )),
    ...(tests.length === 0
      ? []
      : [
          h("h3", {}, "Tests"),
          h("ol", { class: "tests" }, ...tests.map((test) => testOf(test, first?.title))),
        ]),
  ];
}

function failureOf(first: First, ladder: HintLadder | undefined): HTMLElement[] {
  const {
    title,
    problem,
    steps,
    texts,
    wire,
    sockets,
    expected,
    received,
    why,
    read,
    perhaps,
    hint,
    output,
  } = first;
  const caption = "The sockets of your process, as the kernel showed them";
  const compared = expected.length + received.length > 0;
  return [
    h("h3", { class: "first" }, title),
    h("p", { class: "problem" }, sentence(problem)),
    ...(steps.length === 0 ? [] : [h("h4", {}, "What we did to your code"), lines(steps, "steps")]),
    ...texts.flatMap(({ title, lines: text }, index) => [h("h4", {}, title), lines(text, `text-${index}`)]),
    ...wire.map(wireOf),
    ...(sockets === null ? [] : [socketsOf(sockets, caption, "failure-sockets")]),
    ...(compared ? [comparison(expected, received)] : []),
    ...part("Why", why),
    ...part("Read", read),
    ...perhaps.flatMap((tell) => part("Perhaps", tell)),
    ...(ladder === undefined ? part("Hint", hint) : [h("h4", {}, "Hint"), ladderOf(ladder, "first")]),
    ...(output === "" ? [] : [h("h4", {}, "Your code printed"), lines([output], "output")]),
  ];
}

function comparison(expected: string[], received: string[]): HTMLElement {
  return h(
    "div",
    { class: "compared" },
    h("div", {}, h("h4", {}, "Expected"), lines(expected, "expected")),
    h("div", {}, h("h4", {}, "Received"), lines(received, "received")),
  );
}

function part(name: string, text: string): HTMLElement[] {
  return text === "" ? [] : [h("h4", {}, name), h("p", {}, sentence(text))];
}

/** The wire of the one that is told in full stands there. */
function testOf({ title, status, wire }: VerdictView["tests"][number], told?: string): HTMLElement {
  const state = h("span", { class: "state" }, `${signs[status]} ${words[status]}`);
  if (wire.length === 0 || title === told)
    return h("li", { class: status }, state, h("span", { class: "title" }, title));
  const unfold = h(
    "details",
    { "data-key": `wire-${title}` },
    h("summary", { "data-key": `wire-of-${title}` }, "its wire"),
    ...wire.map(wireOf),
  );
  return h("li", { class: status }, state, h("div", { class: "title" }, title, unfold));
}
