import type { Live, LiveEvent } from "../live/live-event.ts";
import type { Paint } from "../text/paint.ts";
import { verdictText } from "../text/verdict-text.ts";
import { cutOff, failureScreen, type Room, type ScreenText } from "./failure-screen.ts";
import { fit } from "./fit.ts";
import { inKeys } from "./in-keys.ts";
import { passedText } from "./passed-screen.ts";
import type { Terminal } from "./terminal.ts";

type LastVerdict = NonNullable<Live["last"]>;
/** A verdict, or its beginning. */
type Shown = LastVerdict | Extract<LiveEvent, { kind: "failing" }>;

/** Of fewer rows than this a verdict makes no sense: what was above it goes. */
const leastRows = 14;

/** What is shown, a screen of it at a time: verdicts, what commands print, and the rest of each. */
export class Screen {
  readonly #terminal: Terminal;
  readonly #paint: Paint;
  readonly #root: string;
  readonly #hasKeys: boolean;
  /** What comes after the last line shown. */
  #more: string[] = [];
  /** What was shown last, and whether it stays above the next verdict. */
  #above: string[] = [];
  #keepAbove = false;
  #hasVerdict = false;
  /** The screen holds the beginning of a verdict, and this above it. */
  #begun: string[] | undefined;
  /** Prints the screen again, if it is all a verdict's. */
  #again: (() => void) | undefined;

  /** @param hasKeys whether there is anybody to press a key that is named */
  constructor(terminal: Terminal, paint: Paint, root: string, hasKeys: boolean) {
    this.#terminal = terminal;
    this.#paint = paint;
    this.#root = root;
    this.#hasKeys = hasKeys;
  }

  /** How many lines more there are. */
  get left(): number {
    return this.#more.length;
  }

  /** A verdict is in sight, or its beginning, or was before what has been shown since. */
  get hasVerdict(): boolean {
    return this.#hasVerdict;
  }

  /** Lines below what is there. */
  show(lines: string[]): void {
    const fitting = fit(lines, this.#terminal.columns);
    this.#above = fitting;
    this.#begun = undefined;
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
    this.#begun = undefined;
    this.#hasVerdict = false;
    this.#terminal.clear();
  }

  /** What was shown last stays above the next verdict. */
  stay(): void {
    this.#keepAbove = true;
  }

  /** In the place of what is there, but for what is to stay, and of its own beginning. */
  showVerdict(event: Shown): void {
    const { rows, columns } = this.#terminal;
    const above = this.#begun === undefined ? this.#toStay(rows) : this.#wipeTo(this.#begun);
    this.#keepAbove = false;
    this.#begun = event.kind === "failing" ? above : undefined;
    this.#hasVerdict = true;
    this.#printVerdict(event, { rows: rows - above.length, columns });
    this.#again = () => {
      const { rows, columns } = this.#terminal;
      if (event.kind === "failing") this.#begun = [];
      this.#printVerdict(event, { rows, columns });
    };
  }

  /** For a window of another size. */
  redraw(): void {
    if (this.#again === undefined || !this.#terminal.clears) return;
    this.#terminal.wipe();
    this.#again();
  }

  /** Lines that stay above the next verdict; the others go up into the scrollback. */
  #toStay(rows: number): string[] {
    if (!this.#terminal.clears) {
      this.#terminal.print([""]);
      return [];
    }
    if (!this.#keepAbove || rows - this.#above.length <= leastRows) {
      this.#terminal.clear();
      return [];
    }
    this.#terminal.print([""]);
    return [...this.#above, ""];
  }

  #wipeTo(above: string[]): string[] {
    if (!this.#terminal.clears) return this.#toStay(0);
    this.#terminal.wipe();
    this.#terminal.print(above);
    return above;
  }

  #printVerdict(event: Shown, room: Room): void {
    const kept =
      event.kind === "failing" || event.kept === undefined ? [] : fit(["", `  ${event.kept}`], room.columns);
    const { lines, more } = this.#screenOf(event, { ...room, rows: room.rows - kept.length });
    this.#more = more;
    this.#terminal.print([...lines, ...kept]);
  }

  #screenOf(event: Shown, room: Room): ScreenText & { more: string[] } {
    const { verdict, context } = event;
    if (verdict.status === "fail") return { ...failureScreen(verdict, context, this.#paint, room), more: [] };
    const whole = fit(this.#whole(event), room.columns);
    const shown = cutOff(whole, room.rows);
    return { ...shown, more: shown.isWhole ? [] : whole.slice(shown.lines.length - 1) };
  }

  #whole({ verdict, context }: Shown): string[] {
    const { columns } = this.#terminal;
    if (verdict.status === "pass") return passedText(this.#root, verdict, context, this.#paint, columns);
    const { reason = "", exercise } = verdict;
    const told = this.#hasKeys && reason !== "" ? { ...verdict, reason: inKeys(reason, exercise) } : verdict;
    return verdictText(told, context, this.#paint, columns).trimEnd().split("\n");
  }

  #page(lines: string[]): void {
    const { lines: shown, isWhole } = cutOff(lines, this.#terminal.rows);
    this.#again = undefined;
    this.#more = isWhole ? [] : lines.slice(shown.length - 1);
    this.#terminal.print(shown);
  }
}
