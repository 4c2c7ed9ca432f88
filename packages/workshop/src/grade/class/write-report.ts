import { join } from "node:path";
import type { GradeReport } from "@tcpip-workshop/report";
import { writeWhole } from "./atomic-file.ts";
import { filesOf } from "./formats.ts";
import { reportFile } from "./read-report.ts";

/** Writes the report and all that is made of it. The report itself comes last: where it is, the others are. */
export async function writeReport(folder: string, report: GradeReport, formats: string[]): Promise<void> {
  for (const { path, text } of filesOf(report, formats)) await writeWhole(join(folder, path), text);
  await writeWhole(join(folder, reportFile), `${JSON.stringify(report, null, 2)}\n`);
}
