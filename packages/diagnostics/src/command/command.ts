import type { ParseArgsOptionsConfig } from "node:util";

/** Where a command writes and reads; the process's own in life. */
export interface Terminal {
  write(text: string): unknown;
  /** Standard error: what went wrong, and how the command is used. */
  complain(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
  /** Whether colours are wanted: a terminal, and no NO_COLOR. */
  colors: boolean;
  /** Keys, where there is a keyboard. */
  keys?: Keyboard;
  /** Ends a command that would go on for ever. */
  signal: AbortSignal;
}

/** What is used of `process.stdin`. */
interface Keyboard {
  setRawMode(raw: boolean): unknown;
  on(event: "data", listener: (data: Buffer) => void): unknown;
  off(event: "data", listener: (data: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** The options, as `parseArgs` gives them. */
export interface Values {
  [option: string]: string | boolean | undefined;
}

/** 0 done and nothing amiss, 1 `diagnose` found something, 2 could not be done. */
export type ExitCode = 0 | 1 | 2;

/** A command is a value: told its options and where to write, it returns an exit code. */
export interface Command {
  usage: string;
  summary: string;
  options: ParseArgsOptionsConfig;
  /** What each option is for, in the order of the help. */
  help: { [option: string]: string };
  run(values: Values, terminal: Terminal): ExitCode | Promise<ExitCode>;
}
