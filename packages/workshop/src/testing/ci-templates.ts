import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { openCourse } from "../course/course.ts";

/** Where the templates are that instructors copy. */
export const templates = join(openCourse().root, "docs/ci");
export const templateNames = readdirSync(templates).toSorted();

/** A template's text. */
export function read(name: string): string {
  return readFileSync(join(templates, name), "utf8");
}

/** What a template says, as plain values. */
export function documents(name: string): unknown[] {
  return parseAllDocuments(read(name)).map((document) => document.toJS() as unknown);
}

/** @throws {Error} unless the value has fields */
export function fields(value: unknown): { [name: string]: unknown } {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error(`Expected fields, got ${JSON.stringify(value)}`);
}

/** @throws {Error} unless the value is a list */
export function list(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`Expected a list, got ${JSON.stringify(value)}`);
}

/** What a shell gets of a template: steps, scripts, arguments of `bash -c`, instructions. */
export function shellOf(name: string): string[] {
  if (name === "Dockerfile")
    return read(name)
      .replaceAll("\\\n", "")
      .split("\n")
      .filter((line) => line.startsWith("RUN "))
      .map((line) => line.slice(4));
  return documents(name).flatMap((document) => shellIn(document));
}

function shellIn(value: unknown, key = ""): string[] {
  if (typeof value === "string") return key === "run" ? [value] : [];
  if (Array.isArray(value)) {
    // A runner gives all lines of a script to one shell.
    if (key === "script" || key === "before_script") return [value.join("\n")];
    return key === "args" ? value.map(String) : value.flatMap((one) => shellIn(one));
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => shellIn(one, name));
}

/** Each call of `workshop grade`, from `grade` on, on one line. */
export function gradeCalls(script: string): string[] {
  return script
    .replaceAll(/\\\n\s*/gu, "")
    .split("\n")
    .flatMap((line) => /workshop(?:\.js)? +(grade .*)$/u.exec(line)?.[1] ?? []);
}
