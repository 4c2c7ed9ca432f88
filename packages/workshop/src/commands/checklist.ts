import type { Command } from "../command.ts";
import { readChecklist, type ChecklistLine, type Proof } from "../course/checklist.ts";
import { width, wrap } from "../text/layout.ts";
import { paintFor, type Paint } from "../text/paint.ts";

export const checklist: Command = {
  usage: "checklist [--json]",
  summary: "The closing checklist: what your own answers have proven, line by line",
  options: { json: { type: "boolean", default: false, description: "the lines as data" } },
  async run({ course, values }, out) {
    const lines = readChecklist(course);
    const proven = lines.filter(isProven).length;
    if (values["json"] === true) out.write(`${JSON.stringify(lines, null, 2)}\n`);
    else out.write(checklistText(lines, proven, paintFor(out)));
    return 0;
  },
};

const marks = { pass: "✓", fail: "✗", open: "·", changed: "?" } as const;
const colours = { pass: "green", fail: "red", open: "dim", changed: "yellow" } as const;

function checklistText(lines: ChecklistLine[], proven: number, paint: Paint): string {
  const text: string[] = [paint("bold", `${proven} of ${lines.length} lines proven by your own answers`)];
  let heading = "";
  for (const line of lines) {
    if (line.heading !== heading) text.push("", paint("bold", (heading = line.heading)));
    const state = stateOf(line);
    text.push(
      ...wrap(line.text, width - 4).map(
        (part, row) => (row === 0 ? `${paint(colours[state], marks[state])} ` : "  ") + part,
      ),
    );
    text.push(
      ...missing(line)
        .flatMap(proofText)
        .map((part) => paint("dim", part)),
    );
  }
  return `${[...text, "", ...legend].join("\n")}\n`;
}

const legend = [
  "✓ your answer passed each test named for it   ✗ it fails one",
  "? it passed, and you have changed it since    · no answer of yours was graded",
];

/** The worst of its proofs: a line is proven by all of them. */
function stateOf({ proofs }: ChecklistLine): Proof["state"] {
  return (
    (["fail", "open", "changed"] as const).find((state) => proofs.some((proof) => proof.state === state)) ??
    "pass"
  );
}

function isProven(line: ChecklistLine): boolean {
  return stateOf(line) === "pass";
}

/** What the learner can do about it. */
function missing({ proofs }: ChecklistLine): Proof[] {
  return proofs.filter(({ state }) => state !== "pass");
}

function proofText({ label, title, state }: Proof): string[] {
  const what = { pass: "", fail: "fails", open: "no graded answer yet", changed: "changed since" }[state];
  return wrap(`${label.slice(0, 2)}  ${what}: "${title}"`, width - 8).map(
    (part, row) => (row === 0 ? "    " : "        ") + part,
  );
}
