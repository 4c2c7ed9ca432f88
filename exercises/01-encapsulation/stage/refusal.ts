/**
 * What a FrameError says to programs, as one text. Its message is left out: each learner words it otherwise, and a known
 * mistake is recognised by what came.
 *
 * @throws whatever is no FrameError, as it came
 */
export function refusal(error: Error & { layer?: unknown; code?: unknown }): string {
  if (error.name !== "FrameError") throw error;
  return `refused: ${String(error.layer)}, ${String(error.code)}`;
}
