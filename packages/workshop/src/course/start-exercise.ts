import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Course } from "./course.ts";

/** `TIME-WAIT`: the lesson's heading, without the number. */
export function exerciseTitle(course: Course, label: string): string {
  try {
    const lesson = readFileSync(join(course.root, "exercises", label, "README.md"), "utf8");
    return /^# (?:\d+ · )?(.+)$/m.exec(lesson)?.[1] ?? label;
  } catch {
    return label;
  }
}

/** `exercises/04-framing/framing.ts`: where the answer is written. */
export function filesToWrite(course: Course, label: string): string[] {
  return course.exercise(label).files.map((file) => `exercises/${label}/${file}`);
}
