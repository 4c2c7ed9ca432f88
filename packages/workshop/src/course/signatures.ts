import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Verdict } from "@tcpip-workshop/grader";
import type { Course } from "./course.ts";

/** Which tests each mistake fails, in order: by this a learner's failure is recognised. Recorded with the texts. */
export type Signatures = { [mistake: string]: string[] };

export function failingTitles(verdict: Verdict): string[] {
  return verdict.tests.filter(({ status }) => status === "fail").map(({ title }) => title);
}

export function readSignatures(course: Course, label: string): Signatures {
  try {
    return JSON.parse(readFileSync(pathOf(course, label), "utf8")) as Signatures;
  } catch {
    return {};
  }
}

export function writeSignatures(course: Course, label: string, signatures: Signatures): void {
  writeFileSync(pathOf(course, label), `${JSON.stringify(signatures, null, 2)}\n`);
}

function pathOf(course: Course, label: string): string {
  return join(course.root, "mistakes", label, "signatures.json");
}
