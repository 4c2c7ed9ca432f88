import type { ExitCode, Out } from "../command.ts";
import type { Course } from "../course/course.ts";
import { UserError } from "../course/user-error.ts";
import { currentLabel } from "../course/start-current.ts";
import { beSeen, entryOf, noteProgress } from "../course/progress.ts";
import type { Live, LiveEvent } from "../live/live-event.ts";
import type { Paint } from "../text/paint.ts";
import { actions, Captured, type Stage } from "./actions.ts";
import { fitDiff } from "./fit-diff.ts";
import { inKeys } from "./in-keys.ts";
import { keyOf, type Key } from "./keys.ts";
import { duration as inWords } from "../text/status-line.ts";
import { runStatus, type Run } from "./run-status.ts";
import { Screen } from "./screen.ts";
import type { Terminal } from "./terminal.ts";
import { Told } from "./told.ts";
import { Typing } from "./typing.ts";

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
  readonly #screen: Screen;
  readonly #parts: SessionParts;
  readonly #ended = Promise.withResolvers<void>();
  readonly #stopListening: () => void;
  #run: Run | undefined;
  #ticker: NodeJS.Timeout | undefined;
  /** Characters that wait for what is under way. */
  #queue: string[] = [];
  readonly #typing = new Typing();
  readonly #told = new Told();
  #isBusy = false;
  #isAway = false;
  /** The last that was heard is that there is no grading. */
  #isStuck = false;
  #question: { text: string; onYes: () => Promise<void> } | undefined;
  constructor(parts: SessionParts) {
    ({ course: this.course, live: this.live, terminal: this.#terminal, paint: this.#paint } = parts);
    this.#parts = parts;
    this.#screen = new Screen(parts.terminal, parts.paint, parts.course.root, parts.hasKeys);
    this.#stopListening = this.live.listen((event) => this.#hear(event));
    this.#seen();
  }

  /** Settles when the learner has quit. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** What was typed: done now, or when what is under way is over. Quitting waits for nothing. */
  type(chunk: string): void {
    const { characters, isPaste } = this.#typing.hear(chunk);
    if (isPaste && this.#told.isNewPaste()) this.show(this.#told.paste);
    // A question is answered by a key of its own, typed when it was there to be read: nobody pastes a yes.
    const mayAnswer = this.#question !== undefined && characters.length === 1;
    for (const character of characters) {
      const key = keyOf(character);
      if (key === "quit") this.end();
      else if (key === "suspend") this.suspend();
      else if (key === "redraw") this.redraw();
      else if (key !== undefined || mayAnswer) this.#queue.push(character);
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
    this.#screen.redraw();
    this.#terminal.status("");
    this.#terminal.status(this.#status());
  }

  async command(...argv: string[]): Promise<ExitCode> {
    const out = new Captured(this.#paint("bold", "x") !== "x", this.#terminal.columns);
    const code = await this.#parts.run(argv, out);
    // It may have moved the learner on.
    const lines = inKeys(out.text.trimEnd(), currentLabel(this.course)).split("\n");
    this.show(["", ...(argv[0] === "diff" ? fitDiff(lines, out.columns) : lines)]);
    return code;
  }

  show(lines: string[]): void {
    this.#screen.show(lines);
  }

  clear(): void {
    this.#screen.clear();
  }

  ask(text: string, onYes: () => Promise<void>): void {
    this.#question = { text, onYes };
    // The status line has it, where there is one.
    if (!this.#terminal.rewrites) this.show(["", `${text} y/N`]);
  }

  arrive(label: string): void {
    this.#run = undefined;
    this.live.turnTo(label);
    this.#seen();
    this.stay();
  }

  stay(): void {
    this.#screen.stay();
  }

  showMore(): void {
    this.#screen.showMore(this.live.last);
  }

  async openPage(): Promise<void> {
    this.show(["", ...(await this.#parts.openPage())]);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticker);
    this.#stopListening();
  }

  #hear(event: LiveEvent): void {
    if (event.label !== this.live.label) return;
    if (event.kind === "watching" && event.how === "polling") this.show(this.#told.polling(event.why));
    if (event.kind === "grading") this.#begin(event);
    if (event.kind === "test" && this.#run !== undefined) this.#run.done = event.done;
    if (event.kind === "failing") this.#showFailing(event);
    if (event.kind === "verdict") this.#over(() => this.#screen.showVerdict(event));
    if (event.kind === "grading" || event.kind === "broken") this.#isStuck = event.kind === "broken";
    if (event.kind === "broken") this.#over(() => this.show(this.#told.broken(event)));
    this.#terminal.status(this.#status());
  }

  #begin({ label, total, last }: Extract<LiveEvent, { kind: "grading" }>): void {
    const started = performance.now();
    this.#run = { label, total, last, started, done: 0, isBehind: this.#screen.hasVerdict };
    let told = started;
    clearInterval(this.#ticker);
    this.#ticker = setInterval(() => {
      this.#terminal.status(this.#status());
      if (this.#terminal.rewrites || performance.now() - told < longRun) return;
      told = performance.now();
      this.#terminal.print([this.#status()]);
    }, tick);
  }

  #showFailing(event: Extract<LiveEvent, { kind: "failing" }>): void {
    if (this.#run !== undefined) this.#run.isBehind = false;
    // The status is of the screen before.
    this.#terminal.status("");
    this.#screen.showVerdict(event);
  }

  #over(show: () => void): void {
    clearInterval(this.#ticker);
    this.#run = undefined;
    this.#terminal.status("");
    show();
    void this.#work();
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
    if (last === undefined) return `${label}: ${this.#isStuck ? "not graded" : "starting"}`;
    const more = this.#screen.left > 0 ? `f ${this.#screen.left} more` : "f full";
    const { tests, status, duration } = last.verdict;
    const passed = tests.filter((test) => test.status === "pass").length;
    const count = `${label.slice(0, 2)} ${{ pass: "✓", fail: "✗", error: "!" }[status]} ${passed}/${tests.length} in ${inWords(duration)}`;
    const keys = status === "pass" ? `Enter next  d diff  ${more}` : `h hint  ${more}  t again  n next`;
    return `${count}  ${keys}  ? keys  q quit `;
  }

  /** The clock of the minutes at work starts when the exercise is opened. */
  #seen(): void {
    noteProgress(this.course.root, (progress) => beSeen(entryOf(progress, this.live.label)));
  }
}
