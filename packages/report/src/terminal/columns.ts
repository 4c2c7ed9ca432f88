/** How many columns a text of one line takes in a terminal: a letter of East Asia takes two, an accent on a letter none. */
export function columnsOf(text: string): number {
  return graphemes(text).reduce((sum, grapheme) => sum + widthOf(grapheme), 0);
}

/** A text in exactly so many columns: filled up, or cut with an ellipsis. */
export function fitted(text: string, columns: number): string {
  const width = columnsOf(text);
  if (width <= columns) return text + " ".repeat(columns - width);
  let [kept, used] = ["", 0];
  for (const grapheme of graphemes(text)) {
    if (used + widthOf(grapheme) > columns - 1) break;
    kept += grapheme;
    used += widthOf(grapheme);
  }
  return `${kept}…${" ".repeat(columns - 1 - used)}`;
}

/** Words on lines of at most `columns`, all `indent` in, what goes on below two further. A word that is longer is broken. */
export function wrapped(text: string, columns: number, indent: number): string[] {
  const lines: string[] = [];
  let current = " ".repeat(indent);
  let isEmpty = true;
  const flush = (): void => {
    lines.push(current);
    current = " ".repeat(indent + 2);
    isEmpty = true;
  };
  for (const word of text.split(" ").flatMap((word) => pieces(word, columns - indent - 2))) {
    if (!isEmpty && columnsOf(current) + 1 + columnsOf(word) > columns) flush();
    current += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, current];
}

function pieces(word: string, columns: number): string[] {
  if (columnsOf(word) <= columns) return [word];
  const all: string[] = [""];
  for (const grapheme of graphemes(word)) {
    const last = all.at(-1) ?? "";
    if (columnsOf(last) + widthOf(grapheme) > columns) all.push(grapheme);
    else all[all.length - 1] = last + grapheme;
  }
  return all;
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

function graphemes(text: string): string[] {
  // Most names are ASCII.
  if (/^[ -~]*$/.test(text)) return text.split("");
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uFF01-\uFF60\uFFE0-\uFFE6\u3000-\u303E]/u;

function widthOf(grapheme: string): number {
  return wide.test(grapheme) ? 2 : 1;
}
