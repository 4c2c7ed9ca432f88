import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GradeReport } from "@tcpip-workshop/report";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openCourse } from "../course/course.ts";
import { chooseJudge, type JudgeOptions } from "../grade/choose-judge.ts";
import { runCommand } from "../testing/run-command.ts";
import { FakeJudge } from "../testing/small-class.ts";
import { smallCourse, stub, type SmallCourse } from "../testing/small-course.ts";
import { gradeWith } from "./grade.ts";

const labels = ["04-framing", "07-time-wait"];

// In GitHub Actions these tests are a step, too.
beforeEach(() => void vi.stubEnv("GITHUB_STEP_SUMMARY", ""));
afterEach(() => vi.unstubAllEnvs());

/** A course with a class of these answers to exercise 04: `{ alice: "pass" }`. */
function courseWith(answers: { [id: string]: string }): SmallCourse {
  const course = smallCourse(...labels);
  for (const [id, text] of Object.entries(answers)) course.write(`class/${id}/04-framing/framing.ts`, text);
  return course;
}

async function graded(
  course: SmallCourse,
  args: string[],
  judge = new FakeJudge(),
): Promise<{ code: number; text: string; judge: FakeJudge; options?: JudgeOptions }> {
  let options: JudgeOptions | undefined;
  const command = gradeWith(async (_, given) => {
    options = given;
    return judge;
  });
  const where = args.map((arg) => arg.replace(/^\//, `${course.root}/`));
  const { code, text } = await runCommand(command, course, ...where);
  return { code, text, judge, ...(options && { options }) };
}

function reportIn({ root }: SmallCourse, folder = "out"): GradeReport {
  return JSON.parse(readFileSync(join(root, folder, "report.json"), "utf8")) as GradeReport;
}

describe("grade", () => {
  test("grades a class, shows it, and leaves the judge behind", async () => {
    using course = courseWith({ alice: "pass", bob: "fail", carl: stub });
    const { code, text, judge } = await graded(course, ["/class", "--track", "x"].slice(0, 1));
    expect(code).toBe(0);
    expect(text).toMatch(/alice/);
    expect(text).toMatch(/3 learners, 2 exercises/);
    expect(judge.asked.toSorted()).toEqual(["04-framing: fail", "04-framing: pass"]);
    expect(judge.isDisposed).toBe(true);
    expect(readdirSync(course.root).toSorted()).toEqual([
      "class",
      "exercises",
      "mistakes",
      "node_modules",
      "solutions",
    ]);
  });

  test("grades what was named: exercises with commas or apart, stubs too", async () => {
    using course = courseWith({ alice: stub });
    const args = ["/class/alice", "--exercise", "4", "--exercise", "time-wait,04"];
    const { code, judge } = await graded(course, [...args, "--out", "/out"]);
    expect(code).toBe(1);
    expect(judge.asked).toHaveLength(1);
    const report = reportIn(course);
    expect(report.exercises.map(({ label }) => label)).toEqual(labels);
    expect(report.submissions[0]?.results.map(({ status }) => status)).toEqual(["fail", "absent"]);
  });

  test("grades a track, by the points of a file", async () => {
    using course = courseWith({ alice: "fail" });
    course.write("tracks/short.txt", "# Short\n04\n");
    course.write("points.txt", "04 20\n  3 joins frames\n");
    const { code } = await graded(course, [
      "/class",
      "--track",
      "short",
      "--points",
      "/points.txt",
      "--out",
      "/out",
    ]);
    expect(code).toBe(1);
    const { track, submissions, exercises } = reportIn(course);
    expect([track, exercises.length]).toEqual(["short", 1]);
    expect(submissions[0]).toMatchObject({ id: "alice", points: 15, maxPoints: 20 });
  });

  test.each([
    ["a class of which none passes", { alice: "fail", bob: "none" }, ["/class"], 0],
    ["a class with an answer that could not be graded", { alice: "pass", bob: "error" }, ["/class"], 2],
    ["a submission that passes", { alice: "pass" }, ["/class", "--exercise", "04"], 0],
    ["a submission with an exercise that is absent", { alice: "pass" }, ["/class"], 1],
    ["a submission that fails", { alice: "fail" }, ["/class/alice", "--exercise", "04"], 1],
    ["a submission that could not be graded", { alice: "throws" }, ["/class/alice", "--exercise", "04"], 2],
    ["a shard of one submission that fails", { alice: "fail", bob: "pass" }, ["/class", "--shard", "1/2"], 0],
    ["a shard of none", { alice: "fail", bob: "pass" }, ["/class", "--shard", "3/3"], 0],
  ])("ends for %s with its exit code", async (_, answers, args, expected) => {
    using course = courseWith(answers);
    expect((await graded(course, args)).code).toBe(expected);
  });

  test.each([
    [[], /Expected a submission/],
    [["/class", "--exercise", "99"], /There is no exercise "99"/],
    [["/class", "--exercise", "04", "--track", "short"], /--exercise or --track, got both/],
    [["/class", "--track", "none"], /There is no track "none"/],
    [["/class", "--points", "/none.txt"], /Expected --points with a file/],
    [["/class", "--jobs", "0"], /Expected --jobs with a whole number from 1 to 64, got "0"/],
    [["/class", "--shard", "4/3"], /Expected --shard K\/N/],
    [["/class", "--shard", "0/3"], /got "0\/3"/],
    [["/class", "--formats", "html,pdf"], /There is no format "pdf"/],
    [["/class", "--out", "/class/out"], /outside of what is graded/],
    [["/class", "--open", "--require-seal"], /--open or --require-seal, got both/],
    [["/class", "--require-seal"], /--require-seal: answers cannot be shut in here\. It is a fake/],
    [["/nowhere"], /nowhere/],
  ])("refuses %j", async (args, message) => {
    using course = courseWith({ alice: "pass" });
    const judge = new FakeJudge();
    await expect(graded(course, args, judge)).rejects.toThrow(message);
    await expect(graded(course, args, judge)).rejects.toThrow(expect.objectContaining({ name: "UserError" }));
    expect(judge.asked).toEqual([]);
    expect(existsSync(join(course.root, "class/out"))).toBe(false);
  });

  test("asks for the level that it was told", async () => {
    using course = courseWith({ alice: "pass" });
    const level = async (...flags: string[]): Promise<unknown> =>
      (await graded(course, ["/class", ...flags], new FakeJudge("sealed"))).options?.level;
    expect(await level()).toBeUndefined();
    expect(await level("--open")).toBe("open");
    expect(await level("--require-seal")).toBe("sealed");
  });

  test("says why there is no judge, in a sentence", async () => {
    using course = courseWith({ alice: "pass" });
    const command = gradeWith(() => Promise.reject(new Error("a canary passed")));
    await expect(runCommand(command, course, join(course.root, "class"))).rejects.toThrow(
      expect.objectContaining({ name: "UserError", message: "Nothing was graded: a canary passed" }),
    );
  });

  test("is ended by a signal that comes before there is a judge", async () => {
    using course = courseWith({ alice: "pass" });
    const command = gradeWith(async () => {
      process.emit("SIGINT");
      throw new Error("its grader ended with SIGINT");
    });
    const listeners = process.listenerCount("SIGINT");
    const { code } = await runCommand(command, course, join(course.root, "class"));
    expect(code).toBe(130);
    expect(process.listenerCount("SIGINT")).toBe(listeners);
  });

  test("grades the same again only where the cache is not wanted", async () => {
    using course = courseWith({ alice: "pass" });
    expect((await graded(course, ["/class", "--no-cache"])).judge.asked).toHaveLength(1);
    expect((await graded(course, ["/class"])).judge.asked).toHaveLength(1);
    expect((await graded(course, ["/class"])).judge.asked).toHaveLength(0);
    expect((await graded(course, ["/class", "--no-cache"])).judge.asked).toHaveLength(1);
  });

  test("grades a complete run anew where the cache is not wanted, and says how much was known", async () => {
    using course = courseWith({ alice: "pass", bob: "fail" });
    const sum = async (...more: string[]): Promise<string> => {
      const { text, judge } = await graded(course, ["/class", "--exercise", "04", "--out", "/out", ...more]);
      expect(text).toMatch(/^Grading 2 submissions\. First some trial answers, to see what holds\.\n/);
      const [, said = ""] = /\n(.*)\nOpen .*out.report\.html\n$/.exec(text) ?? [];
      return `${judge.asked.length}: ${said}`;
    };
    expect(await sum()).toBe("2: 2 results were graded now.");
    expect(await sum()).toBe("0: 0 results were graded now, 2 were known already.");
    expect(await sum("--no-cache")).toBe("2: 2 results were graded now.");
    // It was ended.
    const run = JSON.parse(readFileSync(join(course.root, "out/run.json"), "utf8")) as object;
    course.write("out/run.json", JSON.stringify({ ...run, isComplete: false }));
    rmSync(join(course.root, "out/results/bob"), { recursive: true });
    expect(await sum("--no-cache")).toBe("1: 1 result was graded now, 1 was known already.");
  });

  test("leaves a sealed run as it is when it is open itself, and raises an open one", async () => {
    using course = courseWith({ alice: "pass" });
    const args = ["/class", "--out", "/out"];
    const sealed = new FakeJudge("sealed");
    await graded(course, args);
    const { text } = await graded(course, args, sealed);
    expect(sealed.asked).toHaveLength(1);
    expect(text).toMatch(/out" holds a run of the open level: all of it is graded anew, sealed\.\n/);
    const before = readFileSync(join(course.root, "out/report.json"), "utf8");
    await expect(graded(course, args)).rejects.toThrow(/holds a sealed run, and this one is open/);
    expect(readFileSync(join(course.root, "out/report.json"), "utf8")).toBe(before);
  });

  test("removes the pages of who has left the class, and says so", async () => {
    using course = courseWith({ alice: "pass", bob: "pass" });
    await graded(course, ["/class", "--out", "/out"]);
    rmSync(join(course.root, "class/bob"), { recursive: true });
    const { text } = await graded(course, ["/class", "--out", "/out"]);
    expect(text).toContain("Not in this run, but in an earlier one: bob. Removed from learners/.\n");
    expect(readdirSync(join(course.root, "out/learners"))).toEqual(["alice"]);
  });

  test("writes only the reports that are wanted", async () => {
    using course = courseWith({ alice: "pass", bob: "fail" });
    await graded(course, ["/class", "--out", "/out", "--formats", "md"]);
    expect(readdirSync(join(course.root, "out")).toSorted()).toEqual([
      "report.json",
      "report.md",
      "results",
      "run.json",
    ]);
    await graded(course, ["/class", "--out", "/json", "--formats", "json"]);
    expect(readdirSync(join(course.root, "json")).toSorted()).toEqual(["report.json", "results", "run.json"]);
    await graded(course, ["/class", "--out", "/all"]);
    const files = readdirSync(join(course.root, "all"), { recursive: true, encoding: "utf8" });
    expect(files).toEqual(
      expect.arrayContaining([
        "report.html",
        "report.json",
        "report.md",
        "junit.xml",
        "ctrf.json",
        "gradebook.csv",
        "learners/bob/report.html",
        "learners/bob/gradescope.json",
        "learners/bob/04-framing/results.json",
        "learners/bob/04-framing/classroom.txt",
        "learners/bob/07-time-wait/results.json",
        "learners/bob/07-time-wait/classroom.txt",
      ]),
    );
    // GitHub Classroom's reporter adds up the maxima of what it is given, and throws where a runner has written nothing.
    const absent = readFileSync(join(course.root, "all/learners/bob/07-time-wait/classroom.txt"), "utf8");
    expect(JSON.parse(Buffer.from(absent, "base64").toString())).toMatchObject({
      max_score: 10,
      tests: [{ score: 0, message: "Expected time-wait.ts, but it was not handed in" }],
    });
    // Only Classroom 50 knows whose run it is.
    expect(files.filter((name) => name.includes("classroom50"))).toEqual([]);
  });

  test("writes Classroom 50's result where it is its run", async () => {
    using course = courseWith({ alice: "pass" });
    const run = { CLASSROOM: "net-1", ASSIGNMENT: "framing", OWNER: "alice" };
    const urls = { COMMIT_URL: "https://example.com/c", RELEASE_URL: "https://example.com/r" };
    const all = { ...run, ...urls, SUBMISSION_TAG: "submit/2026-06-01T14-32-05Z-a1b2c3d" };
    for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
    await graded(course, ["/class", "--out", "/out", "--formats", "classroom50"]);
    const result = readFileSync(join(course.root, "out/learners/alice/classroom50.json"), "utf8");
    expect(JSON.parse(result)).toMatchObject({ owner: "alice", datetime: "2026-06-01T14:32:05Z" });
    vi.stubEnv("SUBMISSION_TAG", "v1");
    await graded(course, ["/class", "--out", "/other", "--formats", "classroom50"]);
    expect(existsSync(join(course.root, "other/learners"))).toBe(false);
  });

  test("appends to the summary of a step in GitHub Actions", async () => {
    using course = courseWith({ alice: "pass" });
    vi.stubEnv("GITHUB_STEP_SUMMARY", join(course.root, "summary.md"));
    await graded(course, ["/class"]);
    expect(readFileSync(join(course.root, "summary.md"), "utf8")).toContain("alice");
  });

  test("obeys nothing that an answer printed, and lets nobody else: not the terminal, not a CI", async () => {
    using course = courseWith({ alice: "fail" });
    const judge = new FakeJudge();
    const verdict = judge.verdict.bind(judge);
    const evil =
      "\n::error::all is lost\n##[error]x ##vso[task.complete]\u001B[2J\u001B]0;title\u0007\r\u202E";
    judge.verdict = (label, text) => {
      const given = verdict(label, text);
      for (const each of given.tests) {
        each.output = evil;
        each.failure = { blame: "answer", problem: evil, steps: [evil], received: [evil] };
      }
      return given;
    };
    vi.stubEnv("GITHUB_STEP_SUMMARY", join(course.root, "summary.md"));
    const { text } = await graded(course, ["/class", "--exercise", "04", "--out", "/out"], judge);
    const markdown = readFileSync(join(course.root, "summary.md"), "utf8");
    for (const written of [text, markdown]) {
      expect(written).toContain("all is lost");
      expect(written).not.toMatch(/^\s*::error/m);
      // oxlint-disable-next-line no-control-regex -- these are what it is about
      expect(written).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F\u202E]/);
    }
    expect(text).not.toMatch(/##(\[|vso\[)/);
  });
});

describe("grade merge", () => {
  const learners = Object.fromEntries(
    ["a", "b", "c", "d", "e"].map((id) => [id, id === "c" ? "fail" : "pass"]),
  );

  async function shards(course: SmallCourse, count: number, ...more: string[]): Promise<void> {
    for (let index = 1; index <= count; index++)
      await graded(course, [
        "/class",
        "--shard",
        `${index}/${count}`,
        "--out",
        `/shards/${index}`,
        "--formats",
        "json",
        ...more,
      ]);
  }

  test("makes of all shards the report of the whole class", async () => {
    using course = courseWith(learners);
    await shards(course, 3, "--exercise", "04");
    await graded(course, ["/class", "--out", "/whole", "--exercise", "04"]);
    const parts = [1, 2, 3].map((index) => reportIn(course, `shards/${index}`));
    expect(parts.map(({ shard, submissions }) => [shard?.index, submissions.map(({ id }) => id)])).toEqual([
      [1, ["a", "d"]],
      [2, ["b", "e"]],
      [3, ["c"]],
    ]);
    const { code, text } = await graded(course, ["merge", "/shards", "--out", "/merged"]);
    expect(code).toBe(0);
    expect(text).toMatch(/5 learners/);
    expect(text).toMatch(/5 submissions of 3 shards\.\nOpen .*merged.report\.html\n$/);
    const [whole, merged] = [reportIn(course, "whole"), reportIn(course, "merged")];
    expect(merged).toEqual({ ...whole, startedAt: parts[0]?.startedAt, finishedAt: parts[2]?.finishedAt });
    expect(existsSync(join(course.root, "merged/learners/e/report.html"))).toBe(true);
    // Again, for a shard that was graded anew.
    expect(
      (await graded(course, ["merge", "/shards/1", "/shards/2", "/shards/3", "--out", "/merged"])).code,
    ).toBe(0);
  });

  test("says which shards are missing, and writes nothing", async () => {
    using course = courseWith(learners);
    await shards(course, 4);
    rmSync(join(course.root, "shards/2"), { recursive: true });
    rmSync(join(course.root, "shards/4"), { recursive: true });
    await expect(graded(course, ["merge", "/shards", "--out", "/merged"])).rejects.toThrow(
      "Expected all 4 shards, but 2 are missing: 2/4, 4/4. Nothing was written",
    );
    expect(existsSync(join(course.root, "merged"))).toBe(false);
  });

  test.each<[string, (report: GradeReport) => void, RegExp]>([
    ["another suite", ({ exercises }) => void (exercises[0]!.suiteHash = "00"), /differ in the suites/],
    ["other points", ({ exercises }) => void (exercises[1]!.points = 20), /differ in the points/],
    ["other weights", ({ exercises }) => void (exercises[1]!.tests[0]!.weight = 2), /the weights/],
    ["other exercises", ({ exercises }) => void exercises.pop(), /differ in their exercises/],
    ["another level", ({ seal }) => void (seal.level = "sealed"), /shut in: "open" and "sealed"/],
    ["another Node", ({ versions }) => void (versions["node"] = "27.0.0"), /the version of Node/],
    ["another track", (report) => void (report.track = "payments"), /their track: null and "payments"/],
    [
      "a learner twice",
      ({ submissions }) => void (submissions[0]!.id = "a"),
      /each submission once, got "a" in/,
    ],
    [
      "a learner's id that leads out",
      ({ submissions }) => void (submissions[0]!.id = "../x"),
      /fit for a file's name/,
    ],
    ["the same shard twice", (report) => void (report.shard!.index = 1), /each shard once, got 1\/2 in/],
    [
      "a shard of another class",
      (report) => void (report.shard!.count = 3),
      /shards of one class, got 1\/2 and 2\/3/,
    ],
    ["no shard", (report) => void delete report.shard, /is of none/],
    ["another schema", (report) => void (report.schema = "x/2" as GradeReport["schema"]), /got "x\/2"/],
  ])("refuses %s", async (_, change, message) => {
    using course = courseWith(learners);
    await shards(course, 2);
    const report = reportIn(course, "shards/2");
    change(report);
    course.write("shards/2/report.json", JSON.stringify(report));
    await expect(graded(course, ["merge", "/shards", "--out", "/merged"])).rejects.toThrow(message);
    expect(existsSync(join(course.root, "merged"))).toBe(false);
  });

  test("of machines with two kernels names both, and a canary that did not hold on one", async () => {
    using course = courseWith(learners);
    await shards(course, 2);
    const canary = { title: "reads /etc", held: true, detail: "refused" };
    for (const index of [1, 2]) {
      const report = reportIn(course, `shards/${index}`);
      report.versions["kernel"] = `6.${index}`;
      report.seal.canaries = [{ ...canary, ...(index === 2 && { held: false, detail: "read it" }) }];
      course.write(`shards/${index}/report.json`, JSON.stringify(report));
    }
    await graded(course, ["merge", "/shards", "--out", "/merged"]);
    const { versions, seal } = reportIn(course, "merged");
    expect(versions["kernel"]).toBe("6.1, 6.2");
    expect(seal).toMatchObject({ reason: "It is a fake.", canaries: [{ held: false, detail: "read it" }] });
  });

  test.each([
    [["merge"], /Expected folders of runs/],
    [["merge", "/shards"], /--out with another one/],
    [["merge", "/class", "--out", "/merged"], /Expected a folder with report\.json/],
    [["merge", "/nowhere", "--out", "/merged"], /is not there/],
    [["merge", "/shards/1", "--out", "/shards/1"], /another folder than those/],
    [["merge", "/shards", "--out", "/merged", "--open"], /Expected no --open with merge/],
    [["merge", "/shards", "--out", "/shards/1"], /holds shard 1\/1\.\nThis run: no shard/],
  ])("refuses %j", async (args, message) => {
    using course = courseWith({ a: "pass" });
    await shards(course, 1);
    await expect(graded(course, args)).rejects.toThrow(message);
  });
});

test("grades real answers by the real judge, at the open level: a solution, a stub, a mistake, and nothing", async () => {
  const course = openCourse();
  const folder = mkdtempSync(join(tmpdir(), "class-"));
  try {
    const lay = (from: string, to: string): void => {
      mkdirSync(join(folder, "class", to), { recursive: true });
      cpSync(join(course.root, from), join(folder, "class", to), { recursive: true });
    };
    lay("solutions/04-framing", "alice/04-framing");
    lay("mistakes/04-framing/stub", "bob/04-framing");
    lay("mistakes/04-framing/one-frame-per-chunk", "carl/04-framing");
    mkdirSync(join(folder, "class/dora/04-framing"), { recursive: true });
    // It imports two of the course's packages.
    lay("solutions/12-timeout-budget", "alice/12-timeout-budget");
    const { code } = await runCommand(
      gradeWith(chooseJudge),
      course,
      join(folder, "class"),
      "--exercise",
      "04,12",
      "--open",
      "--no-cache",
      "--out",
      join(folder, "out"),
    );
    expect(code).toBe(0);
    const report = JSON.parse(readFileSync(join(folder, "out/report.json"), "utf8")) as GradeReport;
    const statuses = report.submissions.map(({ id, results }) => [
      id,
      ...results.map(({ status }) => status),
    ]);
    expect(statuses).toEqual([
      ["alice", "pass", "pass"],
      ["bob", "fail", "absent"],
      ["carl", "fail", "absent"],
      ["dora", "absent", "absent"],
    ]);
    const [, , carl] = report.submissions;
    const failed = carl?.results[0]?.tests.find(({ status }) => status === "fail");
    expect(failed?.text).toContain("What we did to your code");
    expect(failed?.text).toContain("Perhaps");
    expect(report.submissions[0]?.results.map(({ seed }) => seed)).toEqual([
      expect.stringMatching(/^[0-9a-f]{32}$/),
      expect.stringMatching(/^[0-9a-f]{32}$/),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
