import type { Canary, GradeReport, Seal } from "@tcpip-workshop/report";
import { UserError } from "../../course/user-error.ts";
import type { FoundReport } from "./read-report.ts";
import { sortedById } from "./shard.ts";

/**
 * One report of those of all shards, or of parts of a class that were graded apart.
 *
 * @throws {UserError} when they were not graded by the same rules, one learner is in two, or a shard is missing
 */
export function mergeReports(found: FoundReport[]): GradeReport {
  const [first, ...others] = found;
  if (first === undefined) throw new UserError("Expected reports to merge, got none");
  for (const other of others) refuseOtherRules(first, other);
  refuseMissingShards(found);
  refuseDuplicates(found);
  const reports = found.map(({ report }) => report);
  const { shard: _, notices: __, ...same } = first.report;
  // Each shard has looked at the whole class.
  const notices = [...new Set(reports.flatMap((report) => report.notices ?? []))];
  return {
    ...same,
    startedAt: reports.map(({ startedAt }) => startedAt).toSorted()[0] ?? "",
    finishedAt:
      reports
        .map(({ finishedAt }) => finishedAt)
        .toSorted()
        .at(-1) ?? "",
    versions: joinVersions(reports),
    seal: joinSeals(reports),
    submissions: sortedById(reports.flatMap(({ submissions }) => submissions)),
    ...(notices.length > 0 && { notices }),
  };
}

/** Marks by other rules are no marks of the same class. */
function refuseOtherRules(one: FoundReport, other: FoundReport): void {
  const rules: [what: string, of: (report: GradeReport) => unknown][] = [
    ["sealed", ({ seal }) => seal.level],
    ["track", ({ track }) => track ?? null],
    ["exercises", ({ exercises }) => exercises.map(({ label }) => label)],
    ["suites", ({ exercises }) => exercises.map(({ suiteHash }) => suiteHash)],
    ["points", ({ exercises }) => exercises.map(({ points, tests }) => [points, tests])],
    ["workshop", ({ versions }) => versions["workshop"] ?? null],
    ["Node", ({ versions }) => versions["node"] ?? null],
  ];
  for (const [what, of] of rules) {
    if (JSON.stringify(of(one.report)) === JSON.stringify(of(other.report))) continue;
    const [a, b] = [one, other].map(({ report }) => JSON.stringify(of(report)));
    const shown = (a ?? "").length + (b ?? "").length < 60 ? `: ${a} and ${b}` : "";
    throw new UserError(
      `Expected reports that were graded alike, but "${one.path}" and "${other.path}" differ in ${words[what]}${shown}`,
    );
  }
}

const words: { [what: string]: string } = {
  sealed: "how far the answers were shut in",
  track: "their track",
  exercises: "their exercises",
  suites: "the suites that graded them: they are of different versions of the course",
  points: "the points or the weights of tests",
  workshop: "the version of the workshop",
  Node: "the version of Node",
};

function refuseMissingShards(found: FoundReport[]): void {
  const shards = found.map(({ report: { shard } }) => shard);
  if (shards.every((shard) => shard === undefined)) return;
  const places = new Map<number, string>();
  const [first] = shards;
  for (const { path, report } of found) {
    const { shard } = report;
    if (shard === undefined || first === undefined)
      throw new UserError(`Expected shards of one class, but one of these reports is of none: "${path}"`);
    if (shard.count !== first.count)
      throw new UserError(
        `Expected shards of one class, got ${first.index}/${first.count} and ${shard.index}/${shard.count} ("${path}")`,
      );
    const before = places.get(shard.index);
    if (before !== undefined)
      throw new UserError(
        `Expected each shard once, got ${shard.index}/${shard.count} in "${before}" and in "${path}"`,
      );
    places.set(shard.index, path);
  }
  const count = first?.count ?? 0;
  const missing = Array.from({ length: count }, (_, at) => at + 1).filter((index) => !places.has(index));
  if (missing.length > 0)
    throw new UserError(
      `Expected all ${count} shards, but ${missing.length === 1 ? "one is" : `${missing.length} are`} missing: ` +
        `${missing.map((index) => `${index}/${count}`).join(", ")}. Nothing was written`,
    );
}

function refuseDuplicates(found: FoundReport[]): void {
  const places = new Map<string, string>();
  for (const { path, report } of found) {
    for (const { id } of report.submissions) {
      const before = places.get(id);
      if (before !== undefined)
        throw new UserError(`Expected each submission once, got "${id}" in "${before}" and in "${path}"`);
      places.set(id, path);
    }
  }
}

/** Machines may differ in their kernels: each that graded is named. */
function joinVersions(reports: GradeReport[]): GradeReport["versions"] {
  const names = new Set(reports.flatMap(({ versions }) => Object.keys(versions)));
  return Object.fromEntries(
    [...names].map((name) => {
      const all = new Set(reports.flatMap(({ versions }) => versions[name] ?? []));
      return [name, [...all].toSorted().join(", ")];
    }),
  );
}

/** Held is what held everywhere. */
function joinSeals(reports: GradeReport[]): Seal {
  const all = reports.flatMap(({ seal }) => seal.canaries);
  const canaries = [...new Set(all.map(({ title }) => title))].map((title): Canary => {
    const its = all.filter((canary) => canary.title === title);
    const shown = its.find(({ held }) => !held) ?? its[0];
    return { title, held: its.every(({ held }) => held), detail: shown?.detail ?? "" };
  });
  const reasons = [...new Set(reports.map(({ seal }) => seal.reason))];
  return { level: reports[0]?.seal.level ?? "open", reason: reasons.join("; "), canaries };
}
