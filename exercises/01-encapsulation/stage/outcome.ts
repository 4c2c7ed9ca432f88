import type { Peeled } from "../encapsulation.ts";

/** What `peel` made of a frame, as one text. */
export async function outcome(call: Promise<Peeled>): Promise<string> {
  return await call.then(
    ({ payload }) => `returned, with a payload of ${payload.length} bytes`,
    (error: Error & { layer?: unknown; code?: unknown }) => {
      // It never settled, or its process has died.
      if (error.name === "AnswerFailure") throw error;
      return error.name === "FrameError"
        ? `refused: ${String(error.layer)}, ${String(error.code)}`
        : `threw ${error.name}: ${error.message}`;
    },
  );
}
