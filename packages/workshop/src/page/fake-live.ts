import type { Failure, Verdict } from "@tcpip-workshop/grader";
import type { Live, LiveEvent, LiveListener } from "../live/live-event.ts";
import type { VerdictContext } from "../text/verdict-text.ts";

/** For tests: a live grading that says what it is told to say, and remembers what it was asked for. */
export class FakeLive implements Live {
  label: string;
  last: Live["last"];
  readonly asked: string[] = [];
  watchesSockets = false;
  readonly #listeners = new Set<LiveListener>();

  constructor(label: string) {
    this.label = label;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  listen(listener: LiveListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  turnTo(label: string): void {
    this.asked.push(`turn to ${label}`);
    this.label = label;
    this.tell({ kind: "watching", label, how: "events" });
  }

  watchSockets(wanted: boolean): void {
    this.watchesSockets = wanted;
  }

  grade(): void {
    this.asked.push("grade");
  }

  tell(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** The tests that fail, each with what its failure has beyond a sentence. */
  tellVerdict(titles: string[], failing: { [title: string]: Partial<Failure> } = {}, isStub = false): void {
    const verdict = verdictOn(this.label, titles, failing);
    this.last = { kind: "verdict", label: this.label, verdict, context: this.#context(isStub) };
    this.tell({ kind: "grading", label: this.label, total: titles.length });
    this.tell(this.last);
  }

  /** The first of the tests fails, and the others go on. */
  tellFailing(titles: string[], failing: { [title: string]: Partial<Failure> }): void {
    const [label, total] = [this.label, titles.length];
    const verdict = verdictOn(label, titles.slice(0, 1), failing);
    this.tell({ kind: "grading", label, total });
    this.tell({
      kind: "failing",
      label,
      verdict,
      context: { ...this.#context(false), soFar: { done: 1, total } },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #context(isStub: boolean): VerdictContext {
    const exercise = `exercises/${this.label}`;
    const solutions = [`solutions/${this.label}/double.ts`];
    return { name: exercise, exercise, files: ["double.ts"], isStub, tells: [], solutions };
  }
}

function verdictOn(
  exercise: string,
  titles: string[],
  failing: { [title: string]: Partial<Failure> },
): Verdict {
  const tests = titles.map((title) => {
    const failure = failing[title];
    const told = {
      title,
      duration: 1,
      why: `Why ${title}.`,
      read: `Read ${title}.`,
      hint: `Hint for ${title}?`,
      output: "",
    };
    return failure === undefined
      ? { ...told, status: "pass" as const }
      : {
          ...told,
          status: "fail" as const,
          failure: { blame: "answer" as const, problem: `The problem of ${title}`, steps: [], ...failure },
        };
  });
  const status = Object.keys(failing).length === 0 ? "pass" : "fail";
  return { exercise, status, tests, processes: 1, seed: "1", duration: 120 };
}
