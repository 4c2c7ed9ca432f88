import { by } from "./rule.ts";

/** What came of a call: of an error only its code, where it has one. */
export async function outcome(
  rule: string,
  call: Promise<unknown>,
): Promise<{ returned: unknown } | { threw: unknown }> {
  try {
    return { returned: await by(rule, call) };
  } catch (error) {
    // It never settled, or its process has died.
    if (!(error instanceof Error) || error.name === "AnswerFailure") throw error;
    return { threw: "code" in error ? error.code : error };
  }
}
