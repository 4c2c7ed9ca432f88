import { availableParallelism } from "node:os";
import type { Call, Command, ExitCode, Out } from "../command.ts";
import { UserError } from "../course/user-error.ts";
import { chooseJudge, type ChooseJudge } from "../grade/choose-judge.ts";
import { buildReport } from "../grade/class/build-report.ts";
import { gradeClass } from "../grade/class/class-grading.ts";
import { ClassProgress } from "../grade/class/class-progress.ts";
import { readDue } from "../grade/class/due.ts";
import { exitCodeOf } from "../grade/class/exit-code.ts";
import { formatNames, readFormats } from "../grade/class/formats.ts";
import { Interruption } from "../grade/class/interruption.ts";
import { logSafe } from "../grade/class/log-safe.ts";
import { refuseOutWithin } from "../grade/class/out-folder.ts";
import { ResultCache } from "../grade/class/result-cache.ts";
import { RunFolder, type RunConfiguration } from "../grade/class/run-folder.ts";
import { partOf, readShard, sortedById } from "../grade/class/shard.ts";
import { showReport } from "../grade/class/show-report.ts";
import { versionsOf } from "../grade/class/versions.ts";
import { whatToOpen } from "../grade/class/what-to-open.ts";
import { writeReport } from "../grade/class/write-report.ts";
import type { Judge } from "../grade/judge.ts";
import { findSubmissions } from "../grade/submission/find-submissions.ts";
import { rewrites } from "../text/layout.ts";
import { duration, StatusLine } from "../text/status-line.ts";
import { gradeMerge } from "./grade-merge.ts";

/** The command, with a judge of the caller's choice. */
export function gradeWith(choose: ChooseJudge): Command {
  return {
    usage:
      "grade <submission…> [--exercise 04] [--track NAME] [--points FILE] [--out DIR] [--formats LIST] [--jobs N] " +
      "[--shard K/N] [--require-seal] [--open] [--no-cache]; or: grade merge <dir…> --out DIR",
    summary:
      "Grade what others have handed in: folders, archives, git refs, or folders of many, one for each learner. " +
      "With --out, a run that was ended goes on where it was when the same command is given again; merge makes one " +
      "report of those of all shards. " +
      "Exit code 0: all was graded, and a single submission passes all. 1: a single submission does not. " +
      "2: something could not be graded. 130: it was ended",
    options: {
      exercise: {
        type: "string",
        multiple: true,
        value: "04",
        description: "only these, with commas or given again; all without it. Their stubs are graded, too",
      },
      track: { type: "string", value: "NAME", description: "only those of a track" },
      points: {
        type: "string",
        value: "FILE",
        description: "what exercises and tests count; without it, an exercise 10, its tests the same",
      },
      out: { type: "string", value: "DIR", description: "where results and reports are written" },
      formats: {
        type: "string",
        value: "LIST",
        description: `reports beside report.json (default all: ${formatNames.join(", ")}; json alone: none)`,
      },
      jobs: {
        type: "string",
        value: "N",
        // Not as `default`: merge takes no such option, and has to see that it was typed.
        description: `so many answers at once (default ${availableParallelism()})`,
      },
      shard: {
        type: "string",
        value: "K/N",
        description: "only the K-th of N parts of the class, K from 1; for a CI matrix",
      },
      "require-seal": {
        type: "boolean",
        default: false,
        description: "grades nothing where answers cannot be shut in (see docs)",
      },
      open: {
        type: "boolean",
        default: false,
        description: "does without the seal, for answers that you trust",
      },
      "no-cache": {
        type: "boolean",
        default: false,
        description: "grades anew what earlier runs have graded, and keeps nothing for later ones",
      },
    },
    async run({ positionals, values, course }, out) {
      const safe = logSafe(out);
      const [first, ...more] = positionals;
      if (first === "merge") return await gradeMerge(more, values, safe);
      return await gradeAll({ positionals, values, course }, safe, choose);
    },
  };
}

export const grade: Command = gradeWith(chooseJudge);

async function gradeAll(
  { positionals, values, course }: Call,
  out: Out,
  choose: ChooseJudge,
): Promise<ExitCode> {
  if (positionals.length === 0)
    throw new UserError("Expected a submission: a folder, an archive, a git ref, or a folder of many");
  const startedAt = new Date();
  const text = (name: string): string | undefined =>
    typeof values[name] === "string" ? values[name] : undefined;
  // It may be given again, so `parseArgs` has a list.
  const typed = (values["exercise"] as unknown as string[] | undefined) ?? [];
  const due = readDue(course, { typed, track: text("track"), points: text("points") });
  const jobs = readJobs(text("jobs"));
  const formats = readFormats(text("formats"));
  const shardTyped = text("shard");
  const shard = shardTyped === undefined ? undefined : readShard(shardTyped);
  const path = text("out");
  if (path !== undefined) refuseOutWithin(path, positionals);
  const exercises = due.exercises.map(({ label }) => course.exercise(label));
  const { sources: found, notices } = await findSubmissions(positionals, course, exercises);
  if (found.length === 0)
    throw new UserError(`Expected a submission, found none in ${positionals.join(" ")}`);
  const sources = shard === undefined ? sortedById(found) : partOf(found, shard);
  using interruption = new Interruption();
  const progress = new ClassProgress(sources.length, due.exercises.length);
  // A log that stays empty for half a minute looks like one that hangs.
  if (!rewrites(out)) out.write(`Grading ${progress.what}. First some trial answers, to see what holds.\n`);
  const chosen = await judgeBy(() => choose(course, { ...levelOf(values), jobs }), out, interruption.signal);
  if (chosen === undefined) return 130;
  await using judge = chosen;
  refuseUnsealed(judge, values);
  const versions = versionsOf(course, judge.seal.level);
  const isAnew = values["no-cache"] === true;
  const configuration = { ...configurationOf(due, shard), level: judge.seal.level };
  const folder = path === undefined ? undefined : await RunFolder.open(path, configuration, isAnew);
  if (folder?.levelBefore !== undefined)
    out.write(
      `"${path}" holds a run of the ${folder.levelBefore} level: all of it is graded anew, sealed.\n`,
    );
  const cache = isAnew ? undefined : new ResultCache(course);
  const submissions = await withStatus(out, progress, () =>
    gradeClass(sources, {
      course,
      due,
      judge,
      versions,
      jobs,
      folder,
      cache,
      progress,
      signal: interruption.signal,
    }),
  );
  cache?.prune();
  if (submissions === undefined) {
    out.write(`${progress.line()}\n${endedText(path, cache !== undefined)}\n`);
    return 130;
  }
  const report = buildReport({ due, seal: judge.seal, versions, shard, startedAt, submissions, notices });
  const former = folder === undefined ? [] : await writeReport(folder, report, formats);
  showReport(report, out);
  const ending = [progress.sum(), ...former, ...(path === undefined ? [] : [whatToOpen(path, formats)])];
  out.write(`\n${ending.join("\n")}\n`);
  return exitCodeOf(report, found.length === 1 && shard === undefined);
}

async function withStatus<T>(out: Out, progress: ClassProgress, run: () => Promise<T>): Promise<T> {
  using _status = new StatusLine(out, () => progress.line(), { everyInLogs: 20_000 });
  return await run();
}

function configurationOf(
  { exercises, track }: ReturnType<typeof readDue>,
  shard: ReturnType<typeof readShard> | undefined,
): Omit<RunConfiguration, "level"> {
  return {
    exercises: exercises.map(({ label, points, tests }) => ({ label, points, tests })),
    ...(track !== undefined && { track }),
    ...(shard !== undefined && { shard }),
  };
}

function levelOf(values: Call["values"]): { level?: "open" | "sealed" } {
  if (values["open"] !== true) return values["require-seal"] === true ? { level: "sealed" } : {};
  if (values["require-seal"] === true) throw new UserError("Expected --open or --require-seal, got both");
  return { level: "open" };
}

/** Without a judge that can be trusted nothing is graded. To have one takes some seconds. */
async function judgeBy(
  choose: () => Promise<Judge>,
  out: Out,
  signal: AbortSignal,
): Promise<Judge | undefined> {
  using _status = new StatusLine(
    out,
    (spent) => `Grading trial answers, to see what holds: ${duration(spent)}`,
  );
  try {
    return await choose();
  } catch (error) {
    // Ctrl-C ends its graders, too.
    if (signal.aborted) return undefined;
    if (error instanceof UserError) throw error;
    throw new UserError(`Nothing was graded: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function refuseUnsealed({ seal }: Judge, values: Call["values"]): void {
  if (values["require-seal"] === true && seal.level !== "sealed")
    throw new UserError(`--require-seal: answers cannot be shut in here. ${seal.reason}`);
}

function readJobs(typed: string | undefined): number {
  const jobs = typed === undefined ? availableParallelism() : Number(typed);
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= 64) return jobs;
  throw new UserError(`Expected --jobs with a whole number from 1 to 64, got "${typed}"`);
}

function endedText(path: string | undefined, isCached: boolean): string {
  if (path === undefined && !isCached)
    return "Ended. Nothing was kept: neither --out nor the cache was wanted.";
  return `Ended. What was graded is in ${path ?? "the cache"}: the same command goes on from there.`;
}
