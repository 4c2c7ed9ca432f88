import type { ExerciseResult, GradedExercise } from "./grade-report.ts";
import { explain, reasonOf, wholeMilliseconds } from "./outcome.ts";
import { oneLine, plainText } from "./plain-text.ts";
import { within } from "./within.ts";

/**
 * The reporter takes it from an environment variable. Linux refuses one of 128 KiB, and all of them together from about 2 MiB
 * on (execve(2)): this is 100 KB in base64, for the course's sixteen exercises 1.6 MB.
 */
const mostBytes = 75_000;

/**
 * GitHub Classroom's result of one runner, which here is one exercise: base64 of JSON, as
 * classroom-resources/autograding-command-grader v1 (src/main.js) sets its output `result`, and
 * classroom-resources/autograding-grading-reporter v1 reads it from `<RUNNER>_RESULTS`.
 *
 * The reporter's table gives each passed test the same share of `max_score`; the points that reach Classroom are the sum of
 * `score`, and those have our weights.
 */
export function toClassroom(exercise: GradedExercise, result: ExerciseResult): string {
  return btoa(within(mostBytes, (fieldLimit) => [resultOf(exercise, result, fieldLimit)]));
}

/** Of the web, so not in the compiler's `lib`. Takes characters up to U+00FF, which ASCII is. */
declare const btoa: (bytes: string) => string;

function resultOf(exercise: GradedExercise, result: ExerciseResult, fieldLimit: number): string {
  const common = { filename: "", line_no: 0 };
  const ran = (result.status === "pass" || result.status === "fail") && result.tests.length > 0;
  // The reporter divides by the number of tests: there is always one.
  const tests = ran
    ? result.tests.map((test) => ({
        name: oneLine(test.title, 300),
        status: test.status,
        score: test.points,
        message: test.status === "pass" ? "" : plainText(explain(test), fieldLimit),
        // Shown below the test's name: the only place for words.
        test_code: test.status === "pass" ? "" : plainText(explain(test), fieldLimit),
        ...common,
        duration: wholeMilliseconds(test.duration),
      }))
    : [
        {
          name: oneLine(exercise.label, 100),
          status: "error",
          score: 0,
          message: plainText(reasonOf(result), fieldLimit),
          test_code: "",
          ...common,
          duration: wholeMilliseconds(result.duration),
        },
      ];
  const status = ran ? result.status : "error";
  return ascii({ version: 1, status, max_score: exercise.points, tests });
}

function ascii(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
