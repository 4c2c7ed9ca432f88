import type { ExerciseResult } from "@tcpip-workshop/report";
import { duration } from "../../text/status-line.ts";

/** How far the grading of a class is. */
export class ClassProgress {
  readonly #submissions: number;
  readonly #total: number;
  #done = 0;
  #running = 0;
  #failed = 0;
  #errors = 0;
  #kept = 0;
  /** Milliseconds that gradings took, one behind the other, and how many they were. */
  #spent = 0;
  #graded = 0;

  constructor(submissions: number, exercises: number) {
    this.#submissions = submissions;
    this.#total = submissions * exercises;
  }

  /** A grading is under way, until the function that is returned says how long it took: milliseconds. */
  began(): (spent: number) => void {
    this.#running++;
    return (spent) => {
      this.#running--;
      this.#graded++;
      this.#spent += spent;
    };
  }

  /** @param isKept it was there already, from an earlier run or an earlier submission */
  ended({ status }: Pick<ExerciseResult, "status">, isKept: boolean): void {
    this.#done++;
    if (status === "fail") this.#failed++;
    if (status === "error") this.#errors++;
    if (isKept) this.#kept++;
  }

  get done(): number {
    return this.#done;
  }

  /** `Grading 30 submissions: 112 of 480 done, 2 running, 40 failed, 12 known already, about 6 min 10 s left` */
  line(): string {
    const what = this.#submissions === 1 ? "a submission" : `${this.#submissions} submissions`;
    const counts = [
      `${this.#done} of ${this.#total} done`,
      `${this.#running} running`,
      `${this.#failed} failed`,
      ...(this.#errors > 0 ? [`${this.#errors} not gradable`] : []),
      ...(this.#kept > 0 ? [`${this.#kept} known already`] : []),
    ];
    const rest = this.#rest();
    return `Grading ${what}: ${counts.join(", ")}${rest === undefined ? "" : `, about ${duration(rest)} left`}`;
  }

  /** What was absent or known took no time: of the rest, as many will be as were so far. */
  #rest(): number | undefined {
    if (this.#graded === 0 || this.#done === 0) return undefined;
    const toGrade = (this.#total - this.#done) * Math.min(1, this.#graded / this.#done);
    // Thousands of milliseconds: tenths of a second would be no estimate.
    return Math.ceil((toGrade * this.#spent) / this.#graded / Math.max(1, this.#running) / 1000) * 1000;
  }
}
