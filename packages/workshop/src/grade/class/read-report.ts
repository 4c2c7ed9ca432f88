import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { GradeReport } from "@tcpip-workshop/report";
import { UserError } from "../../course/user-error.ts";
import { fileName } from "./run-folder.ts";

/** Where a run leaves the report that all others are made of. */
export const reportFile = "report.json";

/** A report, and the folder it was found in, as it was named. */
export interface FoundReport {
  path: string;
  report: GradeReport;
}

/**
 * The reports in these folders; of a folder without one, those in its folders.
 *
 * @throws {UserError} when there is none, or a file is no report
 */
export function findReports(folders: string[]): FoundReport[] {
  return folders.flatMap((folder) => {
    const paths = existsSync(join(folder, reportFile)) ? [folder] : childrenWithReport(folder);
    if (paths.length === 0)
      throw new UserError(`Expected a folder with ${reportFile}, or folders with one, got "${folder}"`);
    return paths.map((path) => ({ path, report: readReport(join(path, reportFile)) }));
  });
}

function childrenWithReport(folder: string): string[] {
  if (!existsSync(folder)) throw new UserError(`Expected a folder of a run, but "${folder}" is not there`);
  try {
    return readdirSync(folder)
      .toSorted()
      .map((name) => join(folder, name))
      .filter((path) => existsSync(join(path, reportFile)));
  } catch (error) {
    throw new UserError(`Expected a folder of a run, got "${folder}": ${(error as Error).message}`);
  }
}

function readReport(file: string): GradeReport {
  let report: GradeReport;
  try {
    report = JSON.parse(readFileSync(file, "utf8")) as GradeReport;
  } catch (error) {
    throw new UserError(`Expected a report in ${file}, but it cannot be read: ${(error as Error).message}`);
  }
  if (report?.schema !== "tcpip-workshop/grade-report/1")
    throw new UserError(
      `Expected "tcpip-workshop/grade-report/1" in ${file}, got ${JSON.stringify(report?.schema)}`,
    );
  try {
    // Learners' folders are made of these.
    for (const { id } of report.submissions) fileName(id);
  } catch (error) {
    throw new UserError(`${file}: ${(error as Error).message}`);
  }
  return report;
}
