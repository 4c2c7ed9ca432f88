import type { ExerciseResult, GradeReport, SubmissionResult, TestResult } from "../grade-report.ts";
import { sampleClass } from "./sample-class.ts";

/** A class with a learner for each text, whose every text it is; the first one's is in all places that belong to nobody. */
export function strangeClass(texts: string[]): GradeReport {
  const report = sampleClass({ learners: 0 });
  const [any = ""] = texts;
  return {
    ...report,
    track: any,
    notices: [any],
    seal: { level: "open", reason: any, canaries: [{ title: any, held: false, detail: any }] },
    exercises: report.exercises.slice(0, 2),
    submissions: texts.map((text) =>
      submission(
        text,
        report.exercises
          .slice(0, 2)
          .map(({ label }, index) => result(label, index === 0 ? "fail" : "error", text)),
      ),
    ),
  };
}

function submission(text: string, results: ExerciseResult[]): SubmissionResult {
  return {
    id: text,
    name: text,
    source: text,
    kind: "tar",
    refused: [{ path: text, reason: text }],
    ignored: [text],
    ignoredCount: 1,
    problem: text,
    results,
    points: 5,
    maxPoints: 20,
  };
}

function result(exercise: string, status: "fail" | "error", text: string): ExerciseResult {
  return {
    exercise,
    status,
    reason: text,
    answerHash: text,
    files: [{ path: text, size: 1 }],
    imports: [text],
    level: "open",
    seed: text,
    gradedAt: text,
    duration: 1,
    points: 0,
    maxPoints: 10,
    tests: [failed(text)],
  };
}

function failed(text: string): TestResult {
  // Each prints an order, so that each has the remark on it, whatever its text.
  const output = `::notice::a\n${text}`;
  const texts = { title: text, text, output, why: text, read: text, hint: text };
  return { ...texts, status: "fail", duration: 1, points: 0, maxPoints: 10 };
}
