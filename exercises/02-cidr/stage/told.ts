import { quietly, step } from "@tcpip-workshop/grader/suite";

/**
 * Makes one call and tells it as one step, with addresses and blocks as people write them: `contains(10.0.0.0/8,
 * 10.1.2.3) → true`.
 *
 * @param shown what came of it, in a word
 */
export async function told<T>(
  call: string,
  start: () => Promise<T>,
  shown: (value: T) => string = String,
): Promise<T> {
  let outcome = "no answer";
  try {
    const value = await quietly(start);
    outcome = shown(value);
    return value;
  } catch (error) {
    if (error instanceof Error && error.name !== "AnswerFailure") outcome = `threw ${error.name}`;
    throw error;
  } finally {
    step(`${call} → ${outcome}`);
  }
}
