/**
 * A call or a wait that stands for a rule. Where it ends because a promise never settled, or because the answer's process has
 * died, the failure begins with the rule: the rest says only what happened.
 */
export async function by<T>(rule: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    // One error may come out of several calls, and is told once.
    if (
      error instanceof Error &&
      error.name === "AnswerFailure" &&
      about.test(error.message) &&
      !told.has(error)
    ) {
      told.add(error);
      error.message = `${rule}. But ${error.message.replace(/^The /, "the ")}`;
    }
    throw error;
  }
}

/** A call, or the process; that the file cannot be loaded breaks no rule of a test's. */
const about = /^(?:`|The process)/;

const told = new WeakSet<Error>();
