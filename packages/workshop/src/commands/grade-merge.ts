import { resolve } from "node:path";
import type { Call, ExitCode, Out } from "../command.ts";
import { UserError } from "../course/user-error.ts";
import { exitCodeOf } from "../grade/class/exit-code.ts";
import { readFormats } from "../grade/class/formats.ts";
import { mergeReports } from "../grade/class/merge-reports.ts";
import { findReports } from "../grade/class/read-report.ts";
import { RunFolder } from "../grade/class/run-folder.ts";
import { showReport } from "../grade/class/show-report.ts";
import { whatToOpen } from "../grade/class/what-to-open.ts";
import { writeReport } from "../grade/class/write-report.ts";

/** `grade merge <dir>… --out DIR`: one report of those of all shards. */
export async function gradeMerge(folders: string[], values: Call["values"], out: Out): Promise<ExitCode> {
  const path = values["out"];
  if (folders.length === 0 || typeof path !== "string")
    throw new UserError(
      "Expected folders of runs and --out with another one: grade merge shards/* --out report",
    );
  const needless = Object.entries(values).find(
    ([name, value]) => isSaid(value) && !["out", "formats"].includes(name),
  );
  if (needless !== undefined)
    throw new UserError(
      `Expected no --${needless[0]} with merge: how a shard was graded stands in its report`,
    );
  if (folders.some((folder) => resolve(folder) === resolve(path)))
    throw new UserError(`Expected --out with another folder than those that are merged, got "${path}"`);
  const formats = readFormats(typeof values["formats"] === "string" ? values["formats"] : undefined);
  const found = findReports(folders);
  const report = mergeReports(found);
  const exercises = report.exercises.map(({ label, points, tests }) => ({ label, points, tests }));
  const track = report.track === undefined ? {} : { track: report.track };
  const { level } = report.seal;
  const folder = await RunFolder.open(path, { exercises, ...track, isMerged: true, level });
  const former = await writeReport(folder, report, formats);
  showReport(report, out);
  const isSharded = found.every(({ report: { shard } }) => shard !== undefined);
  const sum = `${counted(report.submissions.length, "submission")} of ${counted(found.length, isSharded ? "shard" : "run")}.`;
  out.write(`\n${[sum, ...former, whatToOpen(path, formats)].join("\n")}\n`);
  return exitCodeOf(report, false);
}

function isSaid(value: Call["values"][string]): boolean {
  return value !== undefined && value !== false;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
