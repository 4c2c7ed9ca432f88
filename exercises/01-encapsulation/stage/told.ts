import { step } from "@tcpip-workshop/grader/suite";

/**
 * Judges one call, and tells it as one step: on one line where it went well, and else with a picture of what was given.
 *
 * @param judge makes the call and throws what is wrong with it; returns what came of it, in a word
 * @param picture is asked for when the call has been judged
 */
export async function told(call: string, judge: () => Promise<string>, picture = () => ""): Promise<void> {
  try {
    step(`${call} → ${await judge()}`);
  } catch (error) {
    step([call, picture()].filter(Boolean).join("\n"));
    throw error;
  }
}
