import type {
  ExerciseResult,
  GradedExercise,
  GradeReport,
  SubmissionResult,
  TestResult,
} from "./grade-report.ts";
import { adviceOf } from "./standing.ts";

/** What came of one expected test, also where nothing ran: the formats that count tests count the same for each learner. */
export interface Outcome {
  title: string;
  status: ExerciseResult["status"];
  /** Whole milliseconds. */
  duration: number;
  /** Why it did not pass, as the learner reads it; empty where it passed. */
  message: string;
  output: string;
}

/** A submission's results, each with what was due. */
export function graded(
  report: GradeReport,
  submission: SubmissionResult,
): { exercise: GradedExercise; result: ExerciseResult }[] {
  return submission.results.flatMap((result) => {
    const exercise = report.exercises.find(({ label }) => label === result.exercise);
    return exercise === undefined ? [] : [{ exercise, result }];
  });
}

/** One for each test of the exercise, in teaching order. Nothing passes unless the whole result can be trusted. */
export function outcomes({ tests }: GradedExercise, result: ExerciseResult): Outcome[] {
  const contradicts = result.status === "fail" && result.tests.every(({ status }) => status === "pass");
  return tests.map(({ title }) => {
    const test = result.tests.find((one) => one.title === title);
    const status = contradicts || test === undefined ? nothingSaid(result) : statusOf(result, test);
    const output = test?.output ?? "";
    const message = status === "pass" ? "" : status === "fail" && test ? explain(test) : reasonOf(result);
    return { title, status, duration: wholeMilliseconds(test?.duration ?? 0), message, output };
  });
}

/** Why nothing can be said of an answer, or that there is none. */
export function reasonOf({ status, reason }: ExerciseResult): string {
  if (reason !== undefined && reason.trim() !== "") return reason;
  return status === "absent" ? "Not handed in." : "The grader could not say anything of this answer.";
}

/** What the learner reads of a failed test; never empty. */
export function explain(test: TestResult): string {
  const { text = "" } = test;
  const { why, read, hint } = adviceOf(test);
  const parts = [
    text.trim() === "" ? "The test failed." : text,
    label("Why it matters", why),
    label("Read", read),
    label("Hint", hint),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** At most a day: more is no measurement, and would be written as a power of ten. */
export function wholeMilliseconds(duration: number): number {
  return duration > 0 ? Math.round(Math.min(duration, 86_400_000)) : 0;
}

function nothingSaid({ status }: ExerciseResult): "error" | "absent" {
  return status === "absent" ? "absent" : "error";
}

function statusOf(result: ExerciseResult, test: TestResult): Outcome["status"] {
  return result.status === "pass" || result.status === "fail" ? test.status : result.status;
}

function label(name: string, text: string): string {
  return text === "" ? "" : `${name}: ${text}`;
}
