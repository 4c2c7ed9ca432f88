import type { Command } from "../command.ts";
import { scaffold } from "../course/scaffold.ts";
import { UserError } from "../course/user-error.ts";

/** `new` is a word of the language's. */
export const newExercise: Command = {
  usage: "new <NN-label>",
  summary: "Scaffold an exercise: lesson, hints, stub, suite, solution, mistakes",
  options: {},
  async run({ positionals: [label], course }, out) {
    if (label === undefined) throw new UserError("Expected a label such as 17-dns-cache, got none");
    const files = scaffold(course, label);
    const number = label.slice(0, 2);
    for (const file of files) out.write(`  ${file}\n`);
    out.write(`
They hold another exercise, how to read a port, until yours is written.
Next:
  1. pnpm workshop check ${number} --record   records the failure texts
     pnpm workshop check ${number}            is green, and stays so as you go on
  2. The lesson first, then stub, solution, mistakes, suite, hints: the order,
     and why, is in CONTRIBUTING.md, "Add an exercise". Five mistakes at least.
  3. A line in docs/checklist.md, a row in README.md and in docs/syllabus.md.
  4. A package that the suite imports is named in exercises/package.json.
`);
    return 0;
  },
};
