/** What became of a call: what it returned, or the code of what it threw. */
export async function outcome(call: Promise<unknown>): Promise<{ returned: unknown } | { threw: unknown }> {
  try {
    return { returned: await call };
  } catch (error) {
    // That the answer's process ended is no outcome.
    if (error instanceof Error && error.name === "AnswerFailure") throw error;
    return { threw: codeOf(error) };
  }
}

export function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : error;
}
