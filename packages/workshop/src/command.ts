import type { ParseArgsOptionsConfig } from "node:util";
import type { Course } from "./course/course.ts";

/** Where a command writes; `process.stdout` in life. */
export interface Out {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** What a command is told. */
export interface Call {
  positionals: string[];
  values: { [option: string]: string | boolean | undefined };
  course: Course;
}

/** 0 pass, 1 fail, 2 could not grade. */
export type ExitCode = 0 | 1 | 2;

/** A command is a value: told its arguments and where to write, it returns an exit code. */
export interface Command {
  usage: string;
  summary: string;
  options: ParseArgsOptionsConfig;
  run(call: Call, out: Out): Promise<ExitCode>;
}
