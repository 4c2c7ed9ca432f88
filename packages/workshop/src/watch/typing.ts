/** What was typed, a character a key; or that it was no typing. */
export interface Typed {
  characters: string[];
  isPaste: boolean;
}

/** Milliseconds for which the end of a longer key may be on its way, as through a slow connection. */
const cutInTwo = 50;
/** So many different characters may come at once where somebody types fast, or we were busy. They answer no question. */
const mostTyped = 3;
const paste = { begin: "\u001B[200~", end: "\u001B[201~" };

/** An arrow, a function key, a mouse report, Alt and a key: several bytes that begin with ESC, and mean nothing here. */
// oxlint-disable-next-line no-control-regex
const sequence = /\u001B+(?:\[\[[A-E]|\[[0-?]*[ -/]*[@-~]|O[ -~]|[^[O\u001B])/gu;
/** The beginning of one. */
// oxlint-disable-next-line no-control-regex
const unfinished = /\u001B+(?:\[\[?|\[[0-?]*[ -/]*|O)?$/u;

/**
 * Takes what a terminal in raw mode sends, chunk by chunk, for keys. What was pasted is none: what stands between the marks of
 * bracketed paste, and, of a terminal without them, more than 3 characters that come at once and are not one key held down.
 */
export class Typing {
  #rest = "";
  #heard = Number.NEGATIVE_INFINITY;
  #isPasting = false;

  hear(chunk: string, now = performance.now()): Typed {
    // Whatever else is lost on the way: this ends it.
    if (chunk === "\u0003") return this.#interrupt();
    const isLate = !this.#isPasting && now - this.#heard > cutInTwo;
    const text = this.#withoutPastes((isLate ? "" : this.#rest) + chunk);
    this.#heard = now;
    if (this.#isPasting) return { characters: [], isPaste: true };
    this.#rest = unfinished.exec(text.typed)?.[0] ?? "";
    const characters = Array.from(
      text.typed.slice(0, text.typed.length - this.#rest.length).replace(sequence, ""),
    );
    const isOneKey = characters.every((character) => character === characters[0]);
    if (isOneKey || characters.length <= mostTyped) return { characters, isPaste: text.hasPaste };
    return { characters: characters.filter((character) => character === "\u0003"), isPaste: true };
  }

  #interrupt(): Typed {
    this.#isPasting = false;
    this.#rest = "";
    return { characters: ["\u0003"], isPaste: false };
  }

  /** What stands outside of pastes; one that has not ended goes on in the next chunk. */
  #withoutPastes(text: string): { typed: string; hasPaste: boolean } {
    const typed: string[] = [];
    let [rest, hasPaste] = [text, this.#isPasting];
    for (;;) {
      const mark = this.#isPasting ? paste.end : paste.begin;
      const at = rest.indexOf(mark);
      if (!this.#isPasting) typed.push(at < 0 ? rest : rest.slice(0, at));
      if (at < 0) break;
      rest = rest.slice(at + mark.length);
      this.#isPasting = !this.#isPasting;
      hasPaste = true;
    }
    // The mark at the end may be cut in two as well.
    if (this.#isPasting) this.#rest = rest.slice(1 - paste.end.length);
    return { typed: typed.join(""), hasPaste };
  }
}
