import { createHash } from "node:crypto";
import type { GradeReport, Seal } from "@tcpip-workshop/report";

/** All that a mark depends on but chance. */
export interface Graded {
  label: string;
  answerHash: string;
  suiteHash: string;
  level: Seal["level"];
  versions: GradeReport["versions"];
}

/** Grows when the form of a kept result changes. */
const form = 1;

/** SHA-256, hexadecimal: two results with the same key are of the same answer, graded by the same suite in the same way. */
export function answerKey({ label, answerHash, suiteHash, level, versions }: Graded): string {
  const sorted = Object.entries(versions).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([form, label, answerHash, suiteHash, level, sorted]))
    .digest("hex");
}
