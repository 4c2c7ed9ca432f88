import { join } from "node:path";
import type { GradeReport } from "@tcpip-workshop/report";
import { writeWhole } from "./atomic-file.ts";
import { filesOf } from "./formats.ts";
import { reportFile } from "./read-report.ts";

/** Writes the report and all that is made of it. The report itself comes last: where it is, the others are. */
export async function writeReport(folder: string, report: GradeReport, formats: string[]): Promise<void> {
  for (const { path, text } of filesOf(report, formats)) await writeWhole(join(folder, path), text);
  await writeWhole(join(folder, reportFile), linesOf(report));
}

/** JSON with a submission a line: a class is tens of megabytes, which are never one text. */
function* linesOf({ submissions, ...rest }: GradeReport): Generator<string, void> {
  yield `${JSON.stringify(rest).slice(0, -1)},"submissions":[`;
  for (const [index, submission] of submissions.entries())
    yield `${index === 0 ? "" : ","}\n${JSON.stringify(submission)}`;
  yield "\n]}\n";
}
