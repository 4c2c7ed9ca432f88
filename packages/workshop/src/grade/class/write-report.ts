import { join } from "node:path";
import type { GradeReport } from "@tcpip-workshop/report";
import { writeWhole } from "./atomic-file.ts";
import { removeFormerLearners } from "./former-learners.ts";
import { filesOf } from "./formats.ts";
import { reportFile } from "./read-report.ts";
import type { RunFolder } from "./run-folder.ts";

/**
 * Writes the report and all that is made of it. The report itself comes last: where it is, the others are.
 *
 * @returns what is to be said of what an earlier run has left there, in sentences
 */
export async function writeReport(
  folder: RunFolder,
  report: GradeReport,
  formats: string[],
): Promise<string[]> {
  const ids = report.submissions.map(({ id }) => id);
  const said = removeFormerLearners(folder.path, ids);
  for (const { path, text } of filesOf(report, formats)) await writeWhole(join(folder.path, path), text);
  await writeWhole(join(folder.path, reportFile), linesOf(report));
  await folder.complete();
  return said;
}

/** JSON with a submission a line: a class is tens of megabytes, which are never one text. */
function* linesOf({ submissions, ...rest }: GradeReport): Generator<string, void> {
  yield `${JSON.stringify(rest).slice(0, -1)},"submissions":[`;
  for (const [index, submission] of submissions.entries())
    yield `${index === 0 ? "" : ","}\n${JSON.stringify(submission)}`;
  yield "\n]}\n";
}
