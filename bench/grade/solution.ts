import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Course } from "../../packages/workshop/src/course/course.ts";
import { makeAnswer } from "../../packages/workshop/src/grade/submission/answer.ts";
import type { Answer } from "../../packages/workshop/src/grade/submission/submission.ts";

/** As if a learner had handed it in. */
export function solutionOf(course: Course, label: string): Answer {
  const exercise = course.exercise(label);
  const read = (file: string): Buffer => readFileSync(join(course.root, "solutions", label, file));
  return makeAnswer(course, exercise, new Map(exercise.files.map((file) => [file, read(file)])));
}
