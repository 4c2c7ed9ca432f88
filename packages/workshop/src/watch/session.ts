import type { ExitCode, Out } from "../command.ts";
import type { Course } from "../course/course.ts";
import { UserError } from "../course/user-error.ts";
import { beSeen, entryOf, updateProgress } from "../course/progress.ts";
import type { Live, LiveEvent } from "../live/live-event.ts";
import type { Paint } from "../text/paint.ts";
import { verdictText } from "../text/verdict-text.ts";
import { actions, Captured, type Stage } from "./actions.ts";
import { cutOff, failureScreen, type ScreenText } from "./failure-screen.ts";
import { fit } from "./fit.ts";
import { keyOf, typed, type Key } from "./keys.ts";
import { passedText } from "./passed-screen.ts";
import { runStatus, seconds, type Run } from "./run-status.ts";
import type { Terminal } from "./terminal.ts";

/** What a session is made of. */
export interface SessionParts {
  course: Course;
  live: Live;
  terminal: Terminal;
  paint: Paint;
  /** Runs the command that a line names. */
  run: (argv: string[], out: Out) => Promise<ExitCode>;
  /** Starts the page on `live`, and says what there is to say. */
  openPage: () => Promise<string[]>;
  /** Whether there is anybody to press a key. */
  hasKeys: boolean;
}

/** Where the terminal cannot write anew, a long run is told of so often, in milliseconds. */
const longRun = 10_000;
const tick = 100;

/** The learner at the terminal: verdicts as they come, keys as they are typed, one thing at a time. */
export class Session implements Stage, Disposable {
  readonly course: Course;
  readonly live: Live;
  readonly #terminal: Terminal;
  readonly #paint: Paint;
  readonly #parts: SessionParts;
  readonly #ended = Promise.withResolvers<void>();
  readonly #stopListening: () => void;
  #run: Run | undefined;
  #ticker: NodeJS.Timeout | undefined;
  /** Characters that wait for what is under way. */
  #queue: string[] = [];
  #isBusy = false;
  #isAway = false;
  #question: { text: string; onYes: () => Promise<void> } | undefined;
  /** What `f` shows next; all of the verdict where there is nothing. */
  #more: string[] = [];
  /** Rows that stay above the next verdict. */
  #above: number;
  /** Prints the screen again, if it is all a verdict's. */
  #again: (() => void) | undefined;

  constructor(parts: SessionParts, above: number) {
    ({ course: this.course, live: this.live, terminal: this.#terminal, paint: this.#paint } = parts);
    this.#parts = parts;
    this.#above = above;
    this.#stopListening = this.live.listen((event) => this.#hear(event));
    this.#seen();
  }

  /** Settles when the learner has quit. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** What was typed: done now, or when what is under way is over. Quitting waits for nothing. */
  type(chunk: string): void {
    for (const character of typed(chunk)) {
      const key = keyOf(character);
      if (key === "quit") this.end();
      else if (key === "suspend") this.suspend();
      else if (key === "redraw") this.redraw();
      else if (key !== undefined || this.#question !== undefined || character === "y")
        this.#queue.push(character);
    }
    void this.#work();
  }

  end(): void {
    this.#ended.resolve();
  }

  /** To the shell. */
  suspend(): void {
    this.#terminal.status("");
    this.#terminal.leaveRaw();
    // All of the group, as the terminal itself would: pnpm waits for us in it.
    process.kill(0, "SIGTSTP");
    // Time goes on when a shell has brought us back, or at once where there is none to go to.
    this.#isAway = true;
    setTimeout(() => this.#isAway && this.resume(), tick);
  }

  /** From the shell, which may have changed the terminal meanwhile. */
  resume(): void {
    this.#isAway = false;
    if (this.#parts.hasKeys) this.#terminal.enterRaw();
    this.redraw();
  }

  /** For a window of another size. */
  redraw(): void {
    if (this.#again !== undefined && this.#terminal.clears) {
      this.#terminal.wipe();
      this.#again();
    }
    this.#terminal.status("");
    this.#terminal.status(this.#status());
  }

  async command(...argv: string[]): Promise<ExitCode> {
    const out = new Captured(this.#paint("bold", "x") !== "x", this.#terminal.columns);
    const code = await this.#parts.run(argv, out);
    this.show(["", ...out.text.trimEnd().split("\n")]);
    return code;
  }

  show(lines: string[]): void {
    this.#again = undefined;
    this.#page(fit(lines, this.#terminal.columns));
    this.#above = lines.length + 1;
  }

  clear(): void {
    this.#again = undefined;
    this.#terminal.clear();
  }

  ask(text: string, onYes: () => Promise<void>): void {
    this.#question = { text, onYes };
  }

  arrive(label: string): void {
    this.#run = undefined;
    this.live.turnTo(label);
    this.#seen();
    this.#keepAbove = true;
  }

  showMore(): void {
    const { last } = this.live;
    if (this.#more.length === 0 && last !== undefined) {
      this.#more = fit(this.#whole(last), this.#terminal.columns);
      this.#terminal.clear();
    }
    this.#again = undefined;
    this.#page(this.#more);
  }

  async openPage(): Promise<void> {
    this.show(["", ...(await this.#parts.openPage())]);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticker);
    this.#stopListening();
  }

  /** The greeting, or what `next` said, is still to be read when the first verdict comes. */
  #keepAbove = true;

  #hear(event: LiveEvent): void {
    if (event.label !== this.live.label) return;
    if (event.kind === "watching" && event.how === "polling")
      this.#terminal.print(
        fit(
          [
            `File events do not arrive here${event.why === undefined ? "" : ` (${event.why})`}: your files are looked at 5 times a second instead.`,
          ],
          this.#terminal.columns,
        ),
      );
    if (event.kind === "grading") this.#begin(event);
    if (event.kind === "test" && this.#run !== undefined) this.#run.done = event.done;
    if (event.kind === "verdict") this.#over(() => this.#showVerdict(event));
    if (event.kind === "broken")
      this.#over(() =>
        this.show(["", `The grader broke: ${event.message}. It starts anew when you save, or with t.`]),
      );
    this.#terminal.status(this.#status());
  }

  #begin({ label, total, last }: Extract<LiveEvent, { kind: "grading" }>): void {
    const started = performance.now();
    this.#run = { label, total, started, done: 0, ...(last === undefined ? {} : { last }) };
    let told = started;
    clearInterval(this.#ticker);
    this.#ticker = setInterval(() => {
      this.#terminal.status(this.#status());
      if (this.#terminal.rewrites || performance.now() - told < longRun) return;
      told = performance.now();
      this.#terminal.print([this.#status()]);
    }, tick);
  }

  #over(show: () => void): void {
    clearInterval(this.#ticker);
    this.#run = undefined;
    show();
    void this.#work();
  }

  #showVerdict(event: Extract<LiveEvent, { kind: "verdict" }>): void {
    const { rows, columns } = this.#terminal;
    const least = 14;
    const above = this.#keepAbove && rows - this.#above >= least ? this.#above : 0;
    if (above === 0) this.#terminal.clear();
    else this.#terminal.print([""]);
    this.#keepAbove = false;
    const print = (room: { rows: number; columns: number }): void => {
      const { lines, more } = this.#screen(event, room);
      this.#more = more;
      this.#terminal.print(lines);
    };
    print({ rows: rows - above - (above === 0 ? 0 : 1), columns });
    this.#again = () => print(this.#terminal);
  }

  #screen(
    { verdict, context }: NonNullable<Live["last"]>,
    room: { rows: number; columns: number },
  ): ScreenText & { more: string[] } {
    if (verdict.status === "fail") return { ...failureScreen(verdict, context, this.#paint, room), more: [] };
    const whole = fit(this.#whole({ verdict, context }), room.columns);
    const shown = cutOff(whole, room.rows);
    return { ...shown, more: shown.isWhole ? [] : whole.slice(shown.lines.length - 1) };
  }

  #whole({ verdict, context }: Pick<NonNullable<Live["last"]>, "verdict" | "context">): string[] {
    if (verdict.status === "pass")
      return passedText(this.course.root, verdict, context, this.#paint, this.#terminal.columns);
    return verdictText(verdict, context, this.#paint, this.#terminal.columns).trimEnd().split("\n");
  }

  /** As many lines as the screen has; `f` shows the next ones. */
  #page(lines: string[]): void {
    const { lines: shown, isWhole } = cutOff(lines, this.#terminal.rows);
    this.#more = isWhole ? [] : lines.slice(shown.length - 1);
    this.#terminal.print(shown);
  }

  async #work(): Promise<void> {
    while (!this.#isBusy && this.#run === undefined && this.#queue.length > 0) {
      const character = this.#queue.shift() ?? "";
      this.#isBusy = true;
      try {
        await this.#act(character);
      } catch (error) {
        const bug = error instanceof UserError ? "" : "This is a bug of the workshop's, not yours: ";
        this.show(["", bug + (error as Error).message]);
      }
      this.#isBusy = false;
    }
    this.#terminal.status(this.#status());
  }

  async #act(character: string): Promise<void> {
    const question = this.#question;
    this.#question = undefined;
    if (question !== undefined) {
      if (character.toLowerCase() === "y") await question.onYes();
      return;
    }
    const key = keyOf(character) as Exclude<Key, "quit" | "suspend" | "redraw"> | undefined;
    if (key !== undefined) await actions[key](this);
  }

  #status(): string {
    if (this.#run !== undefined) return runStatus(this.#run, this.#queue);
    if (this.#question !== undefined) return `${this.#question.text} y/N `;
    const { last, label } = this.live;
    if (!this.#parts.hasKeys) return `${label}: save, and it is graded. Ctrl-C ends it`;
    if (last === undefined) return `${label}: starting`;
    const more = this.#more.length > 0 ? `f ${this.#more.length} lines more` : "f full text";
    const { tests, status, duration } = last.verdict;
    const passed = tests.filter((test) => test.status === "pass").length;
    const count = `${label.slice(0, 2)} ${{ pass: "✓", fail: "✗", error: "!" }[status]} ${passed}/${tests.length} in ${seconds(duration)}`;
    const keys =
      status === "pass" ? `Enter next  d diff  ${more}  l list` : `h hint  ${more}  t again  n next`;
    return `${count}  ${keys}  ? keys  q quit `;
  }

  /** The clock of the minutes at work starts when the exercise is opened. */
  #seen(): void {
    updateProgress(this.course.root, (progress) => beSeen(entryOf(progress, this.live.label)));
  }
}
