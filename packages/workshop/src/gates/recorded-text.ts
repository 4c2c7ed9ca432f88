import { readFileSync, writeFileSync } from "node:fs";

export function recordText(path: string, text: string): void {
  writeFileSync(path, text);
}

/** The first line that differs from the recorded text, as a sentence; nothing when there is none. */
export function compareText(path: string, text: string, name: string): string[] {
  let recorded: string;
  try {
    recorded = readFileSync(path, "utf8");
  } catch {
    return [`${name} has no recorded failure.txt: look at the text, then record it with --record`];
  }
  if (recorded === text) return [];
  const [was, is] = [recorded.split("\n"), text.split("\n")];
  const at = is.findIndex((line, index) => line !== was[index]);
  return [
    `${name} reads differently from its failure.txt, line ${at + 1}:\n  recorded: ${was[at] ?? "(nothing)"}\n  now:      ${is[at] ?? "(nothing)"}`,
  ];
}
