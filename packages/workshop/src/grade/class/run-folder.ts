import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ExerciseResult, GradedExercise, Seal } from "@tcpip-workshop/report";
import { UserError } from "../../course/user-error.ts";
import { unfinished, writeWhole } from "./atomic-file.ts";
import type { Judged } from "./exercise-result.ts";
import { readKept } from "./kept-result.ts";
import type { Shard } from "./shard.ts";

/** What a folder of results belongs to. */
export interface RunConfiguration {
  exercises: Omit<GradedExercise, "suiteHash">[];
  track?: string;
  shard?: Shard;
  /** It holds what several runs came to. */
  isMerged?: boolean;
  level: Seal["level"];
}

/** What `run.json` says, and may have been edited. */
type Said = { [part: string]: unknown };

const schema = "tcpip-workshop/grade-run/1";
const configurationFile = "run.json";

/**
 * Where a run writes each result as soon as there is one, so that a run that was killed goes on where it was:
 * `results/<id>/<label>.json`. It belongs to one configuration.
 */
export class RunFolder {
  readonly path: string;
  /** The level of the run that is here already, if it is another: none of its results is taken. */
  readonly levelBefore: Seal["level"] | undefined;
  readonly #said: Said;

  private constructor(path: string, said: Said, levelBefore: Seal["level"] | undefined) {
    this.path = path;
    this.#said = said;
    this.levelBefore = levelBefore;
  }

  /**
   * @param isAnew takes no result of a run that is complete; one that was ended goes on
   * @throws {UserError} when the folder holds anything else than an earlier run of the same configuration, or a sealed run, and this
   *   one is open
   */
  static async open(path: string, configuration: RunConfiguration, isAnew = false): Promise<RunFolder> {
    const before = configurationIn(path);
    if (before === undefined) makeFolder(path);
    else refuseOther(path, before, { ...configuration });
    const since = isAnew && before?.["isComplete"] === true ? new Date().toISOString() : before?.["since"];
    const said = { schema, ...configuration, ...(typeof since === "string" && { since }) };
    const isRaised = before?.["level"] === "open" && configuration.level === "sealed";
    const folder = new RunFolder(path, said, isRaised ? "open" : undefined);
    await folder.#say(said);
    folder.#removeUnfinished();
    return folder;
  }

  /** All is written: to grade it anew is to grade all of it. */
  async complete(): Promise<void> {
    await this.#say({ ...this.#said, isComplete: true });
  }

  /** The result that an earlier run has written here, if it is of the very same answer, suite, level and versions. */
  async read(id: string, label: string, key: string): Promise<Judged | undefined> {
    const kept = await readKept(this.#resultPath(id, label), key);
    const { since } = this.#said;
    return kept !== undefined && typeof since === "string" && kept.gradedAt < since ? undefined : kept;
  }

  /** @throws {UserError} when it cannot be written: a mark that is nowhere is none */
  async write(id: string, result: ExerciseResult, key: string): Promise<void> {
    const path = this.#resultPath(id, result.exercise);
    try {
      await writeWhole(path, `${JSON.stringify({ ...result, key }, null, 2)}\n`);
    } catch (error) {
      throw new UserError(
        `Expected to write ${path}, but: ${(error as Error).message}.\n` +
          "What was graded before is kept: the same command goes on from there",
      );
    }
  }

  #resultPath(id: string, label: string): string {
    return join(this.path, "results", fileName(id), `${label}.json`);
  }

  async #say(said: Said): Promise<void> {
    try {
      await writeWhole(join(this.path, configurationFile), `${JSON.stringify(said, null, 2)}\n`);
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  #removeUnfinished(): void {
    const results = join(this.path, "results");
    if (!existsSync(results)) return;
    for (const name of readdirSync(results, { recursive: true, encoding: "utf8" }))
      if (name.endsWith(unfinished)) rmSync(join(results, name), { force: true });
  }
}

/** @throws {Error} for an id that would lead out of its folder */
export function fileName(id: string): string {
  // oxlint-disable-next-line no-control-regex -- it is about these
  if (id.length > 200 || /^\.|[/\\:\u0000-\u001F]/.test(id) || id === "")
    throw new Error(`Expected an id that is fit for a file's name, got ${JSON.stringify(id)}`);
  return id;
}

function makeFolder(path: string): void {
  if (existsSync(path)) {
    if (!statSync(path).isDirectory())
      throw new UserError(`Expected --out with a folder, got the file "${path}"`);
    const first = readdirSync(path).find((name) => !name.endsWith(unfinished));
    if (first !== undefined)
      throw new UserError(
        `Expected --out with an empty folder, or one of an earlier run, but "${path}" holds "${first}" and no ${configurationFile}`,
      );
  }
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw unwritable(path, error);
  }
}

function unwritable(path: string, error: unknown): UserError {
  return new UserError(
    `Expected --out with a folder that can be written, got "${path}": ${(error as Error).message}`,
  );
}

function configurationIn(path: string): Said | undefined {
  const file = join(path, configurationFile);
  if (!existsSync(file)) return undefined;
  try {
    const found = JSON.parse(readFileSync(file, "utf8")) as Said;
    if (found["schema"] === schema) return found;
  } catch {
    // Not JSON.
  }
  throw new UserError(`Expected ${file} to be of a run of this workshop, but it is not. Name another folder`);
}

/** What was graded by other rules is no part of this run, and is not ours to overwrite. */
function refuseOther(path: string, before: Said, wanted: Said): void {
  const another = "Name another folder with --out";
  if (before["level"] === "sealed" && wanted["level"] === "open")
    throw new UserError(`"${path}" holds a sealed run, and this one is open: it is worth less. ${another}`);
  const parts: [part: string, words: string, shown: (part: unknown) => string][] = [
    ["exercises", "a run of other exercises, points or weights: ", exercisesText],
    [
      "track",
      "a run of ",
      (track) => (track === undefined ? "no track" : `the track ${JSON.stringify(track)}`),
    ],
    ["shard", "", shardText],
    ["isMerged", "", (isMerged) => (isMerged === true ? "what was merged" : "a run, and nothing merged")],
  ];
  for (const [part, words, shown] of parts) {
    if (JSON.stringify(before[part]) === JSON.stringify(wanted[part])) continue;
    throw new UserError(
      `"${path}" holds ${words}${shown(before[part])}.\nThis run: ${shown(wanted[part])}. ${another}`,
    );
  }
}

function exercisesText(part: unknown): string {
  const exercises = part as RunConfiguration["exercises"];
  return Array.isArray(exercises)
    ? exercises.map(({ label, points }) => `${label} ${points}`).join(", ")
    : JSON.stringify(part);
}

function shardText(part: unknown): string {
  const shard = part as Shard | undefined;
  return shard === undefined ? "no shard, but the whole class" : `shard ${shard.index}/${shard.count}`;
}
