import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ExerciseResult } from "../../packages/report/src/index.ts";

/** The seeds of what was graded before the kill, by learner and exercise: who grades anew takes another. */
export function keptIn(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  const results = join(folder, "results");
  for (const name of readdirSync(results, { recursive: true, encoding: "utf8" })) {
    const [, id, label] = /^([^/]+)\/([^/]+)\.json$/.exec(name) ?? [];
    if (id === undefined) continue;
    const { seed: its, status } = JSON.parse(readFileSync(join(results, name), "utf8")) as ExerciseResult;
    if (["pass", "fail"].includes(status)) found.set(`${id} ${label}`, its);
  }
  return found;
}
