import { readFileSync } from "node:fs";
import type { GradedExercise } from "@tcpip-workshop/report";
import type { Course } from "../../course/course.ts";
import { findTarget } from "../../course/target.ts";
import { readTrack, trackNames } from "../../course/track.ts";
import { UserError } from "../../course/user-error.ts";
import { readPoints } from "../points/points.ts";
import { SuiteHashes } from "./suite-hash.ts";

/** What is to be graded of each submission. */
export interface Due {
  track?: string;
  /** In the course's order. */
  exercises: GradedExercise[];
  /** Of these, an untouched stub is graded, too: somebody asked for it. */
  named: ReadonlySet<string>;
}

export interface DueOptions {
  /** As they were typed: `04`, `framing`, `04,07`. None of them is all. */
  typed?: string[];
  track?: string | undefined;
  /** The instructor's file. */
  points?: string | undefined;
}

/** @throws {UserError} when there is no such exercise, track or file, or the file, with its line, is none */
export function readDue(course: Course, { typed = [], track, points }: DueOptions): Due {
  if (typed.length > 0 && track !== undefined)
    throw new UserError(`Expected --exercise or --track, got both`);
  const named = new Set(
    typed.flatMap((words) => words.split(",")).map((word) => findTarget(course, word.trim()).label),
  );
  const wanted = new Set(
    track === undefined ? (named.size > 0 ? named : course.labels) : readTrack(course, track).labels,
  );
  const hashes = new SuiteHashes(course);
  const tracks = points === undefined ? [] : trackNames(course).map((name) => readTrack(course, name));
  const all = course.labels.map((label) => course.exercise(label));
  const graded = readPoints(points === undefined ? undefined : readText(points), all, {
    ...(points !== undefined && { file: points }),
    tracks,
  });
  const exercises = graded
    .filter(({ label }) => wanted.has(label))
    .map((each) => ({
      label: each.label,
      suiteHash: hashes.of(each.label),
      points: each.points,
      tests: each.tests,
    }));
  return { ...(track !== undefined && { track }), exercises, named };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no such file" : message;
    throw new UserError(`Expected --points with a file, got "${file}": ${why}`);
  }
}
