type Child = Node | string | null;

/** Makes an element. Text is text, never HTML. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: { [name: string]: string | boolean } = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, "");
    else if (value !== false) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** The element of the page's own that has this id. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`Expected an element with the id ${id}`);
  return element;
}

/** A sentence in which `code` stands between backticks. */
export function sentence(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const [index, part] of text.split("`").entries())
    fragment.append(index % 2 === 1 ? h("code", {}, part) : part);
  return fragment;
}

/** Lines as they are, which scroll by themselves where they are too wide. */
export function lines(text: readonly string[], key: string): HTMLPreElement {
  return h("pre", { tabindex: "0", "data-key": key }, text.join("\n"));
}

/**
 * Draws a part anew. Whoever is in it with the keyboard stays at what has the same `data-key`, what was unfolded or
 * scrolled stays so, and what is read below does not move.
 */
export function redraw(part: HTMLElement, ...children: Child[]): void {
  const fresh = h("div", {}, ...children);
  if (fresh.innerHTML === drawn.get(part)) return;
  drawn.set(part, fresh.innerHTML);
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const kept = new Map(keyed(part).map((element) => [element.dataset["key"], element]));
  const lesson = byId("lesson");
  const before = lesson.getBoundingClientRect().top;
  const isBelow = lesson.offsetTop > part.offsetTop && lesson.offsetLeft <= part.offsetLeft;
  part.replaceChildren(...fresh.childNodes);
  for (const element of keyed(part)) {
    const old = kept.get(element.dataset["key"]);
    if (old === undefined) continue;
    if (element instanceof HTMLDetailsElement && old instanceof HTMLDetailsElement) element.open = old.open;
    if (old.dataset["left"] !== undefined) element.scrollLeft = Number(old.dataset["left"]);
    if (old === focused) element.focus({ preventScroll: true });
  }
  // What had the focus is gone: the next Tab goes on from where it was.
  if (focused !== null && !part.contains(document.activeElement))
    part.closest<HTMLElement>("[tabindex]")?.focus({ preventScroll: true });
  if (isBelow && before < 0)
    window.scrollBy({ top: lesson.getBoundingClientRect().top - before, behavior: "instant" });
}

const drawn = new WeakMap<HTMLElement, string>();

function keyed(part: HTMLElement): HTMLElement[] {
  return [...part.querySelectorAll<HTMLElement>("[data-key]")];
}

// Elements that are no longer in the page have no scroll position to ask for.
document.addEventListener(
  "scroll",
  ({ target }) => {
    if (target instanceof HTMLElement && target.dataset["key"] !== undefined)
      target.dataset["left"] = String(target.scrollLeft);
  },
  { capture: true, passive: true },
);
