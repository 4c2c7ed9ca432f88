import type { Exercise } from "@tcpip-workshop/grader";
import type { Answer, Submission } from "../submission/submission.ts";

/** Why an answer of several files cannot be run, in a sentence for the learner, or nothing where all are there. */
export function whatIsMissing(
  { label, files }: Exercise,
  answer: Answer,
  refused: Submission["refused"],
): string | undefined {
  const missing = files.filter((file) => !answer.files.has(file));
  if (missing.length === 0) return undefined;
  const each = missing.map((file) => {
    const why = refused.find(({ path }) => isPathOf(label, file, path))?.reason;
    return why === undefined ? `${file} was not handed in` : `${file} was left out (${why})`;
  });
  return `${each.join(", ")}: the answer to ${label} is ${files.join(" and ")} together, so nothing was run`;
}

/** Why there is no answer at all to an exercise, in a sentence for the learner: the file may have been refused. */
export function whyAbsent({ label, files }: Exercise, refused: Submission["refused"]): string {
  const left = refused.find(({ path }) => files.some((file) => isPathOf(label, file, path)));
  if (left !== undefined) return `${left.path} was left out. ${left.reason}`;
  return `Expected ${files.join(" and ")}, but it was not handed in`;
}

/** Also in a wrong case, for which it may have been refused; and alone, as a single exercise may be handed in. */
function isPathOf(label: string, file: string, path: string): boolean {
  const [name, folder] = path.toLowerCase().split("/").toReversed();
  return name === file.toLowerCase() && (folder === label || !/^\d\d-/.test(folder ?? ""));
}
