import type { Failure, Verdict } from "@tcpip-workshop/grader";
import type { Live, LiveEvent, LiveListener } from "../live/live-event.ts";

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
    const exercise = `exercises/${this.label}`;
    const context = {
      name: exercise,
      exercise,
      files: ["double.ts"],
      isStub,
      tells: [],
      solutions: [`solutions/${this.label}/double.ts`],
    };
    this.last = { kind: "verdict", label: this.label, verdict, context };
    this.tell({ kind: "grading", label: this.label, total: titles.length });
    this.tell(this.last);
  }

  async [Symbol.asyncDispose](): Promise<void> {}
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
  return { exercise, status, tests, processes: 1, seed: 1, duration: 120 };
}
