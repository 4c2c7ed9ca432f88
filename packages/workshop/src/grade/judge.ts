import type { Verdict } from "@tcpip-workshop/grader";
import type { Canary, Seal } from "@tcpip-workshop/report";

/** Grades answers of strangers, several at once if asked to, each by a grader of its own that has seen no other. */
export interface Judge extends AsyncDisposable {
  readonly seal: Seal;
  /**
   * @param label the exercise: `04-framing`
   * @param folder absolute; holds the answer's files and nothing else
   * @param patience milliseconds, from when it begins to be graded
   * @throws {OutOfTime} when there is no verdict by then: the grading is ended, whatever it is busy with
   * @throws {Error} when the grader itself breaks, or something was left of the answer; whatever an answer does is a verdict
   */
  grade(label: string, folder: string, patience: number): Promise<Verdict>;
}

/** What one that did not hold has to say, in a sentence; nothing when all have held. */
export function brokenCanary(canaries: Canary[]): string | undefined {
  const broken = canaries.find(({ held }) => !held);
  return broken && `a canary did not come out as it must ("${broken.title}": ${broken.detail})`;
}
