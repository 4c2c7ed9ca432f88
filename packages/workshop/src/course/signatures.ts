import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestVerdict, Verdict } from "@tcpip-workshop/grader";
import type { Course } from "./course.ts";

/** By what a known mistake is recognised. Recorded with the texts. */
export interface Signature {
  /** The tests it fails, in order. */
  failing: string[];
  /** What the first of them says is wrong, and what came: other wrong answers fail the same tests by other values. */
  symptom: string;
}

export type Signatures = { [mistake: string]: Signature };

export function failingTitles(verdict: Verdict): string[] {
  return verdict.tests.filter(({ status }) => status === "fail").map(({ title }) => title);
}

export function signatureOf(verdict: Verdict): Signature {
  const first = verdict.tests.find(({ status }) => status === "fail");
  return { failing: failingTitles(verdict), symptom: first === undefined ? "" : symptomOf(first) };
}

/** Numbers that were measured, seeds, processes and ephemeral ports differ from run to run. */
export function maskMeasured(text: string): string {
  return (
    text
      .replace(/≈[\d,.e+-]+/g, "≈#")
      .replace(/--seed [\da-f]+/g, "--seed #")
      .replace(/\(node:\d+\)/g, "(node:#)")
      .replace(/(?<![\d.,])\d{5}(?![\d.,]*\d)/g, (number) => (isEphemeral(Number(number)) ? "#" : number))
      // What stands at the edge of a line that was cut may be the beginning of a port.
      .replace(/(?<=[\s:])\d{1,5}…$/gm, "#…")
  );
}

/** A port that Linux gives to a socket that did not ask for one (ip_local_port_range, as it is unless somebody sets it). */
function isEphemeral(port: number): boolean {
  return port >= 32_768 && port <= 60_999;
}

/** The verdict without what differs from run to run as a whole: texts of a live system, the timeline, the kernel's table. */
export function withoutMeasured(verdict: Verdict): Verdict {
  const tests = verdict.tests.map((test) => {
    if (test.failure === undefined) return test;
    const { texts: _texts, timeline: _wire, sockets: _table, ...failure } = test.failure;
    return { ...test, failure };
  });
  return { ...verdict, tests };
}

export function readSignatures(course: Course, label: string): Signatures {
  try {
    const read = JSON.parse(readFileSync(pathOf(course, label), "utf8")) as Signatures;
    return Object.fromEntries(Object.entries(read).filter(([, known]) => Array.isArray(known.failing)));
  } catch {
    return {};
  }
}

export function writeSignatures(course: Course, label: string, signatures: Signatures): void {
  writeFileSync(pathOf(course, label), `${JSON.stringify(signatures, null, 2)}\n`);
}

function symptomOf({ failure }: TestVerdict): string {
  return maskMeasured([failure?.problem ?? "", ...(failure?.received ?? [])].join("\n"));
}

function pathOf(course: Course, label: string): string {
  return join(course.root, "mistakes", label, "signatures.json");
}
