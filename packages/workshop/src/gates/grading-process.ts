import { setTimeout } from "node:timers/promises";
import { isAbsolute } from "node:path";
import { Grader, leftBehind, readExercise } from "@tcpip-workshop/grader";
import { openCourse } from "../course/course.ts";
import type { Graded, GradingTask } from "./gradings.ts";

/** The other end of `Gradings`: a process with one grader, which is told what to grade and says what came of it. */
const course = openCourse();
const grader = new Grader(course.root);

process.on("message", (task: GradingTask) => void grade(task).then((graded) => process.send?.(graded)));
// Whoever asked is gone. What an answer may have left goes with its own process group.
process.on("disconnect", () => void grader[Symbol.asyncDispose]().finally(() => process.exit()));

async function grade({ label, folder, options }: GradingTask): Promise<Graded> {
  const before = new Set(leftBehind());
  // A canary's exercise is none of the course's.
  const exercise = isAbsolute(label) ? readExercise(label) : course.exercise(label);
  const verdict = await grader.grade(exercise, folder, options);
  return { verdict, left: await leftAfterAMoment(before) };
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
