import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import type { Call, Command, ExitCode, Out } from "./command.ts";
import { openCourse } from "./course/course.ts";
import { UserError } from "./course/user-error.ts";

/** Each is loaded when it is asked for: a verdict does not wait for code that proves the course. */
const commands: { [name: string]: () => Promise<Command> } = {
  test: async () => (await import("./commands/test.ts")).test,
  list: async () => (await import("./commands/list.ts")).list,
  checklist: async () => (await import("./commands/checklist.ts")).checklist,
  check: async () => (await import("./commands/check.ts")).check,
};

/** Runs the command that `argv` names and returns the process's exit code. Whatever goes wrong is one sentence, not a stack. */
export async function run(argv: string[], out: Out): Promise<ExitCode> {
  const [name = "help", ...rest] = argv;
  if (["help", "--help", "-h"].includes(name)) return help(out);
  const command = Object.hasOwn(commands, name) ? await commands[name]?.() : undefined;
  if (command === undefined) {
    out.write(`Expected a command (${Object.keys(commands).join(", ")}), got "${name}"\n`);
    return 2;
  }
  try {
    const { positionals, values } = parse(command, rest);
    if (values["help"] === true) return usage(command, out);
    return await command.run({ positionals, values, course: openCourse() }, out);
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
    const options: ParseArgsOptionsConfig = { ...command.options, help: { type: "boolean", short: "h" } };
    const { positionals, values } = parseArgs({ args, allowPositionals: true, options });
    return { positionals, values: values as Call["values"] };
  } catch (error) {
    throw new UserError(`${(error as Error).message.split(". ")[0]}\nUsage: pnpm workshop ${command.usage}`);
  }
}

async function help(out: Out): Promise<ExitCode> {
  out.write("pnpm workshop <command>\n\n");
  for (const load of Object.values(commands)) {
    const { usage: line, summary } = await load();
    out.write(`  ${line}\n      ${summary}\n`);
  }
  return 0;
}

function usage(command: Command, out: Out): ExitCode {
  out.write(`pnpm workshop ${command.usage}\n\n  ${command.summary}\n`);
  for (const [name, { default: value }] of Object.entries(command.options)) {
    out.write(`    --${name}${value === undefined ? "" : ` (default ${String(value)})`}\n`);
  }
  return 0;
}
