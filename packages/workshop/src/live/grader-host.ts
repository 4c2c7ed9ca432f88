import { Grader, type Verdict } from "@tcpip-workshop/grader";
import { openCourse } from "../course/course.ts";

/** What the grader's process is told. */
export interface ToGrader {
  label: string;
}

/** What it says. */
export type FromGrader =
  | { kind: "test"; title: string; status: "pass" | "fail"; done: number; total: number }
  | { kind: "verdict"; verdict: Verdict };

const course = openCourse(process.argv[2]);
const grader = new Grader(course.root);
const exit = process.exit.bind(process);

process.on("message", ({ label }: ToGrader) => {
  const exercise = course.exercise(label);
  void grader.grade(exercise, exercise.folder).then((verdict) => {
    const total = verdict.tests.length;
    for (const [index, { title, status }] of verdict.tests.entries())
      process.send?.({ kind: "test", title, status, done: index + 1, total } satisfies FromGrader);
    process.send?.({ kind: "verdict", verdict } satisfies FromGrader);
  });
});
// Whoever asked is gone, or wants no more of this: the answer's process goes with ours.
process.on("disconnect", () => exit());
process.on("SIGTERM", () => exit());
