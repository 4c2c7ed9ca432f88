// For tests, which run these in the page; they are not served.

/** Runs in the page: each text that is seen, with its contrast to what is behind it (WCAG 2.2, 1.4.3). */
export function contrastOf(): { text: string; contrast: number }[] {
  type Colour = [number, number, number, number];
  const parse = (css: string): Colour => {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (css.match(/[\d.]+/g) ?? []).map(Number);
    return [red, green, blue, alpha];
  };
  const over = ([r, g, b, a]: Colour, [red, green, blue]: Colour): Colour => [
    r * a + red * (1 - a),
    g * a + green * (1 - a),
    b * a + blue * (1 - a),
    1,
  ];
  const luminance = (colour: Colour): number => {
    const [r = 0, g = 0, b = 0] = colour.slice(0, 3).map((value) => {
      const share = value / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element: Element | null): Colour => {
    if (element === null) return [255, 255, 255, 1];
    const own = parse(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, behind(element.parentElement));
  };
  const seen: { text: string; contrast: number }[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const [text, element] = [node.textContent?.trim() ?? "", node.parentElement];
    if (
      text === "" ||
      element === null ||
      element.closest("noscript, .unseen, details:not([open]) > :not(summary)")
    )
      continue;
    const back = behind(element);
    const [a, b] = [luminance(over(parse(getComputedStyle(element).color), back)), luminance(back)];
    seen.push({ text: text.slice(0, 40), contrast: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) });
  }
  return seen;
}

/** What a screen reader or a keyboard would stumble over. */
export function stumbles(): { [name: string]: unknown } {
  const all = (selector: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(selector)];
  const nameOf = (element: HTMLElement): string =>
    element.getAttribute("aria-label") ??
    (element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : element.textContent) ??
    "";
  const levels = all("h1, h2, h3, h4, h5, h6").map(({ tagName }) => Number(tagName[1]));
  const ids = all("[id]").map(({ id }) => id);
  return {
    nameless: all("a, button, summary, input, [role=region], figure, nav")
      .filter((element) => nameOf(element).trim() === "")
      .map(({ outerHTML }) => outerHTML),
    gaps: levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1),
    mains: all("main").length,
    twice: ids.filter((id, index) => ids.indexOf(id) !== index),
    scrollers: all("pre, .wide").filter(
      (element) => element.scrollWidth > element.clientWidth && element.tabIndex < 0,
    ).length,
    language: document.documentElement.lang,
  };
}

/** What has the focus: its id, or its text. */
export function focused(): string {
  const { activeElement } = document;
  return activeElement?.id || (activeElement?.textContent.trim() ?? "");
}

export function topOf(element: Element): number {
  return element.getBoundingClientRect().top;
}

export function scrollTo(element: Element): void {
  element.scrollIntoView();
}

export function widthOf(): number {
  return document.documentElement.scrollWidth;
}

export function backOf(): string {
  return getComputedStyle(document.body).backgroundColor;
}
