import { parseArgs } from "node:util";
import { NetError } from "@tcpip-workshop/core/net-error";

/** One setting of a command: a flag, or else the environment, or else the default. */
export interface Setting {
  /** For `--help`. */
  what: string;
  /** As the value is written. */
  default: string;
  /** Whole numbers have a least and a greatest; words are from a list; other text has neither. */
  range?: readonly [min: number, max: number];
  words?: readonly string[];
}

/** A setting that is a whole number, from `min` to `max`. */
export function wholeNumber(
  what: string,
  value: number,
  min = 1,
  max = 2 ** 31 - 1,
): Setting & { range: readonly [number, number] } {
  return { what, default: String(value), range: [min, max] };
}

/** What was set, each in its type: a number where there is a range, one of the words where there are words, else text. */
export type Settings<T> = {
  [K in keyof T]: T[K] extends { words: readonly (infer W)[] }
    ? W
    : T[K] extends { range: unknown }
      ? number
      : string;
};

/**
 * Reads the settings of `table` from flags and environment.
 *
 * @param command its name is the variables' prefix: `tcp-echo` has `TCP_ECHO_IDLE_TIMEOUT` for `--idle-timeout`
 * @throws {NetError} ARGUMENT_INVALID; the message names the flag or the variable at fault
 */
export function readSettings<const T extends Record<string, Setting>>(
  command: string,
  table: T,
  args: string[],
  env: NodeJS.ProcessEnv,
): { settings: Settings<T>; positionals: string[] } {
  const options = Object.fromEntries(Object.keys(table).map((flag) => [flag, { type: "string" as const }]));
  const { values, positionals } = parse(args, options);
  const entries = Object.entries(table).map(([flag, setting]) => {
    const name = `${command}-${flag}`.toUpperCase().replaceAll("-", "_");
    // An empty variable is how a shell or a manifest leaves one out.
    const fromEnv = env[name] === "" ? undefined : env[name];
    const source = values[flag] === undefined && fromEnv !== undefined ? name : `--${flag}`;
    return [flag, read(source, values[flag] ?? fromEnv ?? setting.default, setting)];
  });
  return { settings: Object.fromEntries(entries) as Settings<T>, positionals };
}

/** The lines of `--help` for a table. */
export function describeSettings(table: Record<string, Setting>): string {
  const width = Math.max(...Object.keys(table).map((flag) => flag.length));
  return Object.entries(table)
    .map(([flag, { what, default: value }]) => `  --${flag.padEnd(width)}  ${what} (default ${value})`)
    .join("\n");
}

function parse(
  args: string[],
  options: Record<string, { type: "string" }>,
): { values: Record<string, string | undefined>; positionals: string[] } {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // Node's own sentence is good up to its first full stop, where it begins to teach about dashes.
    throw new NetError("ARGUMENT_INVALID", (error as Error).message.split(". ")[0]!, { cause: error });
  }
}

function read(source: string, text: string, { range, words }: Setting): number | string {
  if (words) {
    if (words.includes(text)) return text;
    const list = words.map((word) => `"${word}"`).join(" or ");
    throw new NetError("ARGUMENT_INVALID", `Expected ${source} to be ${list}, got "${text}"`);
  }
  if (!range) return text;
  const [min, max] = range;
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  const expected = `a whole number from ${min} to ${max}`;
  throw new NetError("ARGUMENT_INVALID", `Expected ${source} to be ${expected}, got "${text}"`);
}
