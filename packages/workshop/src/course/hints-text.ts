import { wrap } from "../text/layout.ts";

/** A paragraph's lines are joined and broken anew, for another width; code and lists keep theirs. */
export function hintLines(markdown: string, columns: number): string[] {
  const lines: string[] = [];
  let isCode = false;
  let paragraph = "";
  const flush = (): void => {
    if (paragraph !== "") lines.push(...wrap(paragraph, columns));
    paragraph = "";
  };
  for (const line of markdown.trim().split("\n")) {
    const isFence = line.trimStart().startsWith("```");
    const isKept = isCode || isFence || /^(?: {4}|\t|\s*$)/.test(line);
    if (isFence) isCode = !isCode;
    if (isKept || /^\s*(?:[-*|]|\d+\.) ?/.test(line)) flush();
    if (isFence) continue;
    if (isKept) lines.push(isCode ? `    ${line}` : line.trimEnd());
    else paragraph = paragraph === "" ? line.trim() : `${paragraph} ${line.trim()}`;
  }
  flush();
  return lines;
}
