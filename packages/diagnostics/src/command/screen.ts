import { setTimeout as sleep } from "node:timers/promises";
import type { Terminal } from "./command.ts";

export interface ScreenSize {
  columns: number;
  rows: number;
}

/**
 * Frames drawn over each other on the terminal's alternate screen, so that what stood there is back at the end; on
 * anything but a terminal, frames below each other. `q`, Ctrl-C and the terminal's signal quit.
 */
export class Screen {
  readonly #terminal: Terminal;
  readonly #isLive: boolean;
  readonly #keyQuit = new AbortController();
  readonly quit: AbortSignal;

  constructor(terminal: Terminal, options: { live: boolean }) {
    this.#terminal = terminal;
    this.#isLive = options.live && terminal.isTTY === true;
    this.quit = AbortSignal.any([terminal.signal, this.#keyQuit.signal]);
    if (!this.#isLive) return;
    terminal.write(`${ALTERNATE_SCREEN}${HIDE_CURSOR}`);
    // Raw: no echo, no waiting for Enter, and Ctrl-C comes as a key.
    terminal.keys?.setRawMode(true);
    terminal.keys?.on("data", this.#onKey);
    terminal.keys?.resume();
  }

  get size(): ScreenSize {
    const { columns, rows } = this.#terminal;
    // `script` and others that make a terminal without size say 0.
    return { columns: columns || 80, rows: this.#isLive ? rows || 24 : Infinity };
  }

  draw(lines: readonly string[]): void {
    if (!this.#isLive) this.#terminal.write(`${lines.join("\n")}\n\n`);
    else
      this.#terminal.write(
        `${HOME}${lines.map((line) => `${line}${CLEAR_LINE}`).join("\r\n")}${CLEAR_BELOW}`,
      );
  }

  /** Waits, or until somebody quits. */
  async pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.quit }).catch(() => undefined);
  }

  [Symbol.dispose](): void {
    if (!this.#isLive) return;
    this.#terminal.keys?.off("data", this.#onKey);
    this.#terminal.keys?.setRawMode(false);
    this.#terminal.keys?.pause();
    this.#terminal.write(`${SHOW_CURSOR}${MAIN_SCREEN}`);
  }

  readonly #onKey = (data: Buffer): void => {
    if (data.includes("q") || data.includes(CTRL_C)) this.#keyQuit.abort();
  };
}

// ECMA-48 and xterm's private modes.
const ALTERNATE_SCREEN = "\u001B[?1049h";
const MAIN_SCREEN = "\u001B[?1049l";
const HIDE_CURSOR = "\u001B[?25l";
const SHOW_CURSOR = "\u001B[?25h";
const HOME = "\u001B[H";
const CLEAR_LINE = "\u001B[K";
const CLEAR_BELOW = "\u001B[J";
const CTRL_C = "\u0003";
