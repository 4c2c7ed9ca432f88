/** The most characters of one text of a verdict, and items of one list: what an answer returns or throws may be as long as memory. */
const most = { characters: 8192, items: 500 };

/** The same data, with what is too long cut, and that said. */
export function bounded<T>(value: T): T;
export function bounded(value: unknown): unknown {
  if (typeof value === "string") return cut(value);
  if (Array.isArray(value)) {
    const kept = value.slice(0, most.items).map((item) => bounded<unknown>(item));
    const left = value.length - most.items;
    return left > 0 && typeof value[0] === "string" ? [...kept, `… and ${left} more`] : kept;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, bounded<unknown>(item)]));
}

function cut(text: string): string {
  if (text.length <= most.characters) return text;
  return `${text.slice(0, most.characters)}… (${text.length.toLocaleString("en")} characters)`;
}
