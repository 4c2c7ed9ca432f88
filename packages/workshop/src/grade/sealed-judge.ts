import { join } from "node:path";
import type { Verdict } from "@tcpip-workshop/grader";
import { Cell, tryAnswers, tryProbes, type CellOptions } from "@tcpip-workshop/grader/seal";
import type { Canary, Seal } from "@tcpip-workshop/report";
import type { Judge } from "./judge.ts";
import { TimeLimit } from "./time-limit.ts";

/** Grades each answer in a cell of its own. */
export class SealedJudge implements Judge {
  readonly seal: Seal;
  readonly #root: string;
  /** Started and not yet taken: the next answer does not wait for a grader to load. */
  #next: Cell | undefined;

  private constructor(root: string, canaries: Canary[]) {
    this.#root = root;
    const reason = "Canaries were graded before all others, and each came out as it must";
    this.seal = { level: "sealed", reason, canaries };
    this.#next = new Cell(root);
  }

  /**
   * Has the canaries graded through the very command line that grades answers.
   *
   * @param root the course's folder
   * @returns the canaries alone where one of them did not come out as it must
   * @throws {Error} when no cell can be made here, with what the system said
   */
  static async start(root: string): Promise<SealedJudge | Canary[]> {
    const grade = (exercise: string, folder: string, options: CellOptions): Promise<Verdict> =>
      gradeIn(new Cell(root), exercise, folder, options);
    // The first alone: where there can be no cell, one complaint is enough.
    const canaries = [...(await tryProbes(grade)), ...(await tryAnswers(grade))];
    return canaries.every(({ held }) => held) ? new SealedJudge(root, canaries) : canaries;
  }

  async grade(label: string, folder: string, patience: number): Promise<Verdict> {
    const cell = this.#next ?? new Cell(this.#root);
    this.#next = new Cell(this.#root);
    using limit = new TimeLimit(patience);
    limit.start(() => void cell[Symbol.asyncDispose]().catch(() => {}));
    return await limit.hold(gradeIn(cell, join(this.#root, "exercises", label), folder, {}));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#next?.[Symbol.asyncDispose]();
  }
}

async function gradeIn(cell: Cell, exercise: string, folder: string, options: CellOptions): Promise<Verdict> {
  await using its = cell;
  return await its.grade(exercise, folder, options);
}
