import * as fc from "fast-check";
import type {
  ExerciseResult,
  GradedExercise,
  GradeReport,
  SubmissionResult,
  TestResult,
} from "../grade-report.ts";

const traps = [
  "\0\b\x0b\x1b\x7f\x85\x9b",
  "\x1b[31mred\x1b[0m \x1b]0;title\x07",
  "]]>",
  "<!--",
  "</script><script>alert(1)</script>",
  "\n::error file=a.ts::forged\r\n  ::set-output name=a::b\n##[error]x\n##vso[task.complete]y",
  "[[ATTACHMENT|/etc/passwd]]",
  "\ud800",
  "\udc00\ud800",
  "\u2028\u2029\u202e\u200b\ufeff\ufffe\uffff",
  '=HYPERLINK("http://a","b")',
  "\t=1+1",
  "\r-1;+2|@SUM(A1),=3",
  "&amp;&#0;&lt;",
  "\"'\\`,;|",
  "😀é字",
];

/** Text of strangers: any UTF-16 units, among what somebody would write on purpose. */
const hostileText = fc
  .array(
    fc.oneof(
      { arbitrary: fc.constantFrom(...traps), weight: 10 },
      { arbitrary: fc.string({ unit: "binary", maxLength: 8 }), weight: 5 },
      {
        arbitrary: fc
          .array(fc.integer({ min: 0, max: 0xff_ff }), { maxLength: 8 })
          .map((units) => String.fromCharCode(...units)),
        weight: 5,
      },
      { arbitrary: fc.integer({ min: 25, max: 600 }).map((times) => '<"x\n'.repeat(times)), weight: 1 },
    ),
    { maxLength: 3 },
  )
  .map((parts) => parts.join(""));

const cents = fc.integer({ min: 0, max: 10_000 }).map((count) => count / 100);
const duration = fc.oneof(fc.double(), fc.integer({ min: 0, max: 100_000 }));
const time = fc.oneof(fc.constant("2026-11-23T09:01:02.345Z"), hostileText);
const level = fc.constantFrom("sealed" as const, "open" as const);

/** Reports whose every text is hostile, whose numbers are points and durations, and whose statuses may contradict each other. */
export const hostileReport: fc.Arbitrary<GradeReport> = fc
  .uniqueArray(hostileText, { maxLength: 3 })
  .chain((labels) => fc.tuple(...labels.map(exerciseOf)))
  .chain((exercises) =>
    fc.record({
      schema: fc.constant("tcpip-workshop/grade-report/1" as const),
      startedAt: time,
      finishedAt: fc.constant("2026-11-23T09:03:20.500Z"),
      versions: fc.record({ workshop: hostileText }),
      seal: fc.record({ level, reason: hostileText, canaries: fc.constant([]) }),
      exercises: fc.constant(exercises),
      submissions: fc.array(submissionOf(exercises), { maxLength: 3 }),
      notices: fc.array(hostileText, { maxLength: 2 }),
    }),
  );

function exerciseOf(label: string): fc.Arbitrary<GradedExercise> {
  return fc.record({
    label: fc.constant(label),
    suiteHash: hostileText,
    points: cents,
    tests: fc.array(fc.record({ title: hostileText, weight: cents }), { minLength: 1, maxLength: 4 }),
  });
}

function submissionOf(exercises: GradedExercise[]): fc.Arbitrary<SubmissionResult> {
  return fc.record(
    {
      id: hostileText,
      name: hostileText,
      source: hostileText,
      kind: fc.constant("tar" as const),
      refused: fc.array(fc.record({ path: hostileText, reason: hostileText }), { maxLength: 2 }),
      ignored: fc.array(hostileText, { maxLength: 2 }),
      ignoredCount: fc.nat(5),
      problem: hostileText,
      results: fc.tuple(...exercises.map(resultOf)),
      points: cents,
      maxPoints: cents,
    },
    {
      requiredKeys: [
        "id",
        "name",
        "source",
        "kind",
        "refused",
        "ignored",
        "ignoredCount",
        "results",
        "points",
        "maxPoints",
      ],
    },
  );
}

const nothing: TestResult[] = [];

function resultOf({ label, tests }: GradedExercise): fc.Arbitrary<ExerciseResult> {
  return fc.record({
    exercise: fc.constant(label),
    status: fc.constantFrom("pass" as const, "fail" as const, "error" as const, "absent" as const),
    reason: hostileText,
    isStub: fc.boolean(),
    answerHash: hostileText,
    files: fc.constant([]),
    imports: fc.constant([]),
    level,
    seed: hostileText,
    gradedAt: time,
    duration,
    points: cents,
    maxPoints: cents,
    tests: fc.oneof(fc.constant(nothing), fc.tuple(...tests.map(({ title }) => testOf(title)))),
  });
}

function testOf(title: string): fc.Arbitrary<TestResult> {
  return fc.record(
    {
      title: fc.constant(title),
      status: fc.constantFrom("pass" as const, "fail" as const),
      duration,
      obstacle: fc.constantFrom("loading" as const, "ended" as const),
      points: cents,
      maxPoints: cents,
      why: hostileText,
      read: hostileText,
      hint: hostileText,
      text: hostileText,
      output: hostileText,
    },
    { requiredKeys: ["title", "status", "duration", "points", "maxPoints", "why", "read", "hint", "output"] },
  );
}
