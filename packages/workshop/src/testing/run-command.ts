import { parseArgs } from "node:util";
import type { Call, Command, ExitCode } from "../command.ts";
import type { Course } from "../course/course.ts";

/** Runs a command on a course as the command line does, and returns what it wrote. What it throws is the caller's. */
export async function runCommand(
  command: Command,
  course: Course,
  ...args: string[]
): Promise<{ code: ExitCode; text: string }> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: command.options });
  let text = "";
  const out = { write: (more: string) => (text += more) };
  const code = await command.run({ positionals, values: values as Call["values"], course }, out);
  return { code, text };
}

/** The widest line. */
export function widest(text: string): number {
  return Math.max(...text.split("\n").map((line) => line.length));
}
