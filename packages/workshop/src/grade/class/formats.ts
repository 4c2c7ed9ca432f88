import {
  toClassHtml,
  toClassroom,
  toClassroom50,
  toCsv,
  toCtrf,
  toExercism,
  toGradescope,
  toJunit,
  toLearnerHtml,
  toMarkdown,
  type ExerciseResult,
  type GradedExercise,
  type GradeReport,
} from "@tcpip-workshop/report";
import { UserError } from "../../course/user-error.ts";
import { classroom50Run } from "./classroom50-run.ts";
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
  junit: function* (report) {
    yield { path: "junit.xml", text: toJunit(report) };
  },
  ctrf: function* (report) {
    yield { path: "ctrf.json", text: toCtrf(report) };
  },
  csv: function* (report) {
    yield { path: "gradebook.csv", text: toCsv(report) };
  },
  gradescope: function* (report) {
    for (const submission of report.submissions)
      yield { path: `${learner(submission.id)}/gradescope.json`, text: toGradescope(report, submission) };
  },
  // These two know one exercise only.
  exercism: (report) => eachExercise(report, "results.json", toExercism),
  classroom: (report) => eachExercise(report, "classroom.txt", toClassroom),
  // Whose submission it is, only Classroom 50 can say.
  classroom50: function* (report) {
    const [submission, ...others] = report.submissions;
    const run = classroom50Run(process.env);
    if (run === undefined || submission === undefined || others.length > 0) return;
    yield {
      path: `${learner(submission.id)}/classroom50.json`,
      text: toClassroom50(report, submission, run),
    };
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

/** Whether a report writes a file under this path in a learner's folder. */
export function isLearnersFile(path: string): boolean {
  return /^(?:report\.html|gradescope\.json|classroom50\.json|\d\d-[^/\\]+[/\\](?:results\.json|classroom\.txt))$/.test(
    path,
  );
}

/** `learners/<id>/<label>/<name>` */
function* eachExercise(
  report: GradeReport,
  name: string,
  toText: (exercise: GradedExercise, result: ExerciseResult) => string,
): Generator<ReportFile, void> {
  const exercises = new Map(report.exercises.map((exercise) => [exercise.label, exercise]));
  for (const { id, results } of report.submissions) {
    for (const result of results) {
      const exercise = exercises.get(result.exercise);
      // Also what was not handed in: it counts, and whoever asks for each exercise's file finds one.
      if (exercise !== undefined)
        yield {
          path: `${learner(id)}/${fileName(exercise.label)}/${name}`,
          text: toText(exercise, result),
        };
    }
  }
}

function learner(id: string): string {
  return `learners/${fileName(id)}`;
}
