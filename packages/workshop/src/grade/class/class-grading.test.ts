import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ExerciseResult, SubmissionResult } from "@tcpip-workshop/report";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { FakeJudge, smallClass } from "../../testing/small-class.ts";
import { smallCourse, titles } from "../../testing/small-course.ts";
import type { SubmissionSource } from "../submission/submission.ts";
import { gradeClass, type ClassGradingOptions } from "./class-grading.ts";
import { readDue } from "./due.ts";
import { ResultCache } from "./result-cache.ts";
import { RunFolder } from "./run-folder.ts";

const versions = { node: "26.10.0" };
const labels = ["04-framing", "07-time-wait"];

interface Options extends Partial<ClassGradingOptions> {
  typed?: string[];
}

async function gradeOn(
  course: ReturnType<typeof smallCourse>,
  sources: SubmissionSource[],
  judge: FakeJudge,
  { typed = [], ...options }: Options = {},
): Promise<SubmissionResult[] | undefined> {
  const due = readDue(course, { typed });
  return await gradeClass(sources, { course, due, judge, versions, jobs: 2, ...options });
}

function shown(submissions: SubmissionResult[] | undefined): string[] {
  return (submissions ?? []).map(
    ({ id, points, maxPoints, results }) =>
      `${id} ${points}/${maxPoints}: ${results.map(({ status }) => status).join(" ")}`,
  );
}

async function folderOf(course: ReturnType<typeof smallCourse>, isAnew = false): Promise<RunFolder> {
  const { exercises } = readDue(course, {});
  const configuration = exercises.map(({ label, points, tests }) => ({ label, points, tests }));
  const path = join(course.root, "out");
  return await RunFolder.open(path, { exercises: configuration, level: "open" }, isAnew);
}

describe("a class", () => {
  test("has a result for each exercise of each submission, in the order of both", async () => {
    using course = smallCourse(...labels);
    const judge = new FakeJudge();
    const sources = smallClass({
      alice: { "04-framing": "pass", "07-time-wait": "pass 2" },
      bob: { "07-time-wait": "fail" },
      carl: { "04-framing": "stub", "07-time-wait": "error" },
      dora: "Expected an archive, got a picture",
    });
    const submissions = await gradeOn(course, sources, judge);
    expect(shown(submissions)).toEqual([
      "alice 20/20: pass pass",
      "bob 5/20: absent fail",
      "carl 0/20: absent error",
      "dora 0/20: absent absent",
    ]);
    const reasons = submissions?.map(({ results }) => results.map(({ reason }) => reason));
    expect(reasons).toEqual([
      [undefined, undefined],
      ["Expected framing.ts, but it was not handed in", undefined],
      ["It is the untouched stub", "no evidence"],
      ["Expected an archive, got a picture", "Expected an archive, got a picture"],
    ]);
    expect(submissions?.[3]).toMatchObject({
      problem: "Expected an archive, got a picture",
      ignoredCount: 1,
    });
    const [first] = submissions?.[1]?.results.slice(1) ?? [];
    expect(first).toMatchObject({
      exercise: "07-time-wait",
      level: "open",
      files: [{ path: "time-wait.ts", size: 4 }],
      imports: ["@tcpip-workshop/core"],
      tests: [
        { title: titles[0], status: "fail", points: 0, maxPoints: 5 },
        { title: titles[1], status: "pass", points: 5, maxPoints: 5 },
      ],
    });
    expect(first?.seed).toMatch(/^[0-9a-f]{32}$/);
  });

  test("goes on after a submission that cannot be read", async () => {
    using course = smallCourse("04-framing");
    const sources = smallClass({ alice: {}, bob: { "04-framing": "pass" } });
    sources[0]!.read = () => Promise.reject(new Error("EIO\u001B[2J: i/o error"));
    const submissions = await gradeOn(course, sources, new FakeJudge());
    expect(shown(submissions)).toEqual(["alice 0/10: absent", "bob 10/10: pass"]);
    expect(submissions?.[0]?.problem).toBe("It could not be read: EIO\\x1b[2J: i/o error");
  });

  test("has its stubs graded where the exercise was named", async () => {
    using course = smallCourse(...labels);
    const sources = smallClass({ alice: { "04-framing": "stub", "07-time-wait": "stub" } });
    expect(shown(await gradeOn(course, sources, new FakeJudge(), { typed: ["4"] }))).toEqual([
      "alice 0/10: fail",
    ]);
    expect(shown(await gradeOn(course, sources, new FakeJudge()))).toEqual(["alice 0/20: absent absent"]);
  });

  test("is graded by so many at once as was said, and read only as far", async () => {
    using course = smallCourse(...labels);
    const judge = new FakeJudge();
    let reads = 0;
    let ahead = 0;
    const all = Object.fromEntries(
      Array.from({ length: 12 }, (_, n) => [
        `l${n}`,
        { "04-framing": `pass ${n}`, "07-time-wait": `fail ${n}` },
      ]),
    );
    const sources = smallClass(all);
    for (const source of sources) {
      const read = source.read.bind(source);
      source.read = () => {
        ahead = Math.max(ahead, ++reads - judge.asked.length / 2);
        return read();
      };
    }
    // Nothing is over before three are under way.
    const three = Promise.withResolvers<void>();
    judge.wait = async () => {
      if (judge.running === 3) three.resolve();
      await three.promise;
    };
    await gradeOn(course, sources, judge, { jobs: 3 });
    expect(judge.asked).toHaveLength(24);
    expect(judge.most).toBe(3);
    expect(ahead).toBeLessThanOrEqual(3);
  });

  test("has the same bytes graded once, for all who handed them in, and while they are being graded", async () => {
    using course = smallCourse("04-framing");
    const judge = new FakeJudge();
    const sources = smallClass({
      alice: { "04-framing": "pass" },
      bob: { "04-framing": "pass" },
      carl: { "04-framing": "fail" },
      dora: { "04-framing": "pass" },
    });
    const gate = Promise.withResolvers<void>();
    // The first waits until the others' turn has come.
    judge.wait = async (_, text) => (text === "pass" ? gate.promise : gate.resolve());
    const submissions = await gradeOn(course, sources, judge);
    expect(judge.asked.toSorted()).toEqual(["04-framing: fail", "04-framing: pass"]);
    expect(shown(submissions)).toEqual([
      "alice 10/10: pass",
      "bob 10/10: pass",
      "carl 5/10: fail",
      "dora 10/10: pass",
    ]);
    expect(submissions?.[3]?.results[0]?.seed).toBe(submissions?.[0]?.results[0]?.seed);
  });

  test("has the same bytes in two exercises graded by each", async () => {
    using course = smallCourse(...labels);
    const judge = new FakeJudge();
    await gradeOn(course, smallClass({ alice: { "04-framing": "pass", "07-time-wait": "pass" } }), judge);
    expect(judge.asked.toSorted()).toEqual(["04-framing: pass", "07-time-wait: pass"]);
  });
});

describe("an answer of which a file is missing", () => {
  const whole = 'answer("./framing.ts"); answer("./mux.ts"); // ' + titles.join(", ");
  const handedIn = { alice: { "04-framing": "pass" }, bob: {} };

  test("fails every test in words, and nothing is run", async () => {
    using course = smallCourse("04-framing");
    course.write("exercises/04-framing/framing.test.ts", whole);
    const judge = new FakeJudge();
    const submissions = await gradeOn(course, smallClass(handedIn), judge);
    expect(judge.asked).toEqual([]);
    expect(shown(submissions)).toEqual(["alice 0/10: fail", "bob 0/10: absent"]);
    const [{ results: [result] } = { results: [] }] = submissions ?? [];
    const text =
      "mux.ts was not handed in: the answer to 04-framing is framing.ts and mux.ts together, so nothing was run";
    expect(result).toMatchObject({ reason: text, seed: "", files: [{ path: "framing.ts" }] });
    expect(result?.tests).toMatchObject(titles.map((title) => ({ title, status: "fail", text, points: 0 })));
  });

  test.each([
    ["exercises/04-framing/mux.ts", []],
    ["alice-main/04-framing/Mux.ts", []],
    ["mux.ts", ["4"]],
  ])("says why the file was refused: %s", async (path, typed) => {
    using course = smallCourse(...labels);
    course.write("exercises/04-framing/framing.test.ts", whole);
    const sources = smallClass(handedIn);
    const read = sources[0]!.read;
    const refused = [
      { path: "exercises/07-time-wait/mux.ts", reason: "another one" },
      { path, reason: "Expected a file, got a link: hand in the file itself" },
    ];
    sources[0]!.read = async () => ({ ...(await read()), refused });
    const submissions = await gradeOn(course, sources, new FakeJudge(), { typed });
    expect(submissions?.[0]?.results[0]?.reason).toBe(
      "mux.ts was left out (Expected a file, got a link: hand in the file itself): " +
        "the answer to 04-framing is framing.ts and mux.ts together, so nothing was run",
    );
  });
});

test("an exercise is absent with the reason for which its only file was refused", async () => {
  using course = smallCourse(...labels);
  const sources = smallClass({ alice: { "07-time-wait": "pass" } });
  const read = sources[0]!.read;
  const refused = [{ path: "exercises/04-framing/Framing.ts", reason: "Expected framing.ts, written so" }];
  sources[0]!.read = async () => ({ ...(await read()), refused });
  const submissions = await gradeOn(course, sources, new FakeJudge());
  expect(shown(submissions)).toEqual(["alice 10/20: absent pass"]);
  expect(submissions?.[0]?.results[0]?.reason).toBe(
    "exercises/04-framing/Framing.ts was left out. Expected framing.ts, written so",
  );
});

describe("what could not be graded", () => {
  test.each(["error", "throws"])("is tried once more before it stands: %s", async (word) => {
    using course = smallCourse("04-framing");
    const judge = new FakeJudge();
    const cache = new ResultCache(course);
    const sources = smallClass({ alice: { "04-framing": word }, bob: { "04-framing": word } });
    const submissions = await gradeOn(course, sources, judge, { cache });
    expect(judge.asked).toHaveLength(2);
    expect(shown(submissions)).toEqual(["alice 0/10: error", "bob 0/10: error"]);
    // Nor is it kept.
    await gradeOn(course, sources, judge, { cache });
    expect(judge.asked).toHaveLength(4);
  });

  test("is as good as graded when the second try says something", async () => {
    using course = smallCourse("04-framing");
    const judge = new FakeJudge();
    const verdict = judge.verdict.bind(judge);
    judge.verdict = (label) => verdict(label, judge.asked.length === 1 ? "throws" : "pass");
    const submissions = await gradeOn(course, smallClass({ alice: { "04-framing": "either" } }), judge);
    expect(shown(submissions)).toEqual(["alice 10/10: pass"]);
    expect(new Set(judge.folders).size).toBe(2);
  });

  test("is an error when a verdict never comes, and is not waited for again", async () => {
    using course = smallCourse("04-framing");
    const judge = new FakeJudge();
    judge.wait = () => new Promise(() => {});
    const options = { patience: 20 };
    const submissions = await gradeOn(
      course,
      smallClass({ alice: { "04-framing": "pass" } }),
      judge,
      options,
    );
    expect(submissions?.[0]?.results[0]).toMatchObject({
      status: "error",
      reason: "Expected a verdict within 0.02 s, got none, and ended the grading",
    });
    expect(judge.asked).toHaveLength(1);
  });

  test.each([
    ["a pass with a test missing", (tests: unknown[]) => tests.slice(1)],
    ["a pass with a test twice", (tests: unknown[]) => [tests[0], tests[0]]],
    ["a pass without tests", () => []],
    ["a pass with a failed test", ([a, b]: unknown[]) => [{ ...(a as object), status: "fail" }, b]],
  ])("is %s", async (_, change) => {
    using course = smallCourse("04-framing");
    const judge = new FakeJudge();
    const verdict = judge.verdict.bind(judge);
    judge.verdict = (label) => {
      const passed = verdict(label, "pass");
      return { ...passed, tests: change(passed.tests) as typeof passed.tests };
    };
    const submissions = await gradeOn(course, smallClass({ alice: { "04-framing": "pass" } }), judge);
    expect(shown(submissions)).toEqual(["alice 0/10: error"]);
  });
});

describe("a result", () => {
  test("is written as soon as there is one, and found again by the next run", async () => {
    using course = smallCourse(...labels);
    const judge = new FakeJudge();
    const folder = await folderOf(course);
    const file = join(folder.path, "results/alice/04-framing.json");
    const seen: boolean[] = [];
    judge.wait = async (label) => void (label === "07-time-wait" && seen.push(existsSync(file)));
    const sources = smallClass({ alice: { "04-framing": "pass", "07-time-wait": "fail" } });
    const first = await gradeOn(course, sources, judge, { folder, jobs: 1 });
    expect(seen).toEqual([true]);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject(first?.[0]?.results[0] as ExerciseResult);
    const again = new FakeJudge();
    expect(await gradeOn(course, sources, again, { folder })).toEqual(first);
    expect(again.asked).toEqual([]);
  });

  interface Change {
    handedIn?: string;
    suite?: string;
    level?: "sealed";
    versions?: { node: string };
  }
  test.each<[string, Change]>([
    ["the answer", { handedIn: "pass, another" }],
    ["the suite", { suite: `// another one: ${titles.join(", ")}` }],
    ["the level", { level: "sealed" }],
    ["a version", { versions: { node: "27.0.0" } }],
  ])("is not found again when %s is another", async (_, change) => {
    using course = smallCourse("04-framing");
    const folder = await folderOf(course);
    const cache = new ResultCache(course);
    const sources = (text: string) => smallClass({ alice: { "04-framing": text } });
    await gradeOn(course, sources("pass"), new FakeJudge(), { folder, cache });
    if (change.suite !== undefined) course.write("exercises/04-framing/framing.test.ts", change.suite);
    const judge = new FakeJudge(change.level);
    const options = { folder, cache, ...(change.versions && { versions: change.versions }) };
    const submissions = await gradeOn(course, sources(change.handedIn ?? "pass"), judge, options);
    expect(judge.asked).toHaveLength(1);
    expect(submissions?.[0]?.results[0]?.level).toBe(change.level ?? "open");
  });

  test("is found again in another run's cache, with the time and seed of then and the points of now", async () => {
    using course = smallCourse("04-framing");
    const cache = new ResultCache(course);
    const sources = smallClass({ alice: { "04-framing": "fail" } });
    const first = await gradeOn(course, sources, new FakeJudge(), { cache });
    const judge = new FakeJudge();
    const due = readDue(course, {});
    for (const exercise of due.exercises) exercise.points = 30;
    const [alice] = (await gradeOn(course, sources, judge, { cache, due })) ?? [];
    expect(judge.asked).toEqual([]);
    const [before, now] = [first?.[0]?.results[0], alice?.results[0]];
    expect(now).toMatchObject({ points: 15, maxPoints: 30, gradedAt: before?.gradedAt, seed: before?.seed });
    expect(now?.tests.map(({ maxPoints }) => maxPoints)).toEqual([15, 15]);
  });

  test("of a run that is complete is graded anew where that is wanted, of one that was ended it is taken", async () => {
    using course = smallCourse("04-framing");
    const both = smallClass({ alice: { "04-framing": "pass" }, bob: { "04-framing": "fail" } });
    const asked = async (sources: SubmissionSource[], folder: RunFolder): Promise<string[]> => {
      const judge = new FakeJudge();
      await gradeOn(course, sources, judge, { folder, jobs: 1 });
      return judge.asked;
    };
    const first = await folderOf(course);
    await asked(both, first);
    // Ended before it was complete.
    expect(await asked(both, await folderOf(course, true))).toEqual([]);
    await (await folderOf(course, true)).complete();
    // Results are told apart by milliseconds.
    const complete = Date.now();
    await vi.waitUntil(() => Date.now() > complete);
    expect(await asked(both.slice(0, 1), await folderOf(course, true))).toEqual(["04-framing: pass"]);
    // Ended again: what was graded by then is kept, what is older is not.
    expect(await asked(both, await folderOf(course, true))).toEqual(["04-framing: fail"]);
    await (await folderOf(course)).complete();
    expect(await asked(both, await folderOf(course))).toEqual([]);
  });

  test("that somebody has broken is as if it were not there", async () => {
    using course = smallCourse("04-framing");
    const folder = await folderOf(course);
    const sources = smallClass({ alice: { "04-framing": "pass" } });
    await gradeOn(course, sources, new FakeJudge(), { folder });
    course.write("out/results/alice/04-framing.json", '{ "status": "pa');
    const judge = new FakeJudge();
    expect(shown(await gradeOn(course, sources, judge, { folder }))).toEqual(["alice 10/10: pass"]);
    expect(judge.asked).toHaveLength(1);
  });

  test("holds what the answer printed only as far as 4 KiB, and nothing that a terminal would obey", async () => {
    using course = smallCourse("04-framing");
    const judge = new FakeJudge();
    const verdict = judge.verdict.bind(judge);
    judge.verdict = (label, text) => {
      const given = verdict(label, text);
      for (const each of given.tests) {
        each.output = `\u001B[2J${"x".repeat(100)}\n`.repeat(1000);
        each.failure = { blame: "answer", problem: "\u001B]0;title\u0007", steps: ["y".repeat(1_000_000)] };
      }
      return given;
    };
    const [alice] = (await gradeOn(course, smallClass({ alice: { "04-framing": "fail" } }), judge)) ?? [];
    for (const { output, text } of alice?.results[0]?.tests ?? []) {
      expect(output.length).toBeLessThanOrEqual(4096 * 1.1);
      expect(output).toMatch(/^\\x1b\[2Jx+\n/);
      expect(output).toContain("cut off");
      expect(text?.length ?? 0).toBeLessThanOrEqual(16_384 * 1.1);
      for (const line of text?.split("\n") ?? []) expect(line.length).toBeLessThanOrEqual(90);
    }
    // oxlint-disable-next-line no-control-regex -- it is about these
    expect(JSON.stringify(alice)).not.toMatch(/\\u001b|\\u0007|[\u0000-\u001F]/i);
  });
});

test("of a result with many tests keeps only so much of what the answer printed", async () => {
  using course = smallCourse("04-framing");
  const many = Array.from({ length: 40 }, (_, index) => `splits frames ${index}`);
  course.write("exercises/04-framing/hints.md", many.map((title) => `## ${title}\n\n1. Look.\n`).join("\n"));
  course.write("exercises/04-framing/framing.test.ts", many.join("\n"));
  const judge = new FakeJudge();
  const verdict = judge.verdict.bind(judge);
  judge.verdict = (label, text) => {
    const given = verdict(label, text);
    const [test] = given.tests;
    const output = "x\n".repeat(5000);
    const failure = { blame: "answer" as const, problem: "no", steps: [output] };
    const noisy = (title: string): typeof test => ({ ...test!, title, output, failure });
    return { ...given, tests: many.map((title) => noisy(title)!) };
  };
  const [alice] = (await gradeOn(course, smallClass({ alice: { "04-framing": "fail" } }), judge)) ?? [];
  const tests = alice?.results[0]?.tests ?? [];
  expect(tests).toHaveLength(40);
  expect(tests[0]?.output.length).toBeGreaterThan(4000);
  expect(tests[39]?.output.length).toBeGreaterThan(100);
  expect(JSON.stringify(alice).length).toBeLessThan(100_000);
});

describe("the folder an answer is graded in", () => {
  test("is private, holds its files alone, and is gone afterwards", async () => {
    using course = smallCourse("04-framing");
    const judge = new FakeJudge();
    let mode = 0;
    judge.wait = async () => void (mode = statSync(dirname(judge.folders[0] ?? "")).mode & 0o777);
    await gradeOn(course, smallClass({ alice: { "04-framing": "pass" } }), judge);
    const [folder = ""] = judge.folders;
    expect(mode).toBe(0o700);
    expect(folder.startsWith(tmpdir())).toBe(true);
    expect(existsSync(dirname(folder))).toBe(false);
  });

  test("is gone also when nothing can be written, and the run says why", async () => {
    using course = smallCourse("04-framing");
    const judge = new FakeJudge();
    const folder = await folderOf(course);
    // Root may write everywhere: a file in the folder's place stops it, too.
    course.write("out/results", "");
    await expect(
      gradeOn(course, smallClass({ alice: { "04-framing": "pass" } }), judge, { folder }),
    ).rejects.toThrow(/^Expected to write .*(ENOTDIR|EEXIST).*\nWhat was graded before is kept/);
    expect(existsSync(dirname(judge.folders[0] ?? ""))).toBe(false);
  });
});

test("a run that is ended has written what was done, waits for nothing, and writes no more", async () => {
  using course = smallCourse(...labels);
  const folder = await folderOf(course);
  const judge = new FakeJudge();
  const controller = new AbortController();
  const late = Promise.withResolvers<void>();
  judge.wait = async (label) => {
    if (label === "04-framing") return;
    controller.abort();
    await late.promise;
  };
  const sources = smallClass({ alice: { "04-framing": "pass", "07-time-wait": "pass" } });
  const options = { folder, jobs: 1, signal: controller.signal };
  expect(await gradeOn(course, sources, judge, options)).toBeUndefined();
  late.resolve();
  await new Promise(setImmediate);
  const written = labels.map((label) => existsSync(join(folder.path, `results/alice/${label}.json`)));
  expect(written).toEqual([true, false]);
  expect(existsSync(dirname(judge.folders[0] ?? ""))).toBe(false);
});

test("whatever the order in which gradings end, the report is the same but for its times", async () => {
  using course = smallCourse(...labels);
  const words = ["pass", "fail", "none", "stub", "error", "throws"];
  const learner = fc.record({
    "04-framing": fc.constantFrom(...words),
    "07-time-wait": fc.constantFrom(...words),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(learner, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 6 }),
      fc.scheduler(),
      async (learners, jobs, scheduler) => {
        const sources = smallClass(Object.fromEntries(learners.map((one, n) => [`l${n}`, one])));
        const inOrder = await gradeOn(course, sources, new FakeJudge(), { jobs: 1 });
        const judge = new FakeJudge();
        judge.wait = () => scheduler.schedule(Promise.resolve());
        const root = mkdtempSync(join(tmpdir(), "grade-order-"));
        try {
          const grading = gradeOn(course, sources, judge, { jobs, cache: new ResultCache({ root }) });
          const inAnyOrder = await scheduler.waitFor(grading);
          expect(timeless(inAnyOrder)).toEqual(timeless(inOrder));
        } finally {
          rmSync(root, { recursive: true, force: true });
        }
      },
    ),
    { numRuns: 15 },
  );
});

function timeless(submissions: SubmissionResult[] | undefined): unknown {
  return submissions?.map((submission) => ({
    ...submission,
    results: submission.results.map((result) => ({ ...result, gradedAt: "" })),
  }));
}
