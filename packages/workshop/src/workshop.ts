import { parseArgs } from "node:util";
import type { Call, Command, ExitCode, Out } from "./command.ts";
import { commands } from "./commands.ts";
import { openCourse, type Course } from "./course/course.ts";
import { findTarget } from "./course/target.ts";
import { UserError } from "./course/user-error.ts";
import { nearestOf } from "./text/nearest.ts";
import { help, helpOption, usage } from "./help.ts";

/** Runs the command that `argv` names and returns the process's exit code. Whatever goes wrong is one sentence, not a stack. */
export async function run(argv: string[], out: Out, course?: Course): Promise<ExitCode> {
  const [typed = "watch", ...more] = argv;
  const isHelp = ["help", "--help", "-h"].includes(typed);
  const [about] = more;
  if (isHelp && about === undefined) return help(out);
  const name = isHelp ? String(about) : typed;
  try {
    // `pnpm workshop 04` is where somebody wants to be.
    if (!isHelp && !isCommand(name) && isLabel((course ??= openCourse()), name))
      return await run(["watch", ...argv], out, course);
    const command = isCommand(name) ? await commands[name]?.() : undefined;
    if (command === undefined) {
      out.write(
        `There is no command "${name}". ${nearest(name, Object.keys(commands))}All: pnpm workshop help\n`,
      );
      return 2;
    }
    if (isHelp) return usage(command, out);
    const { positionals, values } = parse(command, more);
    if (values["help"] === true) return usage(command, out);
    refuseTooMany(command, name, positionals);
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
    const [said = ""] = (error as Error).message.split(". ");
    throw new UserError(
      `${said}${nearestOption(error as Error, command.options)}\nUsage: pnpm workshop ${command.usage}`,
    );
  }
}

function isCommand(name: string): boolean {
  return Object.hasOwn(commands, name);
}

function isLabel(course: Course, typed: string): boolean {
  try {
    findTarget(course, typed);
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** What the usage has no place for was meant to do something, and would not. */
function refuseTooMany({ usage }: Command, name: string, positionals: string[]): void {
  const places = usage.replaceAll(/\[-[^\]]*\]/g, "").match(/\[[^\]]+\]|<[^>]+>/g) ?? [];
  const tooMany = positionals.slice(places.length);
  if (tooMany.length === 0 || places.some((place) => place.includes("…"))) return;
  const most = ["no word", "one word"][places.length] ?? `${places.length} words`;
  const got = positionals.map((word) => `"${word}"`).join(" ");
  throw new UserError(`Expected ${most} behind ${name}, got ${got}\nUsage: pnpm workshop ${usage}`);
}

/** `The nearest: list. `, or nothing. */
function nearest(typed: string, names: string[]): string {
  const near = nearestOf(typed, names);
  return near.length === 0 ? "" : `The nearest: ${near.join(", ")}. `;
}

/** `The nearest: --require-seal`, of an option that there is not. */
function nearestOption(error: Error, options: Command["options"]): string {
  const [, typed] = /^Unknown option '--?([^']*)'/.exec(error.message) ?? [];
  const near = typed === undefined ? [] : nearestOf(typed, Object.keys(options ?? {}));
  return near.length === 0 ? "" : `. The nearest: ${near.map((name) => `--${name}`).join(", ")}`;
}
