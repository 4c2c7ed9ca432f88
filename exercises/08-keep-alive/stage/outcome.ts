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

/** What became of a request, and over which connections it was sent, in words. */
export function inWords(
  outcome: { returned: unknown } | { threw: unknown },
  sent: readonly string[],
): [string, string] {
  const over = sent.slice(0, 2).map((kind) => `on a ${kind} connection`);
  const times = sent.length === 1 ? "once" : sent.length === 2 ? "twice" : `${sent.length} times`;
  return [
    "threw" in outcome ? `rejects with ${String(outcome.threw)}` : `resolves with ${reply(outcome.returned)}`,
    `sent ${times}: ${[...over, ...(sent.length > 2 ? ["…"] : [])].join(", ")}`,
  ];
}

/** Status and body; what is no reply, as it is. */
function reply(returned: unknown): string {
  const whole = JSON.stringify(returned);
  const { status, body, ...more } = (returned ?? {}) as Record<string, unknown>;
  const isReply = JSON.stringify(more) === "{}" && typeof status === "number" && typeof body === "string";
  return isReply ? `${status} \`${body}\`` : whole;
}

export function connections(count: number): string {
  return `${count} connection${count === 1 ? "" : "s"}`;
}

export function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : error;
}
