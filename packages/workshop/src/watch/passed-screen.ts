import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Verdict } from "@tcpip-workshop/grader";
import { labelled, wrap } from "../text/layout.ts";
import type { Paint } from "../text/paint.ts";
import type { VerdictContext } from "../text/verdict-text.ts";
import { columnsOf } from "./fit.ts";

const [indent, gutter] = [2, 12];

/** Why it passed: what to compare with, what does it in production, and test by test what that spares whoever runs it. */
export function passedText(
  root: string,
  { tests }: Verdict,
  { name, solutions }: VerdictContext,
  paint: Paint,
  columns: number,
): string[] {
  const part = (label: string, text: string): string[] => labelled(label, text, indent, gutter, columns);
  return [
    paint("green", `✓ ${name}: all ${tests.length} tests pass`),
    "",
    ...part("Compare", `${solutions.join(" and ")} (d: beside yours)`),
    ...part("Production", inProduction(root, solutions)),
    "",
    `  ${paint("bold", "Why it passed: what your answer does, and what goes wrong where one does not")}`,
    ...tests.flatMap(({ title, why }) => [
      ...hanging(`  ${paint("green", "✓")} `, title, columns),
      ...hanging("      ", why, columns),
    ]),
  ];
}

function hanging(lead: string, text: string, columns: number): string[] {
  const indent = columnsOf(lead);
  return wrap(text, columns - indent).map((line, row) => (row === 0 ? lead : " ".repeat(indent)) + line);
}

/** The first comment of the solution says which package does this in production. */
function inProduction(root: string, [solution = ""]: string[]): string {
  const comment: string[] = [];
  try {
    for (const line of readFileSync(join(root, solution), "utf8").split("\n")) {
      if (!line.startsWith("// ")) break;
      comment.push(line.slice(3).trim());
    }
  } catch {
    // A course may have no solution yet; nothing is said then.
  }
  return comment
    .join(" ")
    .replace(/^(?:Grown up|The grown-up version is|Lesson-sized\. In production):? */, "");
}
