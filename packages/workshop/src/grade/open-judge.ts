import type { Verdict } from "@tcpip-workshop/grader";
import { tryAnswers } from "@tcpip-workshop/grader/seal";
import type { Canary, Seal } from "@tcpip-workshop/report";
import { Gradings, type Began } from "../gates/gradings.ts";
import { brokenCanary, type Judge } from "./judge.ts";
import { TimeLimit } from "./time-limit.ts";

/** Grades each answer in a process of its own, under Node's permission model, by a grader that has seen no other. */
export class OpenJudge implements Judge {
  readonly seal: Seal;
  readonly #gradings: Gradings;

  private constructor(gradings: Gradings, canaries: Canary[], reason: string) {
    this.#gradings = gradings;
    this.seal = { level: "open", reason, canaries };
  }

  /**
   * @param jobs how many answers are graded at once
   * @param reason why the level is no better, in a sentence
   * @throws {Error} when a canary does not come out as it must: no verdict could be trusted
   */
  static async start(jobs: number, reason: string): Promise<OpenJudge> {
    const gradings = new Gradings(jobs);
    try {
      const canaries = await tryAnswers((exercise, folder, options) =>
        verdictOf(gradings, exercise, folder, options),
      );
      const broken = brokenCanary(canaries);
      if (broken !== undefined) throw new Error(broken);
      return new OpenJudge(gradings, canaries, reason);
    } catch (error) {
      gradings[Symbol.dispose]();
      throw error;
    }
  }

  async grade(label: string, folder: string, patience: number): Promise<Verdict> {
    using limit = new TimeLimit(patience);
    // It may have to wait for its turn.
    const began: Began = (end) => limit.start(end);
    return await limit.hold(verdictOf(this.#gradings, label, folder, {}, began));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#gradings[Symbol.asyncDispose]();
  }
}

async function verdictOf(
  gradings: Gradings,
  label: string,
  folder: string,
  options: object,
  began?: Began,
): Promise<Verdict> {
  const { verdict, left } = await gradings.grade({ label, folder, options, isFresh: true }, began);
  if (left.length > 0) throw new Error(`Expected nothing to be left of the answer, got ${left.join("; ")}`);
  return verdict;
}
