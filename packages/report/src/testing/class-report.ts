import type {
  ExerciseResult,
  GradedExercise,
  GradeReport,
  SubmissionResult,
  TestResult,
} from "../grade-report.ts";

export const framing: GradedExercise = {
  label: "04-framing",
  suiteHash: "5".repeat(64),
  points: 10,
  tests: [
    { title: "returns one frame", weight: 1 },
    { title: "returns both frames when one chunk carries two", weight: 2 },
    { title: "refuses a length above the limit", weight: 1 },
  ],
};

export const cidr: GradedExercise = {
  label: "02-cidr",
  suiteHash: "2".repeat(64),
  points: 5,
  tests: [{ title: "reads 10.0.0.0/8", weight: 1 }],
};

const points = [2.5, 5, 2.5];

export const passed: ExerciseResult = result("pass", {
  points: 10,
  tests: framing.tests.map(({ title }, place) => testOf(title, "pass", points[place] ?? 0)),
});

export const failed: ExerciseResult = result("fail", {
  points: 5,
  tests: framing.tests.map(({ title }, place) =>
    testOf(title, place === 1 ? "fail" : "pass", points[place] ?? 0),
  ),
});

export const broken: ExerciseResult = result("error", {
  reason: "The answer's process could not be started.",
  tests: [],
});

export const absent: ExerciseResult = result("absent", {
  reason: "The untouched stub.",
  answerHash: "",
  seed: "",
  tests: [],
});

/** A file of the answer was not handed in. */
export const unrun: ExerciseResult = result("fail", {
  reason: "mux.ts was not handed in: nothing was run",
  seed: "",
  tests: framing.tests.map(({ title }, place) => ({
    ...testOf(title, "fail", points[place] ?? 0),
    text: "mux.ts was not handed in: nothing was run",
    why: "",
    read: "",
    hint: "",
    output: "",
  })),
});

/** Four learners, each with one of the four outcomes of 04-framing. */
export const classReport: GradeReport = {
  schema: "tcpip-workshop/grade-report/1",
  startedAt: "2026-11-23T09:00:00.000Z",
  finishedAt: "2026-11-23T09:03:20.500Z",
  versions: { workshop: "1.2.3", node: "26.10.0" },
  seal: { level: "sealed", reason: "every canary behaved", canaries: [] },
  exercises: [framing],
  submissions: [
    learner("alice", passed),
    learner("bob", failed),
    learner("carol", broken),
    learner("dave", absent),
  ],
};

export function learner(id: string, ...results: ExerciseResult[]): SubmissionResult {
  const sum = (of: (result: ExerciseResult) => number) => results.reduce((all, one) => all + of(one), 0);
  return {
    id,
    name: id,
    source: `class/${id}.zip`,
    kind: "zip",
    refused: [],
    ignored: [],
    ignoredCount: 0,
    results,
    points: sum((one) => one.points),
    maxPoints: sum((one) => one.maxPoints),
  };
}

/** The result, with all its tests changed. */
export function everyTest(result: ExerciseResult, changes: Partial<TestResult>): ExerciseResult {
  return { ...result, tests: result.tests.map((one) => Object.assign({}, one, changes)) };
}

function result(status: ExerciseResult["status"], changes: Partial<ExerciseResult>): ExerciseResult {
  return {
    exercise: framing.label,
    status,
    answerHash: "a".repeat(64),
    files: [{ path: "framing.ts", size: 1200 }],
    imports: [],
    level: "sealed",
    seed: "0123456789abcdef0123456789abcdef",
    gradedAt: "2026-11-23T09:01:02.345Z",
    duration: 1234.5,
    points: 0,
    maxPoints: 10,
    tests: [],
    ...changes,
  };
}

function testOf(title: string, status: TestResult["status"], maxPoints: number): TestResult {
  return {
    title,
    status,
    duration: 12.6,
    points: status === "pass" ? maxPoints : 0,
    maxPoints,
    why: "One read may carry two messages.",
    read: "RFC 9293, section 2.2",
    hint: "What is left in the buffer?",
    ...(status === "pass" ? {} : { text: "We pushed 14 bytes.\nExpected 2 frames, got 1" }),
    output: status === "pass" ? "" : "pushed\n",
  };
}
