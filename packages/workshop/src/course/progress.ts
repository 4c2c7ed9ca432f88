import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Exercise, Verdict } from "@tcpip-workshop/grader";

/** What the learner's answer to an exercise was graded last. */
export interface Graded {
  label: string;
  passed: number;
  total: number;
  /** When, in ISO 8601, to the second. */
  at: string;
  /** The first 12 hexadecimal digits of the answer's SHA-256: whether it has changed since. */
  answer: string;
  /** The titles of the tests that failed. */
  failing: string[];
}

const fileName = "progress.txt";
const header =
  "# What your answers in exercises/ were graded last. Plain text, so that it can travel with git.\n";
const entryLine =
  /^(?<label>\d\d-\S+) (?:pass|fail) (?<passed>\d+)\/(?<total>\d+) (?<at>\S+) (?<answer>[0-9a-f]{12})$/;
const failingLine = /^ {2}✗ (?<title>.+)$/;

/** What is recorded, by label; nothing where nothing was graded yet. */
export function readProgress(root: string): Map<string, Graded> {
  return parse(root).graded;
}

/** Records a verdict on the learner's own answer. Lines that it does not understand, a merge's among them, stay in the file. */
export function recordVerdict(root: string, exercise: Exercise, verdict: Verdict): void {
  const { graded, others } = parse(root);
  graded.set(verdict.exercise, {
    label: verdict.exercise,
    passed: verdict.tests.filter(({ status }) => status === "pass").length,
    total: verdict.tests.length,
    at: `${new Date().toISOString().slice(0, 19)}Z`,
    answer: digestOf(exercise),
    failing: verdict.tests.filter(({ status }) => status === "fail").map(({ title }) => title),
  });
  const entries = [...graded.values()].toSorted((a, b) => a.label.localeCompare(b.label)).map(print);
  const path = join(root, fileName);
  // Whoever is interrupted, or runs two at once, has the one file or the other, whole.
  writeFileSync(
    `${path}.${process.pid}`,
    header + others.map((line) => `${line}\n`).join("") + entries.join(""),
  );
  renameSync(`${path}.${process.pid}`, path);
}

/** Identifies the learner's answer as it is now. */
export function digestOf({ folder, files }: Exercise): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(join(folder, file))).update("\0");
  return hash.digest("hex").slice(0, 12);
}

function parse(root: string): { graded: Map<string, Graded>; others: string[] } {
  const path = join(root, fileName);
  const graded = new Map<string, Graded>();
  const others: string[] = [];
  let last: Graded | undefined;
  const lines = existsSync(path) ? readFileSync(path, "utf8").split(/\r?\n/) : [];
  for (const line of lines) {
    const entry = entryLine.exec(line)?.groups;
    const title = failingLine.exec(line)?.groups?.["title"];
    if (entry !== undefined) {
      const { label = "", passed, total, at = "", answer = "" } = entry;
      last = { label, passed: Number(passed), total: Number(total), at, answer, failing: [] };
      graded.set(label, last);
    } else if (title !== undefined && last !== undefined) last.failing.push(title);
    else if (line !== "" && `${line}\n` !== header) others.push(line);
  }
  return { graded, others };
}

function print({ label, passed, total, at, answer, failing }: Graded): string {
  const status = passed === total ? "pass" : "fail";
  const titles = failing.map((title) => `  ✗ ${title}\n`).join("");
  return `${label} ${status} ${passed}/${total} ${at} ${answer}\n${titles}`;
}
