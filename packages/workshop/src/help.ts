import type { Command, CommandOption, ExitCode, Out } from "./command.ts";
import { commands, groups } from "./commands.ts";
import { labelled, width, wrap } from "./text/layout.ts";
import { paintFor } from "./text/paint.ts";

const indent = 2;

/** All commands, in groups, a line or two each. */
export async function help(out: Out): Promise<ExitCode> {
  const paint = paintFor(out);
  const lines = [
    "pnpm workshop            starts, or goes on where you were",
    "pnpm workshop 04         goes to exercise 04",
    "pnpm workshop <command>",
  ];
  for (const { heading, names } of groups) {
    const known = names.filter((name) => Object.hasOwn(commands, name));
    if (known.length === 0) continue;
    lines.push("", paint("bold", heading));
    for (const name of known) {
      const command = await commands[name]?.();
      lines.push(...labelled(name, firstSentence(command?.summary ?? ""), indent, 11));
    }
  }
  lines.push("", "pnpm workshop <command> --help   tells its options");
  out.write(`${lines.join("\n")}\n`);
  return 0;
}

/** One command: what it does, and its options. */
export function usage(command: Command, out: Out): ExitCode {
  const options = Object.entries({ ...command.options, help: helpOption });
  const left = options.map(([name, option]) => leftSide(name, option));
  const gutter = Math.min(Math.max(...left.map(({ length }) => length)) + 2, 26);
  const lines = [
    ...wrap(`pnpm workshop ${command.usage}`, width),
    "",
    ...wrap(command.summary, width - indent).map((line) => " ".repeat(indent) + line),
    "",
    ...options.flatMap(([, option], index) => labelled(left[index] ?? "", rightSide(option), indent, gutter)),
  ];
  out.write(`${lines.join("\n")}\n`);
  return 0;
}

export const helpOption: CommandOption = { type: "boolean", short: "h", description: "this text" };

function firstSentence(text: string): string {
  return text.split(/[.;](?=\s|$)/, 1)[0] ?? text;
}

function leftSide(name: string, { type, short, value = "…" }: CommandOption): string {
  return `${short === undefined ? "" : `-${short}, `}--${name}${type === "string" ? ` ${value}` : ""}`;
}

function rightSide({ description, default: value }: CommandOption): string {
  const shown = value === undefined || value === false ? "" : ` (default ${String(value)})`;
  return `${description}${shown}`.trim();
}
