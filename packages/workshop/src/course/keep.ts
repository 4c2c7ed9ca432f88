import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Verdict } from "@tcpip-workshop/grader";
import type { Course } from "./course.ts";
import { recordVerdict } from "./progress.ts";
import type { Target } from "./target.ts";

/**
 * Keeps what a verdict on the learner's own answer leaves behind: its line in progress.txt, and the suite's page if it
 * has one. The untouched stub, solutions and mistakes leave nothing.
 *
 * @returns what is to be told of it, or nothing
 */
export function keep(
  course: Course,
  { label, name }: Target,
  verdict: Verdict,
  { isStub }: { isStub: boolean },
): string {
  if (isStub || verdict.status === "error" || !name.startsWith("exercises/")) return "";
  try {
    recordVerdict(course.root, course.exercise(label), verdict);
    return verdict.page === undefined ? "" : `\n  Your page: ${keepPage(course.root, verdict)}\n`;
  } catch (error) {
    // A verdict is a verdict, also where nothing can be written.
    return `\n  This verdict could not be kept: ${error instanceof Error ? error.message : String(error)}\n`;
  }
}

function keepPage(root: string, { exercise, page }: Verdict): string {
  const file = `reports/${exercise}.md`;
  mkdirSync(join(root, "reports"), { recursive: true });
  writeFileSync(join(root, file), `# ${page?.title}\n\n${page?.text.trimEnd()}\n`);
  return file;
}
