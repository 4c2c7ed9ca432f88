import type { GradeReport, Seal, SubmissionResult } from "@tcpip-workshop/report";
import type { Due } from "./due.ts";
import type { Shard } from "./shard.ts";

export interface ReportParts {
  due: Due;
  seal: Seal;
  versions: GradeReport["versions"];
  shard?: Shard | undefined;
  startedAt: Date;
  submissions: SubmissionResult[];
  notices?: string[];
}

/** The one document of which all others are made. */
export function buildReport(parts: ReportParts, finishedAt = new Date()): GradeReport {
  const { due, seal, versions, shard, startedAt, submissions, notices = [] } = parts;
  const { track, exercises } = due;
  return {
    schema: "tcpip-workshop/grade-report/1",
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    versions,
    seal,
    ...(track !== undefined && { track }),
    ...(shard !== undefined && { shard }),
    exercises,
    submissions,
    ...(notices.length > 0 && { notices }),
  };
}
