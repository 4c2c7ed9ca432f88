import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Verdict, Wire } from "@tcpip-workshop/grader";
import { commentAtTop } from "../course/start-solution.ts";
import { hanging, labelled } from "../text/layout.ts";
import type { Paint } from "../text/paint.ts";
import type { VerdictContext } from "../text/verdict-text.ts";

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
    ...part("Compare", `${solutions.join(" and ")} (d: the differences)`),
    ...part("Production", inProduction(root, solutions)),
    "",
    `  ${paint("bold", "Why it passed: what your answer does, and what goes wrong where one does not")}`,
    ...tests.flatMap(({ title, why, wire }) => [
      ...hanging(`  ${paint("green", "✓")} `, title, columns),
      ...hanging("      ", why, columns),
      ...onTheWire(wire).flatMap((seen) => hanging("      ", paint("dim", seen), columns)),
    ]),
    ...(tests.some(({ wire }) => onTheWire(wire).length > 0)
      ? ["", ...hanging("  ", paint("dim", "o shows what was on the wire, as a sequence diagram"), columns)]
      : []),
  ];
}

/** `On the wire: 14 events, the last: FIN by client` */
function onTheWire(wires: Wire[] = []): string[] {
  const events = wires.flatMap(({ events: seen = [] }) => seen);
  const last = events.at(-1)?.what;
  if (last === undefined) return [];
  const count = events.length + wires.reduce((sum, { left }) => sum + (left?.count ?? 0), 0);
  return [`On the wire: ${count} ${count === 1 ? "event" : "events, the last"}: ${last}`];
}

/** The first comment of the solution says which package does this in production. */
function inProduction(root: string, [solution = ""]: string[]): string {
  let text: string;
  try {
    text = readFileSync(join(root, solution), "utf8");
  } catch {
    // A course may have no solution yet; nothing is said then.
    return "";
  }
  return commentAtTop(text).replace(
    /^(?:Grown up|The grown-up version is|Lesson-sized\. In production):? */,
    "",
  );
}
