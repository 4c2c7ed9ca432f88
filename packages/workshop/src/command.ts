import type { ParseArgsOptionDescriptor } from "node:util";
import type { Course } from "./course/course.ts";

/** Where a command writes; `process.stdout` in life. */
export interface Out {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

/** What a command is told. */
export interface Call {
  positionals: string[];
  values: { [option: string]: string | boolean | undefined };
  course: Course;
}

/** 0 pass, 1 fail, 2 could not grade, 130 ended by a signal with the rest undone. */
export type ExitCode = 0 | 1 | 2 | 130;

/** An option as `parseArgs` wants it, and what `--help` says of it. */
export interface CommandOption extends ParseArgsOptionDescriptor {
  /** In a few words, as the line of a list: no capital, no full stop. */
  description: string;
  /** What stands for the value of a string in the usage: `N`. */
  value?: string;
}

/** A command is a value: told its arguments and where to write, it returns an exit code. */
export interface Command {
  usage: string;
  summary: string;
  options: { [name: string]: CommandOption };
  run(call: Call, out: Out): Promise<ExitCode>;
}
