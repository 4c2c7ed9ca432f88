import { flushCompileCache } from "node:module";
import { Grader, type TestEnd, type Verdict } from "@tcpip-workshop/grader";
import { openCourse } from "../course/course.ts";

/** What a grader's process is told; it does one thing after another. */
export type ToGrader =
  /** Get everything ready for this exercise. */
  | { kind: "prepare"; label: string }
  /** Grade the answer as it is now. */
  | { kind: "grade"; label: string; run: number }
  /** Say what sockets the answer has, or no longer. */
  | { kind: "sockets"; wanted: boolean };

/** What it says. */
export type FromGrader =
  | ({ kind: "test"; run: number } & TestEnd)
  | { kind: "sockets"; run: number; lines: string[] }
  | { kind: "verdict"; run: number; verdict: Verdict }
  | { kind: "broken"; run: number; message: string };

/** Milliseconds between two looks at the answer's sockets: a look costs some 5 ms of CPU on a busy machine. */
const interval = 150;

// As it is now: while a suite runs, the test runner has a trap in its place.
const exit = process.exit.bind(process);
// Whoever asked is gone, or wants no more of this. The answers' processes go with ours.
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => exit(0));
process.on("disconnect", () => exit(0));

const course = openCourse(process.argv[2]);
const grader = new Grader(course.root);
let wantsSockets = false;
let last: Promise<unknown> = Promise.resolve();

process.on("message", (message: ToGrader) => {
  if (message.kind === "sockets") wantsSockets = message.wanted;
  else last = last.then(() => (message.kind === "prepare" ? prepare(message.label) : grade(message)));
});

async function prepare(label: string): Promise<void> {
  try {
    const exercise = course.exercise(label);
    await grader.prepare(exercise, exercise.folder);
    flushCompileCache();
  } catch {
    // The grading will say what is wrong with it.
  }
}

async function grade({ label, run }: { label: string; run: number }): Promise<void> {
  const look = setInterval(
    () => wantsSockets && say({ kind: "sockets", run, lines: grader.sockets() }),
    interval,
  );
  try {
    const exercise = course.exercise(label);
    const onTest = (test: TestEnd): void => say({ kind: "test", run, ...test });
    say({ kind: "verdict", run, verdict: await grader.grade(exercise, exercise.folder, { onTest }) });
  } catch (error) {
    say({ kind: "broken", run, message: error instanceof Error ? error.message : String(error) });
  } finally {
    clearInterval(look);
  }
}

function say(message: FromGrader): void {
  if (process.connected) process.send?.(message);
}
