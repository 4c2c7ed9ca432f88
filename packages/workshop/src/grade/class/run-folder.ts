import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ExerciseResult, GradedExercise } from "@tcpip-workshop/report";
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
}

const schema = "tcpip-workshop/grade-run/1";
const configurationFile = "run.json";

/**
 * Where a run writes each result as soon as there is one, so that a run that was killed goes on where it was:
 * `results/<id>/<label>.json`. It belongs to one configuration.
 */
export class RunFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** @throws {UserError} when the folder holds anything else than an earlier run of the same configuration */
  static async open(path: string, configuration: RunConfiguration): Promise<RunFolder> {
    const wanted: { [part: string]: unknown } = { schema, ...configuration };
    const before = configurationIn(path);
    if (before === undefined) await makeFolder(path, wanted);
    else refuseOther(path, before, wanted);
    const folder = new RunFolder(path);
    folder.#removeUnfinished();
    return folder;
  }

  /** The result that an earlier run has written here, if it is of the very same answer, suite, level and versions. */
  read(id: string, label: string, key: string): Promise<Judged | undefined> {
    return readKept(this.#resultPath(id, label), key);
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

async function makeFolder(path: string, configuration: { [part: string]: unknown }): Promise<void> {
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
    await writeWhole(join(path, configurationFile), `${JSON.stringify(configuration, null, 2)}\n`);
  } catch (error) {
    throw new UserError(
      `Expected --out with a folder that can be written, got "${path}": ${(error as Error).message}`,
    );
  }
}

function configurationIn(path: string): { [part: string]: unknown } | undefined {
  const file = join(path, configurationFile);
  if (!existsSync(file)) return undefined;
  try {
    const found = JSON.parse(readFileSync(file, "utf8")) as { [part: string]: unknown };
    if (found["schema"] === schema) return found;
  } catch {
    // Not JSON.
  }
  throw new UserError(`Expected ${file} to be of a run of this workshop, but it is not. Name another folder`);
}

/** What was graded by other rules is no part of this run, and is not ours to overwrite. */
function refuseOther(
  path: string,
  before: { [part: string]: unknown },
  wanted: { [part: string]: unknown },
): void {
  const parts: [part: string, words: string][] = [
    ["exercises", "exercises, points or weights"],
    ["track", "track"],
    ["shard", "shard"],
    ["isMerged", "kind (a run, or a merge of some)"],
  ];
  for (const [part, words] of parts) {
    if (JSON.stringify(before[part]) === JSON.stringify(wanted[part])) continue;
    throw new UserError(
      `"${path}" holds a run of other ${words}: ${shown(before[part])}.\nThis run: ${shown(wanted[part])}. Name another folder with --out`,
    );
  }
}

function shown(part: unknown): string {
  if (part === undefined) return "none";
  if (!Array.isArray(part)) return JSON.stringify(part);
  const exercises = part as RunConfiguration["exercises"];
  return exercises.map(({ label, points }) => `${label} ${points}`).join(", ");
}
