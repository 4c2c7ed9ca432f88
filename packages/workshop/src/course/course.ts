import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readExercise, type Exercise } from "@tcpip-workshop/grader/early";
import { UserError } from "./user-error.ts";

/** The project on disk. */
export interface Course {
  root: string;
  /** The labels of the exercises, in reading order. */
  labels: string[];
  exercise(label: string): Exercise;
  /** The names of the mistakes kept for an exercise, the stub not among them. */
  mistakes(label: string): string[];
}

/** The untouched stub, kept as the first wrong answer, so that it is there when the learner's file has moved on. */
export const stubName = "stub";

export function openCourse(
  root = fileURLToPath(new URL("../../../..", import.meta.url)).replace(/\/$/, ""),
): Course {
  const labels = folders(join(root, "exercises")).filter((name) => /^\d\d-/.test(name));
  return {
    root,
    labels,
    exercise: (label) => readOrExplain(join(root, "exercises", label)),
    mistakes: (label) => folders(join(root, "mistakes", label)).filter((name) => name !== stubName),
  };
}

function readOrExplain(folder: string): Exercise {
  try {
    return readExercise(folder);
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  }
}

function folders(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "node_modules" && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .toSorted();
}
