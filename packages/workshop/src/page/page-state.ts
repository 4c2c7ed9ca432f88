import type { Exercise } from "@tcpip-workshop/grader";
import type { Course } from "../course/course.ts";
import { openHint } from "../course/hints-opened.ts";
import { readProgress } from "../course/progress.ts";
import { exerciseTitle, filesToWrite } from "../course/start-exercise.ts";
import { UserError } from "../course/user-error.ts";
import type { Live, LiveEvent } from "../live/live-event.ts";
import { lessonHtml } from "./lesson-html.ts";
import { socketTable } from "./socket-table.ts";
import type { HintLadder, PageData, Run, Work } from "./static/page-data.ts";
import { verdictView } from "./verdict-view.ts";

/** What the page shows, kept up with what happens. */
export class PageState implements Disposable {
  readonly #course: Course;
  readonly #live: Live;
  readonly #tell: (part: keyof PageData, data: unknown) => void;
  readonly #stop: () => void;
  readonly #data: PageData;

  /** `tell` hears of each part that has changed, whole. */
  constructor(course: Course, live: Live, tell: (part: keyof PageData, data: unknown) => void) {
    this.#course = course;
    this.#live = live;
    this.#tell = tell;
    this.#data = {
      work: workOf(course, live.label),
      run: { ...idle, ...(live.last && { state: "done", last: live.last.verdict.duration }) },
      verdict: live.last ? verdictView(live.last.verdict, live.last.context) : null,
      sockets: null,
      hints: [],
    };
    this.#data.hints = this.#ladders();
    this.#stop = live.listen((event) => this.#hear(event));
    // A look costs some milliseconds of CPU: only while somebody may look.
    live.watchSockets?.(true);
  }

  get data(): PageData {
    return this.#data;
  }

  /** @returns whether this was the next level of the hints for a test */
  openHint(title: string, level: number): boolean {
    const ladder = this.#data.hints.find((ladder) => ladder.title === title);
    if (ladder === undefined || level !== ladder.open.length + 1) return false;
    const exercise = readable(this.#course, this.#live.label);
    if (exercise === undefined) return false;
    const opened = openHint(this.#course.root, exercise, title, level);
    this.#set("hints", this.#ladders());
    return opened !== undefined;
  }

  [Symbol.dispose](): void {
    this.#live.watchSockets?.(false);
    this.#stop();
  }

  #hear(event: LiveEvent): void {
    if (event.label !== this.#data.work.label) this.#turn(event.label);
    const { run } = this.#data;
    switch (event.kind) {
      case "watching":
        return this.#set("run", { ...run, polling: event.how === "polling" ? (event.why ?? "") : null });
      case "grading": {
        this.#set("sockets", null);
        const last = event.last ?? run.last;
        return this.#set("run", {
          ...run,
          state: "grading",
          done: 0,
          total: event.total,
          last,
          message: null,
        });
      }
      case "test":
        return this.#set("run", { ...run, state: "grading", done: event.done, total: event.total });
      case "failing":
        this.#set("verdict", verdictView(event.verdict, event.context));
        return this.#set("hints", this.#ladders());
      case "sockets":
        return this.#set("sockets", socketTable(event.lines));
      case "broken":
        return this.#set("run", { ...run, state: "broken", message: event.message });
      case "verdict": {
        const { verdict, context } = event;
        this.#set("verdict", verdictView(verdict, context));
        this.#set("hints", this.#ladders());
        const total = verdict.tests.length;
        this.#set("run", {
          ...run,
          state: "done",
          done: total,
          total,
          last: verdict.duration,
          message: null,
        });
      }
    }
  }

  #turn(label: string): void {
    this.#set("work", workOf(this.#course, label));
    this.#set("verdict", null);
    this.#set("sockets", null);
    this.#set("run", { ...idle, polling: this.#data.run.polling });
    this.#set("hints", this.#ladders());
  }

  /** The first level for the first failing test is a part of the verdict: that one is always open. */
  #ladders(): HintLadder[] {
    const { label } = this.#data.work;
    const exercise = readable(this.#course, label);
    if (exercise === undefined) return this.#data.hints;
    const opened = readProgress(this.#course.root).exercises.get(label)?.hints;
    const failing = this.#data.verdict?.first?.hint === "" ? undefined : this.#data.verdict?.first?.title;
    return exercise.hints.map(({ title, levels }) => {
      const open = Math.max(opened?.get(title) ?? 0, title === failing ? 1 : 0);
      const html = levels.slice(0, open).map((level) => lessonHtml(level, `exercises/${label}`));
      return { title, levels: levels.length, open: html };
    });
  }

  #set<Part extends keyof PageData>(part: Part, data: PageData[Part]): void {
    this.#data[part] = data;
    this.#tell(part, data);
  }
}

const idle: Run = { state: "waiting", done: 0, total: 0, last: null, message: null, polling: null };

function workOf(course: Course, label: string): Work {
  return {
    label,
    title: exerciseTitle(course, label),
    files: readable(course, label) === undefined ? [] : filesToWrite(course, label),
    exercises: course.labels.map((label) => ({ label, title: exerciseTitle(course, label) })),
  };
}

/** Nothing while it cannot be read: it is being replaced, or a file of it is missing. That is told of elsewhere. */
function readable(course: Course, label: string): Exercise | undefined {
  try {
    return course.exercise(label);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
