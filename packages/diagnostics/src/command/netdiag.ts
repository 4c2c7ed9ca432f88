import { NetError } from "@tcpip-workshop/core/net-error";
import { parseArgs } from "node:util";
import type { Command, ExitCode, Terminal } from "./command.ts";
import { diagnose } from "./diagnose.ts";
import { sockets } from "./sockets.ts";
import { states } from "./states.ts";
import { watch } from "./watch.ts";

/** The `netdiag` command: what stands behind its name, to where it writes. */
export async function netdiag(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name = "", ...rest] = args;
  if (name === "" || name === "--help" || name === "-h") {
    if (name !== "") terminal.write(usage());
    else terminal.complain(usage());
    return name === "" ? 2 : 0;
  }
  const command = COMMANDS.get(name);
  if (command === undefined) {
    terminal.complain(`Expected one of: ${[...COMMANDS.keys()].join(", ")}; got "${name}"\n\n${usage()}`);
    return 2;
  }
  try {
    const options = { ...command.options, help: { type: "boolean", short: "h" } } as const;
    const { values } = parseArgs({ args: rest, options });
    if (values.help === true) {
      terminal.write(helpOf(command));
      return 0;
    }
    return await command.run(values, terminal);
  } catch (error) {
    if (!(error instanceof NetError || isUsageError(error))) throw error;
    terminal.complain(`netdiag ${name}: ${error.message}\n`);
    return 2;
  }
}

const COMMANDS = new Map<string, Command>(Object.entries({ states, sockets, diagnose, watch }));

function usage(): string {
  const lines = Array.from(
    COMMANDS.values(),
    ({ usage, summary }) => `  netdiag ${usage}\n      ${summary}\n`,
  );
  return `What the kernel says of this machine's sockets. Reads /proc, needs no root.\n\n${lines.join("")}`;
}

function helpOf({ usage, summary, help }: Command): string {
  const width = Math.max(...Object.keys(help).map((option) => option.length));
  const lines = Object.entries(help).map(([option, text]) => `  --${option.padEnd(width)}  ${text}\n`);
  return `netdiag ${usage}\n${summary}\n\n${lines.join("")}`;
}

function isUsageError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}
