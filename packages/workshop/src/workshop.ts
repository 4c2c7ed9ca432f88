import { parseArgs } from "node:util";
import leven from "leven";
import type { Call, Command, ExitCode, Out } from "./command.ts";
import { commands } from "./commands.ts";
import { openCourse, type Course } from "./course/course.ts";
import { UserError } from "./course/user-error.ts";
import { help, helpOption, usage } from "./help.ts";

/** Runs the command that `argv` names and returns the process's exit code. Whatever goes wrong is one sentence, not a stack. */
export async function run(argv: string[], out: Out, course?: Course): Promise<ExitCode> {
  const [name = "watch", ...rest] = argv;
  if (["help", "--help", "-h"].includes(name)) return help(out);
  const command = Object.hasOwn(commands, name) ? await commands[name]?.() : undefined;
  if (command === undefined) {
    out.write(`There is no command "${name}". The nearest: ${nearest(name)}. All: pnpm workshop help\n`);
    return 2;
  }
  try {
    const { positionals, values } = parse(command, rest);
    if (values["help"] === true) return usage(command, out);
    return await command.run({ positionals, values, course: course ?? openCourse() }, out);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    out.write(`${error.message}\n`);
    return 2;
  }
}

function parse(command: Command, argv: string[]): Pick<Call, "positionals" | "values"> {
  try {
    // `pnpm test -- 04`: some write the two dashes out of habit.
    const args = argv[0] === "--" ? argv.slice(1) : argv;
    const options = { ...command.options, help: helpOption };
    const { positionals, values } = parseArgs({ args, allowPositionals: true, options });
    return { positionals, values: values as Call["values"] };
  } catch (error) {
    throw new UserError(`${(error as Error).message.split(". ")[0]}\nUsage: pnpm workshop ${command.usage}`);
  }
}

function nearest(typed: string): string {
  const sorted = Object.keys(commands).toSorted((a, b) => leven(typed, a) - leven(typed, b));
  return sorted.slice(0, 3).join(", ");
}
