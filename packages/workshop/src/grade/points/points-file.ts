import type { Exercise } from "@tcpip-workshop/grader";
import type { Track } from "../../course/track.ts";
import { UserError } from "../../course/user-error.ts";
import { nearestOf } from "../../text/nearest.ts";

/** What is asked of an exercise here: its name and its tests. */
export type PointedExercise = Pick<Exercise, "label" | "hints">;

/** What an instructor's file says, and no more: what it does not name is not here. */
export interface SaidPoints {
  exercises: Map<string, SaidExercise>;
  tracks: SaidShare[];
}

/** What the exercises of a track count together. */
export interface SaidShare {
  name: string;
  labels: string[];
  points: number;
  /** The file and the line. */
  place: string;
}

interface SaidExercise {
  points: number;
  /** By the test's title. */
  weights: Map<string, number>;
}

/** The largest number that is read. */
const most = 10_000;

/** The largest file that is read, in characters. */
const longest = 1_000_000;

/** @throws {UserError} with the line, what was expected and what there is */
export function parsePoints(
  text: string,
  exercises: PointedExercise[],
  file: string,
  tracks: Track[],
): SaidPoints {
  if (text.length > longest)
    throw new UserError(`${file}: expected at most ${longest} characters, got ${text.length}`);
  const said: SaidPoints = { exercises: new Map(), tracks: [] };
  const places = new Map<string, string>();
  let current: PointedExercise | undefined;
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const typed = line.replace(/(^|\s)#.*/, "").trim();
    if (typed === "") continue;
    const place = `${file}, line ${index + 1}`;
    if (/^\s/.test(line)) {
      if (current === undefined)
        throw new UserError(
          `${place}: expected an exercise, such as "04 20", before its tests, got "${typed}"`,
        );
      readTest(hasTitle(line, current) ? line.trim() : typed, place, current, said);
      continue;
    }
    const share = /^track\s+(.*)$/.exec(typed)?.[1];
    if (share !== undefined) {
      readShare(share, place, tracks, said, places);
      current = undefined;
      continue;
    }
    current = readExerciseLine(typed, place, exercises, said);
  }
  for (const exercise of exercises) refuseNoWeight(exercise, said, file);
  return said;
}

function readExerciseLine(
  typed: string,
  place: string,
  exercises: PointedExercise[],
  said: SaidPoints,
): PointedExercise {
  const [name = "", count, ...more] = typed.split(/\s+/);
  if (count === undefined || more.length > 0)
    throw new UserError(`${place}: expected an exercise and its points, such as "04 20", got "${typed}"`);
  const exercise = findExercise(name, exercises);
  if (exercise === undefined) {
    const labels = exercises.map(({ label }) => label);
    const wanted = name.replace(/^\d+-/, "");
    const near = nearestOf(wanted, labels, (label) => label.replace(/^\d+-/, ""));
    throw new UserError(`${place}: expected an exercise, got "${name}"${nearestText(near)}`);
  }
  if (said.exercises.has(exercise.label))
    throw new UserError(`${place}: expected each exercise once, got ${exercise.label} again`);
  said.exercises.set(exercise.label, { points: readNumber(count, place, "points"), weights: new Map() });
  return exercise;
}

function findExercise(typed: string, exercises: PointedExercise[]): PointedExercise | undefined {
  const wanted = typed.toLowerCase();
  const number = /^\d{1,2}$/.test(wanted) ? `${wanted.padStart(2, "0")}-` : undefined;
  return exercises.find(
    ({ label }) =>
      label === wanted ||
      label.replace(/^\d+-/, "") === wanted ||
      (number !== undefined && label.startsWith(number)),
  );
}

/** A title may hold what would else begin a comment. */
function hasTitle(line: string, { hints }: PointedExercise): boolean {
  return hints.some(({ title }) => line.trim().replace(/^\S+\s+/, "") === title);
}

function readTest(typed: string, place: string, exercise: PointedExercise, said: SaidPoints): void {
  const [, weight, title] = /^(\S+)\s+(.*)$/.exec(typed) ?? [];
  if (weight === undefined || title === undefined)
    throw new UserError(`${place}: expected a weight and the title of a test, got "${typed}"`);
  const count = readNumber(weight, place, "a weight");
  const titles = exercise.hints.map((hints) => hints.title);
  if (!titles.includes(title))
    throw new UserError(
      `${place}: expected the title of a test of ${exercise.label}, got "${title}"${nearestText(
        nearestOf(title, titles)
          .slice(0, 1)
          .map((near) => `"${near}"`),
      )}`,
    );
  const weights = said.exercises.get(exercise.label)?.weights;
  if (weights?.has(title)) throw new UserError(`${place}: expected each test once, got "${title}" again`);
  weights?.set(title, count);
}

/** An exercise is in one share at the most, or it could not be said what it counts. */
function readShare(
  typed: string,
  place: string,
  tracks: Track[],
  said: SaidPoints,
  places: Map<string, string>,
): void {
  const [name = "", count, ...more] = typed.split(/\s+/);
  if (count === undefined || more.length > 0)
    throw new UserError(
      `${place}: expected a track and its points, such as "track payments 60", got "track ${typed}"`,
    );
  const track = tracks.find((each) => each.name === name);
  if (track === undefined) {
    const names = tracks.map((each) => each.name).join(", ");
    throw new UserError(
      `${place}: expected a track, got "${name}". There are: ${names === "" ? "none" : names}`,
    );
  }
  for (const label of track.labels) {
    const before = places.get(label);
    if (before !== undefined)
      throw new UserError(
        `${place}: expected tracks without an exercise in common, got ${label}, which is in ${before}, too`,
      );
    places.set(label, `"track ${name}" of line ${/\d+$/.exec(place)?.[0]}`);
  }
  said.tracks.push({ name, labels: track.labels, points: readNumber(count, place, "points"), place });
}

function readNumber(typed: string, place: string, what: string): number {
  const count = Number(typed);
  if (!/^\d{1,5}(\.\d{1,2})?$/.test(typed) || count > most)
    throw new UserError(
      `${place}: expected ${what} from 0 to ${most}, with two decimals at most, got "${typed}"`,
    );
  return count;
}

/** Points that no test earns would be given for nothing, or to nobody. */
function refuseNoWeight({ label, hints }: PointedExercise, { exercises }: SaidPoints, file: string): void {
  const said = exercises.get(label);
  if (said === undefined || said.points === 0) return;
  if (hints.every(({ title }) => said.weights.get(title) === 0))
    throw new UserError(
      `${file}: expected a test of ${label} with a weight above 0, got none: nobody could earn its ${said.points} points`,
    );
}

/** `. The nearest: 04-framing`, or nothing. */
function nearestText(near: string[]): string {
  return near.length === 0 ? "" : `. The nearest: ${near.join(", ")}`;
}
