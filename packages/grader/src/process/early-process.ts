import { AnswerProcess, type AnswerProcessOptions } from "./answer-process.ts";

/** The answer's process that was started while Vitest was still loading; at most one waits. */
let waiting: { path: string; options: string; process: AnswerProcess } | undefined;

/** Starts the answer at `path` now, for the suite that will ask for it in a moment. */
export function startEarly(path: string, options: AnswerProcessOptions): void {
  waiting = { path, options: JSON.stringify(options), process: new AnswerProcess(path, options) };
}

/** The early process, if it is for this answer and none has taken it; else a new one. */
export function earlyOrNew(path: string, options: AnswerProcessOptions): AnswerProcess {
  if (waiting?.path !== path || waiting.options !== JSON.stringify(options))
    return new AnswerProcess(path, options);
  const { process } = waiting;
  waiting = undefined;
  return process;
}

export async function discardEarlyProcess(): Promise<void> {
  const unused = waiting?.process;
  waiting = undefined;
  await unused?.[Symbol.asyncDispose]();
}
