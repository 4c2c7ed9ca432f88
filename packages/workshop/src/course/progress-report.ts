import type { Course } from "./course.ts";
import { answerState, hasPassed, type AnswerState } from "./progress-state.ts";
import { openedHints, readProgress, type Entry } from "./progress.ts";
import { currentLabel } from "./start-current.ts";
import { readTrack, trackNames } from "./track.ts";

/** What `workshop progress --json` prints. Fields are added, never renamed; what has not happened is null. */
export interface ProgressReport {
  /** The form of this very object; 1. */
  version: 1;
  /** The name of the track that is followed. */
  track: string | null;
  /** The label of the exercise the learner is at. */
  current: string;
  /** Every exercise of the course, in reading order. */
  exercises: ReportedExercise[];
  /** Every track that there is. */
  tracks: { name: string; title: string; passed: number; of: number; minutes: number; followed: boolean }[];
  /** Of the whole course. */
  total: {
    exercises: number;
    passed: number;
    minutes: number;
    hints: number;
    givenUp: number;
    reviewed: number;
  };
}

/** Moments are in ISO 8601, UTC, to the second. */
export interface ReportedExercise {
  label: string;
  /** How the answer in `exercises/` stands now. */
  answer: AnswerState;
  /** The last verdict. */
  graded: { passed: number; total: number; at: string; failing: string[] } | null;
  passedAt: string | null;
  /** At work until the first pass. */
  minutes: number;
  /** Levels opened, by test. */
  hints: { test: string; levels: number }[];
  gaveUpAt: string | null;
  reviewingSince: string | null;
  reviewedAt: string | null;
}

export function progressReport(course: Course): ProgressReport {
  const progress = readProgress(course.root);
  const { exercises, track } = progress;
  const entries = course.labels.map((label) => exercises.get(label));
  const minutesOf = (all: (Entry | undefined)[]): number => tenths(sum(all, (entry) => entry.minutes));
  return {
    version: 1,
    track: track ?? null,
    current: currentLabel(course, progress),
    exercises: course.labels.map((label) => reported(course, label, exercises.get(label))),
    tracks: trackNames(course).map((name) => {
      const { title, labels } = readTrack(course, name);
      const own = labels.map((label) => exercises.get(label));
      const passed = own.filter(hasPassed).length;
      return { name, title, passed, of: labels.length, minutes: minutesOf(own), followed: name === track };
    }),
    total: {
      exercises: entries.length,
      passed: entries.filter(hasPassed).length,
      minutes: minutesOf(entries),
      hints: sum(entries, openedHints),
      givenUp: entries.filter((entry) => entry?.gaveUpAt !== undefined).length,
      reviewed: entries.filter((entry) => entry?.reviewedAt !== undefined).length,
    },
  };
}

function reported(course: Course, label: string, entry: Entry | undefined): ReportedExercise {
  const { passed = 0, total = 0, at = "", failing = [] } = entry?.graded ?? {};
  return {
    label,
    answer: answerState(course, label, entry),
    graded: entry?.graded === undefined ? null : { passed, total, at, failing },
    passedAt: entry?.passedAt ?? null,
    minutes: tenths(entry?.minutes ?? 0),
    hints: [...(entry?.hints ?? [])].map(([test, levels]) => ({ test, levels })),
    gaveUpAt: entry?.gaveUpAt ?? null,
    reviewingSince: entry?.reviewingSince ?? null,
    reviewedAt: entry?.reviewedAt ?? null,
  };
}

function sum(entries: (Entry | undefined)[], of: (entry: Entry) => number): number {
  return entries.reduce((all, entry) => all + (entry === undefined ? 0 : of(entry)), 0);
}

function tenths(minutes: number): number {
  return Math.round(minutes * 10) / 10;
}
