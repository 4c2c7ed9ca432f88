import { eventually, type AnswerStatistics } from "@tcpip-workshop/grader/suite";

/** What becomes of a call, as text. */
export async function fate(call: Promise<unknown>): Promise<string> {
  return await call.then(
    (value) => (typeof value === "string" ? value : "a service that has started"),
    (error: NodeJS.ErrnoException) => {
      // It never settled, or its process has died.
      if (error.name === "AnswerFailure") throw error;
      return `rejects: ${error.code ?? error.name}`;
    },
  );
}

/** What a call must not leave behind, in the table of the answer's process. */
export async function leavesNothing(process: AnswerStatistics, port: number): Promise<void> {
  const states = () => process.sockets({ port }).map(({ state }) => state);
  const received = () => states().join(", ") || "no socket";
  const rule = "When the result is there, its socket must be gone: the kernel would go on with it";
  await eventually(() => received() === "no socket", rule, { within: 300, expected: "no socket", received });
}
