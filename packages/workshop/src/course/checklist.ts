import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Course } from "./course.ts";
import { digestOf, readProgress } from "./progress.ts";

/** One line of the closing checklist, and what the learner's own answers say of it. */
export interface ChecklistLine {
  heading: string;
  text: string;
  proofs: Proof[];
}

/** A test that shows it. */
export interface Proof {
  label: string;
  title: string;
  /** `open`: never graded. `changed`: it passed, and the answer is another one since. */
  state: "pass" | "fail" | "open" | "changed";
}

/** `docs/checklist.md`, where a line is a bullet and its proofs are the bullets under it. */
const checklistFile = "docs/checklist.md";

export function readChecklist(course: Course): ChecklistLine[] {
  const stateOf = states(course);
  const lines: ChecklistLine[] = [];
  let heading = "";
  for (const line of readFileSync(join(course.root, checklistFile), "utf8").split("\n")) {
    const { title, text, label, test, more } = lineForm.exec(line)?.groups ?? {};
    const last = lines.at(-1);
    if (title !== undefined) heading = title;
    else if (text !== undefined) lines.push({ heading, text, proofs: [] });
    else if (label !== undefined && test !== undefined)
      last?.proofs.push({ label, title: test, state: stateOf(label, test) });
    else if (more !== undefined && last !== undefined) last.text += ` ${more}`;
  }
  return lines;
}

const lineForm =
  /^## (?<title>.+)$|^- (?<text>.+)$|^ {2}- \[(?<label>\d\d-[^\]]+)\]\([^)]*\): (?<test>.+)$|^ {2}(?<more>[^ -].*)$/;

function states(course: Course): (label: string, title: string) => Proof["state"] {
  const { exercises } = readProgress(course.root);
  const digests = new Map<string, string>();
  const digest = (label: string): string => {
    const known = digests.get(label) ?? digestOf(course.exercise(label));
    digests.set(label, known);
    return known;
  };
  return (label, title) => {
    const graded = exercises.get(label)?.graded;
    if (graded === undefined) return "open";
    if (graded.failing.includes(title)) return "fail";
    return graded.answer === digest(label) ? "pass" : "changed";
  };
}
