import { toClassHtml, toLearnerHtml, toMarkdown, type GradeReport } from "@tcpip-workshop/report";
import { UserError } from "../../course/user-error.ts";
import { fileName } from "./run-folder.ts";

/** A file of a report. */
export interface ReportFile {
  /** Relative to the run's folder. */
  path: string;
  text: string;
}

type Format = (report: GradeReport) => Generator<ReportFile, void>;

/** What a report can be written as, by name. Each is of the whole class or, under `learners/<id>/`, of one submission. */
const formats: { [name: string]: Format } = {
  md: function* (report) {
    yield { path: "report.md", text: toMarkdown(report) };
  },
  html: function* (report) {
    yield { path: "report.html", text: toClassHtml(report) };
    for (const { id } of report.submissions)
      yield { path: `${learner(id)}/report.html`, text: toLearnerHtml(report, id) };
  },
};

export const formatNames = Object.keys(formats);

/**
 * @param typed `html,junit`; without it, all
 * @throws {UserError} when there is no such format
 */
export function readFormats(typed: string | undefined): string[] {
  if (typed === undefined) return formatNames;
  const names = typed.split(",").map((name) => name.trim());
  // The report itself is always written.
  for (const name of names.filter((name) => name !== "json"))
    if (!Object.hasOwn(formats, name))
      throw new UserError(`There is no format "${name}". There are: json, ${formatNames.join(", ")}`);
  return [...new Set(names)].filter((name) => name !== "json");
}

/** One after another: of a class, these are tens of megabytes. */
export function* filesOf(report: GradeReport, names: string[]): Generator<ReportFile, void> {
  for (const name of names) {
    const format = formats[name];
    if (format !== undefined) yield* format(report);
  }
}

function learner(id: string): string {
  return `learners/${fileName(id)}`;
}
