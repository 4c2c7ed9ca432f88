import { eventually, expect, type WaitOptions } from "@tcpip-workshop/grader/suite";

/** What a call under way threw that no rule provides for, and in which test. */
let crash: { test: string | undefined; error: unknown } | undefined;

const told = new WeakSet<Error>();

/** @param test the name of the test that made the call: it may be over by now */
export function noteCrash(test: string | undefined, error: unknown): void {
  crash = { test, error };
}

/** `eventually`, over at once when a call under way has thrown what no rule provides for. */
export async function until(
  condition: () => unknown,
  rule: string,
  options: WaitOptions = {},
): Promise<void> {
  const { currentTestName } = expect.getState();
  const look = () => {
    if (crash?.test === currentTestName && crash !== undefined) throw crash.error;
    return condition();
  };
  try {
    await eventually(look, rule, { within: 600, ...options });
  } catch (error) {
    // That the process has died says what happened; the rule says what should have.
    if (
      error instanceof Error &&
      error.name === "AnswerFailure" &&
      /^(`|The process)/.test(error.message) &&
      !told.has(error)
    ) {
      told.add(error);
      error.message = `${rule}. But ${error.message.replace(/^The /, "the ")}`;
    }
    throw error;
  }
}
