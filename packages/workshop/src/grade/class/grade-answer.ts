import type { Exercise } from "@tcpip-workshop/grader";
import { answerContext } from "../../course/answer-context.ts";
import type { Course } from "../../course/course.ts";
import type { Judge } from "../judge.ts";
import type { Answer } from "../submission/submission.ts";
import { OutOfTime } from "../time-limit.ts";
import { errorOf, judgedBy, type Judged } from "./exercise-result.ts";
import type { Staging } from "./staging.ts";

export interface GradeAnswerOptions {
  course: Course;
  judge: Judge;
  staging: Staging;
  /** Milliseconds that one grading may take: one that is not over by then is an error, and not tried again. Default 5 minutes. */
  patience?: number;
}

/** Has an answer graded in a fresh folder. What cannot be said anything of is tried once more before it stands. */
export async function gradeAnswer(
  exercise: Exercise,
  answer: Answer,
  options: GradeAnswerOptions,
  signal: AbortSignal,
): Promise<Judged> {
  const first = await attempt(exercise, answer, options);
  const again = first.judged.status === "error" && !first.isLate && !signal.aborted;
  return (again ? await attempt(exercise, answer, options) : first).judged;
}

/** `isLate`: it would take as long again. */
async function attempt(
  exercise: Exercise,
  answer: Answer,
  { course, judge, staging, patience = 5 * 60_000 }: GradeAnswerOptions,
): Promise<{ judged: Judged; isLate: boolean }> {
  const { level } = judge.seal;
  const { label } = exercise;
  try {
    await using staged = await staging.lay(answer);
    const verdict = await judge.grade(label, staged.folder, patience);
    const context = answerContext(
      course,
      { label, folder: staged.folder, name: `exercises/${label}` },
      verdict,
    );
    return { judged: judgedBy(exercise, answer, level, verdict, context), isLate: false };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { judged: errorOf(exercise, answer, level, reason), isLate: error instanceof OutOfTime };
  }
}
