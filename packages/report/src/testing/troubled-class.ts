import type { ExerciseResult, GradeReport, SubmissionResult } from "../grade-report.ts";
import { sampleClass, type SampleClass } from "./sample-class.ts";

/** A class in which happened what a page has words for: stubs, cheats, copies, refused names. At least six learners. */
export function troubledClass(options: SampleClass): GradeReport {
  const report = sampleClass(options);
  const submissions = report.submissions.map((submission, index) => troubled(submission, index));
  return { ...report, submissions, notices: ["1 file beside the learners' folders is nobody's: mia.ts."] };
}

function troubled(submission: SubmissionResult, index: number): SubmissionResult {
  const change = (of: (result: ExerciseResult) => Partial<ExerciseResult>): SubmissionResult => {
    const results = submission.results.map((result) => ({ ...result, ...of(result) }));
    return { ...submission, results, points: results.reduce((sum, { points }) => sum + points, 0) };
  };
  const at04 = (result: ExerciseResult, changes: () => Partial<ExerciseResult>): Partial<ExerciseResult> =>
    result.exercise === "04-framing" ? changes() : {};
  if (index < 2)
    return {
      ...change((result) => at04(result, () => ({ answerHash: "e".repeat(64) }))),
      name: names[index] ?? "",
    };
  if (index === 2)
    return change((result) => ({ ...nothing, ...(result.answerHash === "" ? {} : { isStub: true }) }));
  if (index === 3)
    return change((result) =>
      at04(result, () => failing(result, "framing.ts could not be loaded: SyntaxError", "loading")),
    );
  if (index === 4)
    return change((result) =>
      at04(result, () => failing(result, "The process of framing.ts exited with code 0", "ended")),
    );
  if (index === 5)
    return {
      ...change((result) => at04(result, () => ({ ...nothing, answerHash: "", files: [] }))),
      refused: [
        { path: "exercises/04-framing/Framing.ts", reason: "The name has to be framing.ts, exactly so." },
      ],
    };
  return submission;
}

const names = ["Müller Jörg_10423_assignsubmission_file_", "李 雷"];
const nothing: Partial<ExerciseResult> = { status: "absent", points: 0, tests: [], seed: "" };

function failing(
  { tests, seed }: ExerciseResult,
  text: string,
  obstacle: "loading" | "ended",
): Partial<ExerciseResult> {
  const output = obstacle === "ended" ? "::error::forged\n" : "";
  return {
    status: "fail",
    points: 0,
    seed: seed === "" ? "0123456789abcdef0123456789abcdef" : seed,
    tests: tests.map((test) => ({ ...test, status: "fail", points: 0, text, obstacle, output })),
  };
}
