import { setTimeout } from "node:timers/promises";
import type { Exercise } from "@tcpip-workshop/grader";
import { answerContext } from "../../course/answer-context.ts";
import type { Course } from "../../course/course.ts";
import type { Judge } from "../judge.ts";
import type { Answer } from "../submission/submission.ts";
import { errorOf, judgedBy, type Judged } from "./exercise-result.ts";
import type { Staging } from "./staging.ts";

export interface GradeAnswerOptions {
  course: Course;
  judge: Judge;
  staging: Staging;
  /** Milliseconds that one grading may take. What the judge itself should have ended is an error then. Default 15 minutes. */
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
  return first.status === "error" && !signal.aborted ? await attempt(exercise, answer, options) : first;
}

async function attempt(
  exercise: Exercise,
  answer: Answer,
  { course, judge, staging, patience = 15 * 60_000 }: GradeAnswerOptions,
): Promise<Judged> {
  const { level } = judge.seal;
  const { label } = exercise;
  try {
    await using staged = await staging.lay(answer);
    const verdict = await inTime(judge.grade(label, staged.folder), patience);
    const context = answerContext(
      course,
      { label, folder: staged.folder, name: `exercises/${label}` },
      verdict,
    );
    return judgedBy(exercise, answer, level, verdict, context);
  } catch (error) {
    return errorOf(exercise, answer, level, error instanceof Error ? error.message : String(error));
  }
}

async function inTime<T>(grading: Promise<T>, patience: number): Promise<T> {
  const waiting = new AbortController();
  const late = setTimeout(patience, undefined, { signal: waiting.signal }).then(
    () => {
      throw new Error(`Expected a verdict within ${patience / 1000} s, got none`);
    },
    () => new Promise<never>(() => {}),
  );
  try {
    return await Promise.race([grading, late]);
  } finally {
    waiting.abort();
    grading.catch(() => {});
  }
}
