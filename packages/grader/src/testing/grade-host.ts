/** Grades what its parent sends: the grader runs Vitest in its own thread, so the grader's tests cannot run it in theirs. */
import { Grader, type GradeOptions } from "../grade.ts";
import type { Exercise } from "../exercise.ts";

const grader = new Grader(process.argv[2] ?? "");

process.on("message", (request: { exercise: Exercise; folder: string; options: GradeOptions }) => {
  void grader
    .grade(request.exercise, request.folder, request.options)
    .then((verdict) => process.send?.(verdict));
});
process.on("disconnect", () => void grader[Symbol.asyncDispose]());
