/** What came of grading a submission, or a class: the one document of which everything else is a projection. Plain JSON. */
export interface GradeReport {
  schema: "tcpip-workshop/grade-report/1";
  /** ISO 8601, UTC. */
  startedAt: string;
  finishedAt: string;
  /** What graded: versions by name (`workshop`, `node`, `vitest`, `kernel`, `bubblewrap`). */
  versions: { [name: string]: string };
  seal: Seal;
  /** The name of the track that was graded, if it was one. */
  track?: string;
  /** Which part of the class it is, if it is one: from 1, of so many. */
  shard?: { index: number; count: number };
  /** What was due, in the course's order. */
  exercises: GradedExercise[];
  submissions: SubmissionResult[];
  /**
   * What a person should look at before the marks count, of what was named as a whole, in sentences: files that are nobody's, two
   * submissions under one name. Printable; left out where there is none.
   */
  notices?: string[];
}

/** How far the answers were shut in. */
export interface Seal {
  /** `sealed`: between namespaces and a system-call filter. `open`: a process of its own, under Node's permission model. */
  level: "sealed" | "open";
  /** Why it is that level, in a sentence. */
  reason: string;
  /** Answers that were graded before all others, at this level, to see whether it holds. */
  canaries: Canary[];
}

export interface Canary {
  /** What it tries, in a few words. */
  title: string;
  /** Whether it came out as it must: the reference passes, a cheat does not. */
  held: boolean;
  /** What came of it, in a few words. */
  detail: string;
}

export interface GradedExercise {
  /** `04-framing`. */
  label: string;
  /** SHA-256 of the suite and all that it stands on beside it, hexadecimal. */
  suiteHash: string;
  /** What the exercise counts. */
  points: number;
  /** In teaching order. Their weights share out the exercise's points. */
  tests: { title: string; weight: number }[];
}

/** What one learner handed in, and what came of it. */
export interface SubmissionResult {
  /** Unique in the report, and fit for a file's name: `alice`. */
  id: string;
  /** The name as the learner or the instructor wrote it, of which the id is made: `Zoë O'Brien`. Printable, one line, not unique. */
  name: string;
  /** Where it came from, as it was named: `class/alice.zip`, `origin/alice`. */
  source: string;
  kind: "folder" | "git" | "tar" | "zip";
  /** Files that were left out though an answer's file has their name: a link, too large, a path that leads out. */
  refused: { path: string; reason: string }[];
  /** Files that no exercise asks for: not used. At most 100 are named. */
  ignored: string[];
  /** How many there were in all. */
  ignoredCount: number;
  /** Why nothing could be taken from it at all, in a sentence. */
  problem?: string;
  /** One for each of the report's exercises, in their order. */
  results: ExerciseResult[];
  /** The sum of the results' points. */
  points: number;
  /** The sum of what the exercises count. */
  maxPoints: number;
}

export interface ExerciseResult {
  /** `04-framing`. */
  exercise: string;
  /**
   * `pass`: exactly the expected tests ran, and all passed. `fail`: one failed, or all did, for a file of the answer is missing and
   * nothing was run. `error`: nothing can be said of the answer. `absent`: not handed in, or the untouched stub.
   */
  status: "pass" | "fail" | "error" | "absent";
  /** Why it is an `error` or `absent`, or a `fail` without being run, in a sentence. */
  reason?: string;
  /** The answer is the untouched stub: nobody has begun it. */
  isStub?: boolean;
  /** SHA-256 over the answer's files, hexadecimal; empty where there is none. */
  answerHash: string;
  /** The answer's files, relative to the exercise's folder, with their sizes in bytes. */
  files: { path: string; size: number }[];
  /** What it imports of the course's packages. */
  imports: string[];
  level: Seal["level"];
  /** What the test data grew from: 128 bits, hexadecimal, fresh for each run. Empty where nothing ran. */
  seed: string;
  /** ISO 8601, UTC: when it was graded, which is earlier than the report where the verdict was kept from another run. */
  gradedAt: string;
  /** Milliseconds, on the grader's clock. */
  duration: number;
  points: number;
  maxPoints: number;
  /** In teaching order: each expected test, or none where nothing ran. */
  tests: TestResult[];
}

export interface TestResult {
  title: string;
  status: "pass" | "fail";
  /** Milliseconds, on the grader's clock. */
  duration: number;
  points: number;
  maxPoints: number;
  /**
   * Why a failed test could not ask what it is about, so that `why`, `read` and `hint` do not matter yet: the file could not be
   * loaded or lacks the export (`loading`), or its process ended itself, without an error (`ended`).
   */
  obstacle?: "loading" | "ended";
  /** Why this matters in production, in a sentence. */
  why: string;
  /** Where to read: the lesson's heading, the RFC's section. */
  read: string;
  /** The first level of its hints. */
  hint: string;
  /** Of a failed test, what the learner reads: what was done, expected, received. Plain text of many lines, at most 80 columns. */
  text?: string;
  /** What the answer printed meanwhile; printable characters and line ends only, cut off. */
  output: string;
}
