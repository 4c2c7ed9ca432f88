import type { ExerciseResult, GradedExercise } from "./grade-report.ts";
import { jsonText } from "./json-text.ts";
import { outcomes, reasonOf, type Outcome } from "./outcome.ts";
import { oneLine, plainText } from "./plain-text.ts";

/** The specification's. */
const mostOutput = 500;

/**
 * Exercism's test runner interface, version 3 (exercism.org/docs/building/tooling/test-runners/interface): the `results.json`
 * of one exercise. `task_id` is left out: it is for tests that belong to one numbered heading of the instructions, and the
 * lessons have none.
 *
 * @param testCode the tests' bodies by title; the website shows them beside the failure. Without it `test_code` is left out.
 */
export function toExercism(
  exercise: GradedExercise,
  result: ExerciseResult,
  testCode: { [title: string]: string } = {},
): string {
  // `error` is for "no test was executed", and the one status that needs a message.
  if (result.status === "error" || result.status === "absent") {
    return jsonText({ version: 3, status: "error", message: plainText(reasonOf(result), 16_000) });
  }
  const tests = outcomes(exercise, result);
  const status = tests.every((test) => test.status === "pass") ? "pass" : "fail";
  return jsonText({
    version: 3,
    status,
    message: null,
    tests: tests.map((test) => testOf(test, testCode[test.title])),
  });
}

function testOf({ title, status, message, output }: Outcome, code: string | undefined) {
  return {
    name: oneLine(title, 300),
    status: status === "absent" ? "error" : status,
    ...(message === "" ? {} : { message: plainText(message, 16_000) }),
    ...(output === "" ? {} : { output: plainText(output, mostOutput) }),
    ...(code === undefined ? {} : { test_code: plainText(code, 16_000) }),
  };
}
