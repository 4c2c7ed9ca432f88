import { StepRecorder, type Step } from "./step.ts";

let recorder = new StepRecorder();
let isQuiet = false;

/** A new test begins, or the last one is over: what its steps hold, payloads among it, is let go. */
export function beginStory(): void {
  recorder = new StepRecorder();
}

/** What is done in the test of the moment: one story, to whichever answer's process it is done. */
export function story(): StepRecorder {
  return recorder;
}

export function addStep<T extends Step | string>(step: T): T {
  if (!isQuiet) recorder.add(step);
  return step;
}

/** One step of the test's story that is no call: what the peer does, what the network does. No ports, no times. */
export function step(text: string): void {
  addStep(text);
}

/**
 * Starts calls that are no part of the story: a look at the answer, made as often as it takes.
 *
 * ```ts
 * await eventually(async () => (await quietly(() => pool.size())) === 0, "The pool must empty itself");
 * ```
 *
 * @param start the calls that it makes before its first `await` are left out
 */
export function quietly<T>(start: () => T): T {
  const was = isQuiet;
  isQuiet = true;
  try {
    return start();
  } finally {
    isQuiet = was;
  }
}
