import type { ExerciseResult, GradeReport, SubmissionResult } from "./grade-report.ts";
import { firstFailureOf } from "./standing.ts";

export type Status = ExerciseResult["status"];

/** A status is told by a sign and a word, never by colour alone. */
export const signs = { pass: "✓", fail: "✗", error: "!", absent: "–" } as const;
export const words = { pass: "passes", fail: "fails", error: "error", absent: "not handed in" } as const;

/** A class in figures. */
export interface Summary {
  exercises: ExerciseSummary[];
  /** Of the submissions, each 0 to 1, from the lowest. */
  shares: number[];
  /** The middle of the shares, 0 to 1. */
  median: number;
  mean: number;
  /** How many learners passed all. */
  whole: number;
  /** Answers that failed, but show nothing of what is hard: the tests could not ask them. Not among the missed. */
  unasked: Unasked;
}

export interface Unasked {
  /** Could not be loaded, or lack what is asked for. */
  loading: number;
  /** Their process ended itself. */
  ended: number;
  /** Untouched stubs that were graded. */
  stub: number;
}

export interface ExerciseSummary {
  label: string;
  counts: { [status in Status]: number };
  /** Of all learners, those who handed in nothing included. */
  meanPoints: number;
  points: number;
  /** Tests that fail for somebody, those first that fail most often. */
  missed: MissedTest[];
}

export interface MissedTest {
  exercise: string;
  title: string;
  /** For how many learners it fails. */
  fails: number;
  /** For how many it is the first that fails: where they stand. */
  first: number;
  /** Of how many it was asked. */
  asked: number;
  why: string;
  read: string;
}

export function summaryOf(report: GradeReport): Summary {
  const shares = report.submissions.map(shareOf).toSorted((a, b) => a - b);
  const middle = shares.length / 2;
  return {
    exercises: report.exercises.map(({ label, points }, index) => {
      const results = report.submissions.flatMap((submission) => resultOf(submission, label, index) ?? []);
      return { label, points, ...figuresOf(results) };
    }),
    shares,
    median: mean(shares.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1)),
    mean: mean(shares),
    whole: report.submissions.filter(({ results }) => results.every(({ status }) => status === "pass"))
      .length,
    unasked: unaskedOf(report.submissions.flatMap(({ results }) => results)),
  };
}

/** The results are in the exercises' order; where one is not, it is looked for. */
export function resultOf(
  { results }: SubmissionResult,
  label: string,
  index: number,
): ExerciseResult | undefined {
  const here = results[index];
  return here?.exercise === label ? here : results.find(({ exercise }) => exercise === label);
}

/** `16 exercises of the track payments, part 3 of 20`. The track's name is as it came. */
export function scopeText({ exercises, track, shard }: GradeReport): string {
  const part = shard === undefined ? "" : `, part ${shard.index} of ${shard.count} of the class`;
  return `${count(exercises.length, "exercise")}${track === undefined ? "" : ` of the track ${track}`}${part}`;
}

/** 0 to 1; 0 where nothing counts. */
export function shareOf({ points, maxPoints }: { points: number; maxPoints: number }): number {
  return maxPoints > 0 ? Math.min(Math.max(points / maxPoints, 0), 1) : 0;
}

/** `7.25`: as few digits as say it, at most two behind the point. */
export function pointsText(points: number): string {
  return String(Math.round(points * 100) / 100);
}

export function percent(share: number): string {
  // 99.6 % is not everything, and 0.4 % not nothing.
  const rounded = share > 0 && share < 1 ? Math.min(Math.max(Math.round(share * 100), 1), 99) : share * 100;
  return `${rounded} %`;
}

/** `1 file`, `3 files`. */
export function count(many: number, thing: string, things = `${thing}s`): string {
  return `${many} ${many === 1 ? thing : things}`;
}

/** `2026-11-23 09:11 UTC`; what is no such time stays what it is. */
export function timeText(iso: string): string {
  const [, day, minute] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::[\d.]+)?Z$/.exec(iso) ?? [];
  return day === undefined ? iso : `${day} ${minute} UTC`;
}

function figuresOf(results: ExerciseResult[]): Omit<ExerciseSummary, "label" | "points"> {
  const counts = { pass: 0, fail: 0, error: 0, absent: 0 };
  const missed = new Map<string, MissedTest>();
  let asked = 0;
  for (const result of results) {
    const { exercise, status, reason, tests } = result;
    counts[status]++;
    if (status === "error" || tests.length === 0 || reason !== undefined) continue;
    if (whyUnasked(result) !== undefined) continue;
    asked++;
    const failed = tests.filter((test) => test.status === "fail");
    for (const [index, { title, why, read, obstacle }] of failed.entries()) {
      if (obstacle !== undefined) continue;
      const one = missed.get(title) ?? { exercise, title, why, read, fails: 0, first: 0, asked };
      one.fails++;
      if (index === 0) one.first++;
      missed.set(title, one);
    }
  }
  for (const one of missed.values()) one.asked = asked;
  return {
    counts,
    meanPoints: mean(results.map(({ points }) => points)),
    missed: [...missed.values()].toSorted((a, b) => b.fails - a.fails || b.first - a.first),
  };
}

function unaskedOf(results: ExerciseResult[]): Unasked {
  const unasked = { loading: 0, ended: 0, stub: 0 };
  for (const result of results) {
    const why = whyUnasked(result);
    if (why !== undefined) unasked[why]++;
  }
  return unasked;
}

function whyUnasked(result: ExerciseResult): keyof Unasked | undefined {
  const first = firstFailureOf(result);
  return first === undefined ? undefined : result.isStub === true ? "stub" : first.obstacle;
}

function mean(numbers: number[]): number {
  return numbers.length === 0 ? 0 : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
