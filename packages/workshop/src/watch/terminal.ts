import { columnsOn, rewrites, width } from "../text/layout.ts";
import type { Out } from "../command.ts";
import { cut, fit } from "./fit.ts";

/** Where keys come from: `process.stdin` in life. */
export interface Input {
  isTTY?: boolean;
  setRawMode?: (isRaw: boolean) => unknown;
}

/** Rows to count on where the terminal does not tell how many it has. */
const usualRows = 24;

/**
 * Writes lines from top to bottom, and one line of status below them, which alone is ever written anew. Where nothing can be
 * written anew (a pipe, a file, TERM=dumb) there is no status, and nothing is cleared.
 */
export class Terminal implements Disposable {
  readonly #input: Input;
  readonly #out: Out;
  readonly #rewrites: boolean;
  readonly #clears: boolean;
  readonly #atExit = (): void => this[Symbol.dispose]();
  #status = "";
  #isRaw = false;

  /** @param clears whether a new screen may take the old one's place, which goes to the scrollback */
  constructor(input: Input, out: Out, { clears = true } = {}) {
    this.#input = input;
    this.#out = out;
    this.#rewrites = rewrites(out);
    this.#clears = clears && this.#rewrites;
    // Also after an error that nobody caught: a shell without an echo is worse than the error.
    process.on("exit", this.#atExit);
  }

  get columns(): number {
    return columnsOn(this.#out) ?? width;
  }

  /** Rows for text: the last one is the status's. Endless where nothing scrolls away. */
  get rows(): number {
    if (!this.#rewrites) return Number.POSITIVE_INFINITY;
    return Math.max(
      (this.#out.rows === undefined || this.#out.rows === 0 ? usualRows : this.#out.rows) - 1,
      5,
    );
  }

  get rewrites(): boolean {
    return this.#rewrites;
  }

  /** Keys are heard one by one, and not echoed. */
  enterRaw(): void {
    if (this.#input.isTTY !== true) return;
    // What stopped us may have changed the terminal behind Node's back: it sets no mode that it believes to be set.
    if (this.#isRaw) this.#input.setRawMode?.(false);
    this.#input.setRawMode?.(true);
    this.#isRaw = true;
    // What is pasted comes between marks.
    if (this.#rewrites) this.#out.write("\u001B[?2004h");
  }

  leaveRaw(): void {
    if (!this.#isRaw) return;
    if (this.#rewrites) this.#out.write("\u001B[?2004l");
    this.#input.setRawMode?.(false);
    this.#isRaw = false;
  }

  /** Lines below what is there. */
  print(lines: string[]): void {
    const text = fit(lines, this.columns)
      .map((line) => `${line}\n`)
      .join("");
    this.#out.write(`${this.#erased()}${text}${this.#shown()}`);
  }

  /** The line below all; it takes the place of the one before. */
  status(text: string): void {
    if (text === this.#status) return;
    this.#status = text;
    if (this.#rewrites) this.#out.write(this.#erased() + this.#shown());
  }

  /** What is on the screen goes up into the scrollback. */
  clear(): void {
    if (!this.#clears) return;
    // As many line feeds as make the last written line leave at the top: `ESC [2J` alone would lose it in some terminals.
    this.#out.write(`${this.#erased()}${"\n".repeat(this.rows)}\u001B[H\u001B[J${this.#shown()}`);
  }

  /** For a window of another size: what is on the screen is about to be printed again. */
  wipe(): void {
    if (this.#clears) this.#out.write("\u001B[H\u001B[J");
  }

  get clears(): boolean {
    return this.#clears;
  }

  [Symbol.dispose](): void {
    process.off("exit", this.#atExit);
    this.status("");
    this.leaveRaw();
  }

  #erased(): string {
    return this.#rewrites ? "\r\u001B[K" : "";
  }

  #shown(): string {
    // The last column stays free: some terminals go to the next line as soon as it is written.
    return this.#rewrites ? cut(this.#status, (this.#out.columns || width) - 1) : "";
  }
}
