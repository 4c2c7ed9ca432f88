import type { Live } from "../live/live-event.ts";
import type { Paint } from "../text/paint.ts";
import { verdictText } from "../text/verdict-text.ts";
import { cutOff, failureScreen, type Room, type ScreenText } from "./failure-screen.ts";
import { fit } from "./fit.ts";
import { passedText } from "./passed-screen.ts";
import type { Terminal } from "./terminal.ts";

type LastVerdict = NonNullable<Live["last"]>;

/** Of fewer rows than this a verdict makes no sense: what was above it goes. */
const leastRows = 14;

/** What is shown, a screen of it at a time: verdicts, what commands print, and the rest of each. */
export class Screen {
  readonly #terminal: Terminal;
  readonly #paint: Paint;
  readonly #root: string;
  /** What comes after the last line shown. */
  #more: string[] = [];
  /** Rows of what was shown last, and whether they stay above the next verdict: the greeting does. */
  #above: number;
  #keepAbove = true;
  /** Prints the screen again, if it is all a verdict's. */
  #again: (() => void) | undefined;

  constructor(terminal: Terminal, paint: Paint, root: string, above: number) {
    this.#terminal = terminal;
    this.#paint = paint;
    this.#root = root;
    this.#above = above;
  }

  /** How many lines more there are. */
  get left(): number {
    return this.#more.length;
  }

  /** Lines below what is there. */
  show(lines: string[]): void {
    const fitting = fit(lines, this.#terminal.columns);
    this.#above = fitting.length;
    this.#page(fitting);
  }

  /** The next lines; all of the verdict, from its top, where there are none. */
  showMore(last: Live["last"]): void {
    if (this.#more.length === 0 && last !== undefined) {
      this.#terminal.clear();
      this.#more = fit(this.#whole(last), this.#terminal.columns);
    }
    this.#page(this.#more);
  }

  clear(): void {
    this.#again = undefined;
    this.#terminal.clear();
  }

  /** What was shown last stays above the next verdict. */
  stay(): void {
    this.#keepAbove = true;
  }

  showVerdict(event: LastVerdict): void {
    const { rows, columns } = this.#terminal;
    const stays = this.#keepAbove && rows - this.#above > leastRows;
    if (stays) this.#terminal.print([""]);
    else this.#terminal.clear();
    this.#keepAbove = false;
    this.#printVerdict(event, { rows: stays ? rows - this.#above - 1 : rows, columns });
    this.#again = () => {
      const { rows, columns } = this.#terminal;
      this.#printVerdict(event, { rows, columns });
    };
  }

  /** For a window of another size. */
  redraw(): void {
    if (this.#again === undefined || !this.#terminal.clears) return;
    this.#terminal.wipe();
    this.#again();
  }

  #printVerdict(event: LastVerdict, room: Room): void {
    const kept = event.kept === undefined ? [] : fit(["", `  ${event.kept}`], room.columns);
    const { lines, more } = this.#screenOf(event, { ...room, rows: room.rows - kept.length });
    this.#more = more;
    this.#terminal.print([...lines, ...kept]);
  }

  #screenOf(event: LastVerdict, room: Room): ScreenText & { more: string[] } {
    const { verdict, context } = event;
    if (verdict.status === "fail") return { ...failureScreen(verdict, context, this.#paint, room), more: [] };
    const whole = fit(this.#whole(event), room.columns);
    const shown = cutOff(whole, room.rows);
    return { ...shown, more: shown.isWhole ? [] : whole.slice(shown.lines.length - 1) };
  }

  #whole({ verdict, context }: LastVerdict): string[] {
    const { columns } = this.#terminal;
    if (verdict.status === "pass") return passedText(this.#root, verdict, context, this.#paint, columns);
    return verdictText(verdict, context, this.#paint, columns).trimEnd().split("\n");
  }

  #page(lines: string[]): void {
    const { lines: shown, isWhole } = cutOff(lines, this.#terminal.rows);
    this.#again = undefined;
    this.#more = isWhole ? [] : lines.slice(shown.length - 1);
    this.#terminal.print(shown);
  }
}
