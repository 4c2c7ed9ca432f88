import { fileURLToPath } from "node:url";
import { tryAnswers } from "../seal/canaries.ts";
import { Cell } from "../seal/cell.ts";
import type { CellOptions } from "../seal/cell.ts";
import type { Verdict } from "../verdict.ts";

export const course = fileURLToPath(new URL("../../../..", import.meta.url)).replace(/\/$/, "");

export async function gradeInCell(
  exercise: string,
  folder: string,
  options: CellOptions = {},
): Promise<Verdict> {
  await using cell = new Cell(course);
  return await cell.grade(exercise, folder, options);
}

/** Why there can be no cell here; undefined where there can. Not by looking for programs: by grading an answer in one. */
export async function whyNoCell(): Promise<string | undefined> {
  try {
    const broken = (await tryAnswers(gradeInCell)).find(({ held }) => !held);
    return broken && `${broken.title}: ${broken.detail}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
