import { join } from "node:path";
import { reportFile } from "./read-report.ts";

/** `Open week-1/report.html`: of what was written, what a person reads first. */
export function whatToOpen(folder: string, formats: string[]): string {
  const name = formats.includes("html") ? "report.html" : formats.includes("md") ? "report.md" : reportFile;
  return `Open ${join(folder, name)}`;
}
