import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Course } from "./course.ts";

/** A wrong answer's own words, from the comment its first file starts with. */
export interface Mistake {
  /** What it believes. */
  belief: string;
  /** The title of the first test it must fail. */
  caughtBy: string;
  /** What the learner should hear. */
  tell: string;
}

/** @returns empty strings for the lines that are not there; the layout gate complains of those */
export function readMistake(course: Course, label: string, name: string): Mistake {
  const [file = ""] = course.exercise(label).files;
  const lines = readFileSync(join(course.root, "mistakes", label, name, file), "utf8").split("\n");
  return {
    belief: readField(lines, "Mistake"),
    caughtBy: readField(lines, "Caught by"),
    tell: readField(lines, "Tell"),
  };
}

/** `// Tell: …`, and the lines after it that go on with `//   …`. */
function readField(lines: string[], field: string): string {
  const start = lines.findIndex((line) => line.startsWith(`// ${field}: `));
  if (start < 0) return "";
  const words = [lines[start]?.slice(`// ${field}: `.length).trim()];
  for (const line of lines.slice(start + 1)) {
    if (!line.startsWith("//   ")) break;
    words.push(line.slice(5).trim());
  }
  return words.join(" ");
}
