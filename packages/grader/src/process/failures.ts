import { AnswerFailure } from "../wire/answer-failure.ts";
import type { KernelView } from "./kernel.ts";
import type { Output } from "./output.ts";

/** What Node prints when it dies, less the stack frames that are not the learner's. */
function withoutOurFrames(text: string): string {
  const lines = text
    // Where Node shows the line that threw, and it is one of ours: the line, its text, the caret.
    .replace(/^(?:file:\/\/\S*\/grader\/|node:)\S*:\d+\n.*\n.*\^.*\n/gm, "")
    .split("\n")
    .filter((line) => !/^\s+at .*(node:|\/grader\/)|^Node\.js v|^\s*$/.test(line));
  // The learner knows the file by its name, wherever it lies.
  return lines
    .slice(-12)
    .join("\n")
    .replace(/file:\/\/\S*\/(?=[^/\s]+\.ts:\d)/g, "");
}

/** A process that waits for a promise uses next to none of its time. */
const mostIdle = 0.1;

/** @param how the exit code, or the name of the signal */
export function died(file: string, how: number | string, output: Output): AnswerFailure {
  const end = typeof how === "number" ? `exited with code ${how}` : `ended by ${how}`;
  const said = withoutOurFrames(output.tail(30));
  const last = said === "" ? "It printed nothing." : `The last it printed:\n${said}`;
  return new AnswerFailure(
    "DIED",
    `The process of ${file} ${end} while the test was still talking to it. ${last}`,
  );
}

/** @param folder the answer's: its learner knows the files in it by their names */
export function notLoaded(file: string, error: unknown, folder: string): AnswerFailure {
  if (error instanceof AnswerFailure) return error;
  const { name, message: said } = error instanceof Error ? error : { name: "value", message: String(error) };
  const message = said.replaceAll(`${folder}/`, "");
  const missing = asImported.exec(message);
  if (missing !== null) {
    const what = message.startsWith("Directory") ? "it is a directory" : "there is no such file";
    return new AnswerFailure("NOT_LOADED", `${file} could not be loaded: ${what}`);
  }
  const refused = packageRefused(error, message);
  if (refused !== undefined) {
    return new AnswerFailure(
      "NOT_LOADED",
      `${file} could not be loaded: it imports ${refused}, which this exercise does not give you. What that does is yours to write here`,
    );
  }
  const remedy = message.includes("strip-only mode") ? `. ${asItIs}` : "";
  return new AnswerFailure("NOT_LOADED", `${file} could not be loaded: ${name}: ${message}${remedy}`, {
    cause: error,
  });
}

/** Node, of what our own host imports: the answer itself. It would name the host, of which no learner has heard. */
const asImported = / imported from .*\/host\/serve\.[jt]s$/m;

/** A package of the course's that is there, but not for this answer: not at all behind the seal, not to be read without. */
function packageRefused(error: unknown, message: string): string | undefined {
  const absent =
    /^Cannot find (?:package|module) '(?:\S*\/)?(@tcpip-workshop\/[\w-]+)\S*' imported from/.exec(message);
  if (absent !== null) return absent[1];
  const { code, resource } = error as { code?: unknown; resource?: unknown };
  if (code !== "ERR_ACCESS_DENIED" || typeof resource !== "string") return undefined;
  const name = /(?:\/packages|\/@tcpip-workshop)\/([\w-]+)/.exec(resource.replaceAll("\\", "/"))?.[1];
  return name === undefined ? undefined : `@tcpip-workshop/${name}`;
}

const asItIs =
  "Node takes the types out and runs the rest of your file as it is. What would become code (enum, namespace, a field " +
  "declared among the constructor's parameters) has to be written out";

export function overdue(
  what: string,
  deadline: number,
  view: KernelView | undefined,
  busy: number,
): AnswerFailure {
  const seconds = deadline / 1000;
  if (view?.state === "T") {
    return new AnswerFailure(
      "NEVER_RETURNED",
      `${what} had not returned after ${seconds} s: the process had stopped itself`,
    );
  }
  // Not by its state at the moment: while it collects garbage, its main thread sleeps too.
  if (view === undefined || busy > mostIdle) {
    return new AnswerFailure(
      "NEVER_RETURNED",
      `${what} never returned: after ${seconds} s the process was still computing`,
    );
  }
  return new AnswerFailure(
    "NEVER_SETTLED",
    `${what} never settled: after ${seconds} s its promise was still pending, and the process was idle`,
  );
}

export function tooMuchMemory(what: string, bytes: number, limit: number): AnswerFailure {
  const mib = (value: number): string => `${Math.round(value / 1024 / 1024).toLocaleString("en")} MiB`;
  return new AnswerFailure(
    "TOO_MUCH_MEMORY",
    `${what} took ${mib(bytes)} of memory; the limit is ${mib(limit)}`,
  );
}

export function forgedBy(error: unknown): AnswerFailure {
  const reason = error instanceof Error ? error.message : String(error);
  return new AnswerFailure(
    "FORGED_FRAME",
    `Your code wrote to file descriptor 3, which belongs to the grader (${reason})`,
  );
}
