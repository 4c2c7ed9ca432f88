import { parseArgs } from "node:util";
import { NetError } from "@tcpip-workshop/core/net-error";
import type { Mode } from "./server-options.ts";

/** One setting of the command: a flag, or else the environment, or else the default. */
interface Setting {
  what: string;
  /** As the value is written. */
  default: string;
  /** Numbers have a least and a greatest; words are from a list; other text has neither. */
  range?: readonly [min: number, max: number];
  words?: readonly string[];
}

const MOST = 2 ** 31 - 1;
const number = (what: string, value: number, min: number, max: number): Setting => ({
  what,
  default: String(value),
  range: [min, max],
});
const HOST: Setting = { what: "address", default: "127.0.0.1" };

export const SERVE = {
  host: HOST,
  port: number("port", 7007, 0, 65_535),
  mode: {
    what: "echo: each datagram as it came; request: 12 bytes of header, each id once",
    default: "echo",
    words: ["echo", "request"],
  },
  "max-datagram-length": number("longest datagram that is answered, bytes", 65_535, 0, 65_535),
  "max-running": number("requests that run at once; more are dropped", 1024, 1, 1_000_000),
  "window-age": number("remember a reply for, ms", 60_000, 1, MOST),
  "window-entries": number("remember at most so many replies", 65_536, 1, 10_000_000),
  "window-bytes": number("remember at most so many bytes", 67_108_864, 66_047, MOST),
  "min-source-port": number("do not answer ports below", 1024, 1, 65_535),
  "receive-buffer": number("SO_RCVBUF, bytes; 0 for the system's default", 0, 0, 1_073_741_823),
  "drain-deadline": number("on SIGTERM, wait for what is in hand for, ms", 10_000, 0, MOST),
  "stats-interval": number("print all counts every so many ms; 0 for at the end only", 60_000, 0, MOST),
} satisfies Record<string, Setting>;

export const SEND = {
  host: HOST,
  port: number("port", 7007, 1, 65_535),
  mode: SERVE.mode,
  deadline: number("for the reply, retries and all, ms", 10_000, 1, MOST),
  attempts: number("datagrams at most", 8, 1, 1000),
  "first-wait": number("longest wait before the second datagram, ms; doubles from there", 1000, 1, MOST),
  "when-refused": { what: "fail, or retry", default: "fail", words: ["fail", "retry"] },
} satisfies Record<string, Setting>;

/** What was set, each in its type: numbers, except for these. */
export type Settings<T> = {
  [K in keyof T]: K extends "host"
    ? string
    : K extends "mode"
      ? Mode
      : K extends "when-refused"
        ? "fail" | "retry"
        : number;
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
    const name = `UDP_ECHO_${flag.toUpperCase().replaceAll("-", "_")}`;
    // An empty variable is how a shell or a manifest leaves one out
    const fromEnv = env[name] === "" ? undefined : env[name];
    const source = values[flag] === undefined && fromEnv !== undefined ? name : `--${flag}`;
    return [flag, read(source, values[flag] ?? fromEnv ?? setting.default, setting)];
  });
  return { settings: Object.fromEntries(entries) as Settings<T>, positionals };
}

/** The lines of `--help` for a table. */
export function describeSettings(table: Record<string, Setting>): string {
  const lines = Object.entries(table).map(
    ([flag, { what, default: value }]) => `  --${flag.padEnd(20)} ${what} (default ${value})`,
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
    // Behind the first full stop Node's message goes on about dashes
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
  throw new NetError(
    "ARGUMENT_INVALID",
    `Expected ${source} to be a whole number from ${min} to ${max}, got "${text}"`,
  );
}
