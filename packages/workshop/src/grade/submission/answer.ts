import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Exercise } from "@tcpip-workshop/grader/early";
import { stubName, type Course } from "../../course/course.ts";
import type { Answer } from "./submission.ts";

export function makeAnswer(course: Course, exercise: Exercise, files: Map<string, Uint8Array>): Answer {
  const sorted = new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return {
    files: sorted,
    hash: hashOf(sorted),
    isStub: isStub(course, exercise, sorted),
    imports: importsIn(sorted),
  };
}

/** Paths and lengths are in it, so that no other files with the same bytes in a row have the same. */
function hashOf(files: Map<string, Uint8Array>): string {
  const hash = createHash("sha256");
  for (const [path, bytes] of files) hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  return hash.digest("hex");
}

function isStub(course: Course, { label, files: names }: Exercise, files: Map<string, Uint8Array>): boolean {
  const folder = join(course.root, "mistakes", label, stubName);
  try {
    return names.every((name) => {
      const bytes = files.get(name);
      return bytes !== undefined && readFileSync(join(folder, name)).equals(bytes);
    });
  } catch {
    return false;
  }
}

function importsIn(files: Map<string, Uint8Array>): string[] {
  const text = [...files.values()].map((bytes) => Buffer.from(bytes).toString("utf8")).join("\n");
  const named = text.matchAll(/["'`](@tcpip-workshop\/[A-Za-z0-9._/-]{1,100})["'`]/g);
  return [...new Set(Array.from(named, ([, name = ""]) => name))].toSorted();
}
