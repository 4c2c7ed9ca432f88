import { setTimeout } from "node:timers/promises";
import { isAbsolute } from "node:path";
import { Grader, leftBehind, readExercise, type GradeOptions, type Verdict } from "@tcpip-workshop/grader";
import { Cell } from "@tcpip-workshop/grader/seal";
import { openCourse } from "../course/course.ts";
import type { Graded, GradingTask } from "./gradings.ts";

/** The other end of `Gradings`: a process with one grader, which is told what to grade and says what came of it. */
const course = openCourse();
const grader = new Grader(course.root);

process.on("message", (task: GradingTask) => void grade(task).then((graded) => process.send?.(graded)));
// Whoever asked is gone, and nobody waits for what is under way. Not by exit(): while a suite runs, Vitest's runtime stands in its place. What
// is to be done at the end, such as to end the answers and to remove their folders, is done.
process.on("disconnect", () => {
  try {
    process.emit("exit", 0);
  } finally {
    process.kill(process.pid, "SIGKILL");
  }
});

async function grade({ label, folder, options, isSealed = false }: GradingTask): Promise<Graded> {
  const before = new Set(leftBehind());
  // A canary's exercise is none of the course's.
  const exercise = isAbsolute(label) ? readExercise(label) : course.exercise(label);
  const verdict = isSealed
    ? await gradeInCell(exercise.folder, folder, options)
    : await grader.grade(exercise, folder, options);
  return { verdict, left: await leftAfterAMoment(before) };
}

async function gradeInCell(exercise: string, folder: string, { seed }: GradeOptions): Promise<Verdict> {
  await using cell = new Cell(course.root);
  return await cell.grade(exercise, folder, seed === undefined ? {} : { seed });
}

/** A closed socket is gone from the kernel's table some turns of the event loop later; what stays is left. */
async function leftAfterAMoment(before: ReadonlySet<string>): Promise<string[]> {
  let left: string[] = [];
  for (let look = 0; look < 200; look++) {
    left = leftBehind().filter((one) => !before.has(one));
    if (left.length === 0) return left;
    await setTimeout(10);
  }
  return left;
}
