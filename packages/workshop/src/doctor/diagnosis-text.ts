import { labelled } from "../text/layout.ts";
import { plain, type Paint } from "../text/paint.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { Finding } from "./finding.ts";
import { platformText } from "./platform.ts";

const gutter = 20;
const indent = 4;

/** What works, what does not, what that costs and how to get it. */
export function diagnosisText({ platform, findings, works }: Diagnosis, paint: Paint = plain): string {
  const lines = [
    paint("bold", platformText(platform)),
    "",
    ...findings.flatMap((one) => findingLines(one, paint)),
    "",
  ];
  const lacking = findings.filter(({ state }) => state === "limits").length;
  lines.push(
    works
      ? `Every exercise can be graded here.${lacking === 0 ? "" : ` Of what is marked ! the course does without.`}`
      : "Exercises cannot be graded here: see what is marked ✗.",
  );
  return `${lines.join("\n")}\n`;
}

const marks = { works: "✓", limits: "!", stops: "✗" } as const;
const colours = { works: "green", limits: "yellow", stops: "red" } as const;

function findingLines({ name, state, found, costs, get }: Finding, paint: Paint): string[] {
  const [first = "", ...more] = labelled(name, found, 2, gutter);
  // The mark stands where the indent is: a colour must not count as width.
  return [
    `${paint(colours[state], marks[state])}${first.slice(1)}`,
    ...more,
    ...(costs === undefined ? [] : labelled("costs", costs, indent, gutter - 2)),
    ...(get === undefined ? [] : labelled("to get it", get, indent, gutter - 2)),
  ];
}
