import type { ExerciseResult } from "@tcpip-workshop/report";
import { duration } from "../../text/status-line.ts";

/** How a result came about: in this run, by an earlier run or an earlier submission, or without anything to run. */
export type Origin = "graded" | "known" | "unrun";

/** How far the grading of a class is. */
export class ClassProgress {
  readonly #submissions: number;
  readonly #total: number;
  #running = 0;
  #absent = 0;
  #errors = 0;
  readonly #counts: { [origin in Origin]: number } = { graded: 0, known: 0, unrun: 0 };
  /** Milliseconds that gradings took, one behind the other, and how many they were. */
  #spent = 0;
  #ended = 0;

  constructor(submissions: number, exercises: number) {
    this.#submissions = submissions;
    this.#total = submissions * exercises;
  }

  /** A grading is under way, until the function that is returned says how long it took: milliseconds. */
  began(): (spent: number) => void {
    this.#running++;
    return (spent) => {
      this.#running--;
      this.#ended++;
      this.#spent += spent;
    };
  }

  ended({ status }: Pick<ExerciseResult, "status">, origin: Origin): void {
    this.#counts[origin]++;
    if (status === "absent") this.#absent++;
    if (status === "error") this.#errors++;
  }

  /**
   * `Grading 30 submissions: 112 of 450 results, 2 running, 12 known already, 30 not handed in, about 6 min 10 s left`. What is not
   * there is found out on the way, and is none of the results.
   */
  line(): string {
    const counts = [
      `${this.#done - this.#absent} of ${this.#total - this.#absent} results`,
      `${this.#running} running`,
      ...(this.#errors > 0 ? [`${this.#errors} not gradable`] : []),
      ...(this.#counts.known > 0 ? [`${this.#counts.known} known already`] : []),
      ...(this.#absent > 0 ? [`${this.#absent} not handed in`] : []),
    ];
    const rest = this.#rest();
    return `Grading ${this.what}: ${counts.join(", ")}${rest === undefined ? "" : `, about ${duration(rest)} left`}`;
  }

  /** `2 results were graded now, 10 were known already.` */
  sum(): string {
    const { graded, known } = this.#counts;
    const now = `${graded === 1 ? "1 result was" : `${graded} results were`} graded now`;
    return known === 0 ? `${now}.` : `${now}, ${known} ${known === 1 ? "was" : "were"} known already.`;
  }

  /** `30 submissions` */
  get what(): string {
    return this.#submissions === 1 ? "a submission" : `${this.#submissions} submissions`;
  }

  get #done(): number {
    const { graded, known, unrun } = this.#counts;
    return graded + known + unrun;
  }

  /** What was absent or known took no time: of the rest, as many will be as were so far. The first few tell nothing of the others. */
  #rest(): number | undefined {
    if (this.#ended === 0 || this.#done < this.#total / 10) return undefined;
    const toGrade = (this.#total - this.#done) * Math.min(1, this.#ended / this.#done);
    // Thousands of milliseconds: tenths of a second would be no estimate.
    return Math.ceil((toGrade * this.#spent) / this.#ended / Math.max(1, this.#running) / 1000) * 1000;
  }
}
