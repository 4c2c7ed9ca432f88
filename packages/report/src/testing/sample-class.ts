import type {
  ExerciseResult,
  GradedExercise,
  GradeReport,
  Seal,
  SubmissionResult,
  TestResult,
} from "../grade-report.ts";
import { titles } from "./sample-titles.ts";

/** How a class of so many is made up. The same each time: no chance, no clock. */
export interface SampleClass {
  learners: number;
  level?: Seal["level"];
  /** Canaries that got through. */
  broken?: number;
  /** Names in place of the made-up ones, from the first learner on. */
  ids?: string[];
}

/**
 * A class as a course has it: some pass all, most stand somewhere, a few handed in nothing, and the grader itself failed once.
 */
export function sampleClass({ learners, level = "sealed", broken = 0, ids = [] }: SampleClass): GradeReport {
  const random = noise(learners);
  return {
    schema: "tcpip-workshop/grade-report/1",
    startedAt: "2026-11-23T08:00:03.120Z",
    finishedAt: "2026-11-23T08:21:47.004Z",
    versions: {
      workshop: "0.0.0",
      node: "26.10.0",
      vitest: "5.1.1",
      kernel: "6.8.0-48-generic",
      bubblewrap: "0.9.0",
    },
    seal: {
      level,
      reason:
        level === "sealed"
          ? "Linux with bubblewrap, and every trial answer came out as it must."
          : "bubblewrap is not installed.",
      canaries: canaries.map(([title, detail], index) => ({
        title,
        detail: index < canaries.length - broken ? detail : "It passed.",
        held: index < canaries.length - broken,
      })),
    },
    exercises,
    submissions: Array.from({ length: learners }, (_, index) =>
      submission(ids[index] ?? nameOf(index), level, random),
    ),
  };
}

const exercises: GradedExercise[] = Object.entries(titles).map(([label, tests], index) => ({
  label,
  suiteHash: hash(index + 1),
  points: 10,
  tests: tests.map((title) => ({ title, weight: 1 })),
}));

const canaries: [title: string, detail: string][] = [
  ["The reference solution", "All 15 tests pass."],
  ["An answer that ends its process with exit code 0", "1 test failed, in words."],
  ["An answer that reads the solution", "ENOENT: there is no such folder."],
  ["An answer that connects to the host's loopback", "ECONNREFUSED: another network."],
];

const failure = `Behind a refused length nobody knows where a frame begins: the decoder must
stay in error

What we did to your code
  1. decoder = new LengthPrefixedDecoder({ maxFrameLength: 3 })
  2. decoder.push(00 00 00 03 68 65 79 00 00 00 03 79 6f 75)
                           ^ 3 bytes declared, as in the second header
     → [0] 68 65 79
       [1] 79 6f 75
  3. decoder.push(00 00 00 04)
                           ^ the header's last byte: 4 bytes declared
     → threw FramingError: Expected at most 3 bytes, got a header that
         declares 4 (code FRAME_TOO_LARGE)

Expected  { threw: "FRAME_TOO_LARGE" }
Received  { returned: [79 6f 75] }`;

const why =
  "Four bytes from a port scanner, and the connection waits for a gigabyte, and stores all that comes.";
const hint =
  "When do you know the length, with what do you compare it, and what does your decoder still know of a refusal?";

function submission(id: string, level: Seal["level"], random: () => number): SubmissionResult {
  const skill = random() ** 0.6;
  const stranger = random();
  const nothing = stranger > 0.985;
  const results = exercises.map((exercise, index): ExerciseResult => {
    const chance = random();
    if (nothing || (skill < 0.95 && index > 4 + skill * 16)) return unrun(exercise, "absent", level, random);
    if (chance > 0.997) return unrun(exercise, "error", level, random);
    return run(exercise, skill > 0.9 || chance < skill * 1.15 - index * 0.012, level, random);
  });
  return {
    id,
    name: id,
    source: `class/${id}.zip`,
    kind: "zip",
    refused:
      stranger < 0.02
        ? [{ path: "exercises/04-framing/framing.ts", reason: "It is a symbolic link to /etc/passwd." }]
        : [],
    ignored: stranger < 0.2 ? ["package.json", "exercises/04-framing/framing.test.ts", "notes.txt"] : [],
    ignoredCount: stranger < 0.2 ? 3 : 0,
    ...(nothing && { problem: "Expected a zip file, got one that ends in the middle of its directory." }),
    results,
    points: sum(results, ({ points }) => points),
    maxPoints: sum(results, ({ maxPoints }) => maxPoints),
  };
}

function run(
  { label, tests, points }: GradedExercise,
  passes: boolean,
  level: Seal["level"],
  random: () => number,
): ExerciseResult {
  const worst = Math.floor(random() * random() * tests.length);
  const share = points / tests.length;
  const results = tests.map(({ title }, index): TestResult => {
    const holds = passes || index < worst || (index > worst && random() < 0.6);
    const common = {
      title,
      duration: 12,
      maxPoints: share,
      why,
      hint,
      read: 'lesson "A length from a stranger"; RFC 9113 §4.2',
    };
    return holds
      ? { ...common, status: "pass", points: share, output: "" }
      : {
          ...common,
          status: "fail",
          points: 0,
          text: failure,
          output: "received 14 bytes\nreceived 4 bytes\n",
        };
  });
  return {
    ...base(label, points, level, random),
    status: passes ? "pass" : "fail",
    seed: hash(Math.floor(random() * 1e9)).slice(0, 32),
    duration: 1234,
    points: Math.round(sum(results, (test) => test.points) * 100) / 100,
    tests: results,
  };
}

function unrun(
  { label, points }: GradedExercise,
  status: "error" | "absent",
  level: Seal["level"],
  random: () => number,
): ExerciseResult {
  const reason =
    status === "error"
      ? "The grader's process ended in the middle, twice (signal SIGKILL)."
      : `Expected ${label.slice(3)}.ts, but it was not handed in`;
  const whole = base(label, points, level, random);
  return { ...whole, ...(status === "absent" && { answerHash: "", files: [], imports: [] }), status, reason };
}

function base(
  exercise: string,
  maxPoints: number,
  level: Seal["level"],
  random: () => number,
): Omit<ExerciseResult, "status"> {
  return {
    exercise,
    answerHash: hash(Math.floor(random() * 1e9)),
    files: [{ path: `${exercise.slice(3)}.ts`, size: 3120 }],
    imports: ["@tcpip-workshop/core"],
    level,
    seed: "",
    gradedAt: "2026-11-23T08:04:11.500Z",
    duration: 0,
    points: 0,
    maxPoints,
    tests: [],
  };
}

const names = [
  "alice",
  "bob",
  "chidi",
  "dewi",
  "elif",
  "farid",
  "grete",
  "hana",
  "ivo",
  "josé",
  "kofi",
  "linh",
  "mei-ling",
  "nikolai",
];

function nameOf(index: number): string {
  const round = Math.floor(index / names.length);
  return `${names[index % names.length] ?? ""}${round === 0 ? "" : `-${round + 1}`}`;
}

function hash(from: number): string {
  const random = noise(from);
  return Array.from({ length: 8 }, () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, "0"),
  ).join("");
}

function sum<T>(items: T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** Numbers from 0 to 1 that look like chance: a linear congruence. */
function noise(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}
