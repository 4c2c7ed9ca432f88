import type { Out } from "../command.ts";
import { rewrites, width } from "./layout.ts";

export interface StatusLineOptions {
  /** Milliseconds before the first word: what is over by then needs none. Default 1000. */
  after?: number;
  /** Milliseconds between two. Default 200. */
  every?: number;
  /** Milliseconds between two lines where nothing can be rewritten (a pipe, a log); none without it. */
  everyInLogs?: number;
}

/**
 * Says what is running, how far it is, and for how long, in one line that is written anew; nobody should have to wonder. Dispose
 * of it before anything else is written.
 */
export class StatusLine implements Disposable {
  readonly #out: Out;
  readonly #text: (milliseconds: number) => string;
  readonly #rewrites: boolean;
  readonly #started = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #isShown = false;

  /** @param text what to say, so many milliseconds after the beginning */
  constructor(
    out: Out,
    text: (milliseconds: number) => string,
    { after = 1000, every = 200, everyInLogs }: StatusLineOptions = {},
  ) {
    this.#out = out;
    this.#text = text;
    this.#rewrites = rewrites(out);
    const pause = this.#rewrites ? every : everyInLogs;
    if (pause === undefined) return;
    const first = this.#rewrites ? after : pause;
    this.#timer = setTimeout(() => {
      this.#show();
      this.#timer = setInterval(() => this.#show(), pause).unref();
    }, first).unref();
  }

  /** Takes the line away, so that others can be written; it comes again below them. */
  clear(): void {
    if (this.#isShown && this.#rewrites) this.#out.write("\r\u001B[K");
    this.#isShown = false;
  }

  [Symbol.dispose](): void {
    // Node's timers are of one kind: this stops either.
    clearTimeout(this.#timer);
    this.clear();
  }

  #show(): void {
    const text = this.#text(performance.now() - this.#started);
    this.#isShown = true;
    if (!this.#rewrites) this.#out.write(`${text}\n`);
    // The last column stays free: some terminals go to the next line as soon as it is written.
    else this.#out.write(`\r\u001B[K${text.slice(0, (this.#out.columns || width) - 1)}`);
  }
}

/** `0.4 s`, `1 min 05 s` */
export function duration(milliseconds: number): string {
  const whole = Math.floor(milliseconds / 1000);
  if (whole < 60) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}
