import type { GradedExercise } from "@tcpip-workshop/report";
import type { Track } from "../../course/track.ts";
import { cents, points, shareOut } from "./shares.ts";
import { parsePoints, type PointedExercise } from "./points-file.ts";

/** What an exercise and its tests count: a {@link GradedExercise} without its suite's hash. */
export type GradedPoints = Omit<GradedExercise, "suiteHash">;

export interface PointsOptions {
  /** What the file is called in errors. */
  file?: string;
  /** The tracks that the file may give a share. */
  tracks?: Track[];
}

/** What an exercise counts that the file does not name. */
const usualPoints = 10;

/**
 * What each exercise counts, in the order of `exercises`. Without a text every exercise counts 10 points, and every test
 * the same.
 *
 * ```text
 * # An exercise a line, by number or name, and what it counts: at most two decimals. Others count 10.
 * 04-framing 20
 *   # Under it, a weight and the title of a test. Others weigh 1.
 *   3 returns both frames when one chunk carries two
 * 07 0
 * # The exercises of a track count 60 together, each as much of it as its own points are of theirs.
 * track payments 60
 * ```
 *
 * @param text of the instructor's file
 * @param exercises all that the file may name
 * @throws {UserError} with the line, what was expected and what there is
 */
export function readPoints(
  text: string | undefined,
  exercises: PointedExercise[],
  { file = "points", tracks = [] }: PointsOptions = {},
): GradedPoints[] {
  const said = parsePoints(text ?? "", exercises, file, tracks);
  const graded = exercises.map(({ label, hints }) => ({
    label,
    points: said.exercises.get(label)?.points ?? usualPoints,
    tests: hints.map(({ title }) => ({ title, weight: said.exercises.get(label)?.weights.get(title) ?? 1 })),
  }));
  for (const { labels, points: share } of said.tracks) {
    const members = graded.filter(({ label }) => labels.includes(label));
    const shares = shareOut(
      cents(share),
      members.map((member) => member.points),
    );
    for (const [index, member] of members.entries()) member.points = points(shares[index] ?? 0);
  }
  return graded;
}
