import { readFile } from "node:fs/promises";
import type { Judged } from "./exercise-result.ts";

/** A result on disk: the result itself, and the key it is found by. */
type KeptResult = Judged & { key: string };

/** The result that is kept in this file, if it is one with this key. Whatever else it holds is as if it were not there. */
export async function readKept(path: string, key: string): Promise<Judged | undefined> {
  try {
    const { key: found, ...judged } = JSON.parse(await readFile(path, "utf8")) as KeptResult;
    return found === key && isResult(judged) ? judged : undefined;
  } catch {
    return undefined;
  }
}

/** As much as keeps a file that somebody has edited from breaking the run. */
function isResult(judged: Judged): boolean {
  return (
    ["pass", "fail"].includes(judged.status) &&
    typeof judged.exercise === "string" &&
    typeof judged.seed === "string" &&
    Array.isArray(judged.tests) &&
    judged.tests.every(({ title, status }) => typeof title === "string" && ["pass", "fail"].includes(status))
  );
}
