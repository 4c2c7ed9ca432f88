import type { GradedExercise } from "@tcpip-workshop/report";
import type { Track } from "../../course/track.ts";
import { cents, points, shareOut } from "./shares.ts";
import { UserError } from "../../course/user-error.ts";
import { parsePoints, type PointedExercise, type SaidPoints, type SaidShare } from "./points-file.ts";

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
 * # The exercises of a track count 60 together: those that have a line of their own count what it says, and the others share
 * # the rest.
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
  for (const share of said.tracks) giveShare(share, said, graded);
  return graded;
}

/** No number that is written comes out as another one. */
function giveShare(
  { name, labels, points: whole, place }: SaidShare,
  said: SaidPoints,
  graded: GradedPoints[],
): void {
  const members = graded.filter(({ label }) => labels.includes(label));
  const others = members.filter(({ label }) => !said.exercises.has(label));
  const own = members.filter((member) => !others.includes(member));
  const taken = own.reduce((sum, member) => sum + cents(member.points), 0);
  const rest = cents(whole) - taken;
  if (others.length === 0 && rest !== 0)
    throw new UserError(
      `${place}: expected ${points(taken)} points for the track ${name}, for each of its exercises has a line, and these say so, got ${whole}`,
    );
  if (others.length > 0 && (rest < 0 || (rest === 0 && whole > 0)))
    throw new UserError(
      `${place}: expected more than ${points(taken)} points for the track ${name}, which other lines give to ${own.map(({ label }) => label).join(", ")}, got ${whole}`,
    );
  const shares = shareOut(
    rest,
    others.map(() => 1),
  );
  for (const [index, member] of others.entries()) member.points = points(shares[index] ?? 0);
}
