import { parseArgs } from "node:util";
import { NetError } from "@tcpip-workshop/core/net-error";
import { type EchoMode } from "./options.ts";

/** One setting of the command: a flag, or else the environment, or else the default. */
interface Setting {
  what: string;
  /** As the value is written; none: the library's. */
  default: string;
  /** Numbers have a least and a greatest. */
  range?: [min: number, max: number];
}

const HOST: Setting = { what: "address", default: "127.0.0.1" };
const PORT: Setting = { what: "port", default: "7007", range: [0, 65_535] };
const MODE: Setting = { what: "raw, or framed: 4 bytes of length first", default: "raw" };
const FRAME: Setting = { what: "longest frame, bytes", default: "1048576", range: [0, 2 ** 31 - 1] };
const milliseconds = (what: string, ms: number, min = 1): Setting => ({
  what: `${what}, ms`,
  default: String(ms),
  range: [min, 2 ** 31 - 1],
});

export const SERVE = {
  host: HOST,
  port: PORT,
  mode: MODE,
  "max-connections": {
    what: "connections at a time; more are closed at once",
    default: "1000",
    range: [1, 2 ** 31 - 1],
  },
  "max-frame-length": FRAME,
  "idle-timeout": milliseconds("close when nothing came or was taken for", 60_000),
  "drain-deadline": milliseconds("on SIGTERM, wait for what is in flight for", 10_000, 0),
} satisfies Record<string, Setting>;

export const SEND = {
  host: HOST,
  port: PORT,
  mode: MODE,
  "max-frame-length": FRAME,
  "connect-timeout": milliseconds("for the connection", 10_000),
  "idle-timeout": milliseconds("without a byte while the reply is due", 30_000),
  "total-timeout": milliseconds("for everything", 60_000),
} satisfies Record<string, Setting>;

/** What was set, each in its type: numbers, except for the host and the mode. */
export type Settings<T> = {
  [K in keyof T]: K extends "host" ? string : K extends "mode" ? EchoMode : number;
};

/** Reads flags and environment. Throws `ARGUMENT_INVALID`; the message names the flag or the variable at fault. */
export function readSettings<T extends Record<string, Setting>>(
  table: T,
  args: string[],
  env: NodeJS.ProcessEnv,
): { settings: Settings<T>; positionals: string[] } {
  const options = Object.fromEntries(Object.keys(table).map((flag) => [flag, { type: "string" as const }]));
  const { values, positionals } = parse(args, options);
  const entries = Object.entries(table).map(([flag, setting]) => {
    const name = variable(flag);
    // an empty variable is how a shell or a manifest leaves one out
    const fromEnv = env[name] === "" ? undefined : env[name];
    const source = values[flag] === undefined && fromEnv !== undefined ? name : `--${flag}`;
    return [flag, read(source, flag, values[flag] ?? fromEnv ?? setting.default, setting.range)];
  });
  return { settings: Object.fromEntries(entries) as Settings<T>, positionals };
}

/** The environment's name for a flag: `TCP_ECHO_IDLE_TIMEOUT` for `idle-timeout`. */
function variable(flag: string): string {
  return `TCP_ECHO_${flag.toUpperCase().replaceAll("-", "_")}`;
}

/** The lines of `--help` for a table. */
export function describeSettings(table: Record<string, Setting>): string {
  const lines = Object.entries(table).map(
    ([flag, { what, default: value }]) => `  --${flag.padEnd(17)} ${what} (default ${value})`,
  );
  return lines.join("\n");
}

function parse(
  args: string[],
  options: Record<string, { type: "string" }>,
): { values: Record<string, string | undefined>; positionals: string[] } {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // Node's own sentence is good up to its first full stop, where it begins to teach about dashes
    throw new NetError("ARGUMENT_INVALID", (error as Error).message.split(". ")[0]!, { cause: error });
  }
}

function read(
  source: string,
  flag: string,
  text: string,
  range: [number, number] | undefined,
): number | string {
  if (flag === "mode") return mode(source, text);
  if (range === undefined) return text;
  const [min, max] = range;
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new NetError(
    "ARGUMENT_INVALID",
    `Expected ${source} to be a whole number from ${min} to ${max}, got "${text}"`,
  );
}

function mode(source: string, text: string): EchoMode {
  if (text === "raw" || text === "framed") return text;
  throw new NetError("ARGUMENT_INVALID", `Expected ${source} to be "raw" or "framed", got "${text}"`);
}
