import { NetError } from "@tcpip-workshop/core/net-error";
import { describeSettings, readSettings, type Setting, type Settings } from "./settings.ts";

/** What a command is told of the world, and where it writes. */
export interface World {
  env: NodeJS.ProcessEnv;
  out: { write(text: string): unknown };
  err: { write(text: string): unknown };
  /** Calls back at each SIGTERM or SIGINT. */
  onSignal: (listener: () => void) => void;
}

/** 0: done. 1: the network or the system said no. 2: the command was called wrongly. */
export type ExitCode = 0 | 1 | 2;

/** One thing that a command does. */
export interface Verb<T extends Record<string, Setting> = Record<string, Setting>> {
  /** For `--help`. */
  summary: string;
  /** What has to stand behind the name, one word each: `["text"]`. */
  operands: readonly string[];
  settings: T;
  run: (settings: Settings<T>, operands: string[], world: World) => Promise<void>;
}

export interface Command {
  /** As it is called: `tcp-echo`; in capitals, the prefix of its variables. */
  name: string;
  summary: string;
  /** Made by `verb`. The first one is meant where none is named. */
  verbs: Readonly<Record<string, Verb>>;
  /** What a person might do about an error, in a sentence; none known: "". */
  advice: (error: NetError) => string;
}

/** A verb whose `run` knows the types of its settings. */
export function verb<const T extends Record<string, Setting>>(typed: Verb<T>): Verb {
  return typed as unknown as Verb;
}

/** Runs a command and resolves with its exit code. A `NetError` is one sentence on `err`; others are bugs, and thrown. */
export async function runCommand(command: Command, argv: string[], world: World): Promise<ExitCode> {
  // `pnpm tcp-echo -- --port 1`: some write the two dashes out of habit.
  const args = argv[0] === "--" ? argv.slice(1) : argv;
  if (args.includes("--help") || args.includes("-h")) {
    world.out.write(describeCommand(command));
    return 0;
  }
  try {
    await runVerb(command, args, world);
    return 0;
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    const usage = error.code === "ARGUMENT_INVALID";
    const more = usage ? `${command.name} --help tells the rest.` : command.advice(error);
    world.err.write(`${command.name}: ${error.message} (${error.code}). ${more}\n`);
    return usage ? 2 : 1;
  }
}

async function runVerb({ name, verbs }: Command, args: string[], world: World): Promise<void> {
  const names = Object.keys(verbs);
  const [first = ""] = args;
  const isNamed = Object.hasOwn(verbs, first);
  const { settings: table, operands, run } = verbs[isNamed ? first : (names[0] ?? "")] as Verb;
  const { settings, positionals } = readSettings(name, table, isNamed ? args.slice(1) : args, world.env);
  if (positionals.length !== operands.length) {
    const expected = isNamed
      ? [`${first} with`, operands.map((operand) => `one ${operand}`).join(" and ") || "flags only"]
      : ["the command", names.join(" or ")];
    throw new NetError("ARGUMENT_INVALID", `Expected ${expected.join(" ")}, got "${positionals.join(" ")}"`);
  }
  await run(settings, positionals, world);
}

function describeCommand({ name, summary, verbs }: Command): string {
  const [usual] = Object.keys(verbs);
  const parts = Object.entries(verbs).map(([word, { summary: what, operands, settings }]) => {
    const shown = [word === usual ? `[${word}]` : word, ...operands.map((operand) => `<${operand}>`)];
    return `  ${`${name} ${shown.join(" ")} [flags]`.padEnd(30)} ${what}\n${describeSettings(settings)}\n`;
  });
  const variable = `${name}-port`.toUpperCase().replaceAll("-", "_");
  return `${name}: ${summary}

${parts.join("\n")}
Each flag is also a variable: --port is ${variable}. The flag wins.
Exit code: 0 done, 1 the network or the system said no, 2 called wrongly.
`;
}

/** The first SIGTERM or SIGINT, and the second: who sends two has no patience left. */
export function signalsOf({ onSignal }: Pick<World, "onSignal">): {
  first: Promise<void>;
  second: Promise<void>;
} {
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let signals = 0;
  onSignal(() => (++signals === 1 ? first : second).resolve());
  return { first: first.promise, second: second.promise };
}

/** Prints one JSON object on a line of its own, the time first. */
export function printLine({ out }: World, line: object): void {
  out.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
}

/** Runs a command as this process's. */
export async function runAsProcess(command: Command): Promise<void> {
  // `tcp-echo | head -1`: who reads the log may leave; the server stays.
  process.stdout.on("error", () => {});
  process.exitCode = await runCommand(command, process.argv.slice(2), {
    env: process.env,
    out: process.stdout,
    err: process.stderr,
    onSignal(listener) {
      process.on("SIGTERM", listener);
      process.on("SIGINT", listener);
    },
  });
}
