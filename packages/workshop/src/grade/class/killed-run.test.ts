import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { GradeReport } from "@tcpip-workshop/report";
import { describe, expect, test } from "vitest";
import { gradeWith } from "../../commands/grade.ts";
import { PipedProcess } from "../../testing/pty-less.ts";
import { runCommand } from "../../testing/run-command.ts";
import { FakeJudge } from "../../testing/small-class.ts";
import { smallCourse, type SmallCourse } from "../../testing/small-course.ts";

const main = fileURLToPath(new URL("../../testing/grade-main.ts", import.meta.url));
const learners = ["alice", "bob", "carl", "dora", "emil"];

/** A course with a class in it. */
function courseWithClass(): SmallCourse {
  const course = smallCourse("04-framing");
  for (const id of learners) course.write(`class/${id}/04-framing/framing.ts`, `pass ${id}\n`);
  return course;
}

/** Grades two answers, and is about to grade the third. */
async function stuckRun(course: SmallCourse): Promise<PipedProcess> {
  const run = new PipedProcess([
    "--disable-warning=ExperimentalWarning",
    main,
    course.root,
    "2",
    ...args(course),
  ]);
  await run.says(/graded 2, staged in .*\n/);
  return run;
}

function args({ root }: SmallCourse): string[] {
  return [join(root, "class"), "--out", join(root, "out"), "--jobs", "1", "--no-cache"];
}

function written({ root }: SmallCourse): string[] {
  return readdirSync(join(root, "out/results"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .toSorted();
}

describe("a run that ended in the middle", () => {
  test("by SIGKILL is gone on with: nothing is lost, and nothing graded twice", async () => {
    using course = courseWithClass();
    await using run = await stuckRun(course);
    run.signal("SIGKILL");
    expect(await run.ended).toEqual([null, "SIGKILL"]);
    const left = dirname(/staged in (.*)\n/.exec(run.text)?.[1] ?? "");
    expect(existsSync(left)).toBe(true);
    expect(written(course)).toEqual(["alice/04-framing.json", "bob/04-framing.json"]);
    expect(existsSync(join(course.root, "out/report.json"))).toBe(false);
    // As if it had died while it wrote.
    course.write("out/results/carl/.half.unfinished", '{ "stat');
    const judge = new FakeJudge();
    const { code } = await runCommand(
      gradeWith(async () => judge),
      course,
      ...args(course),
    );
    expect(code).toBe(0);
    expect(existsSync(left)).toBe(false);
    expect(judge.asked).toEqual(["carl", "dora", "emil"].map((id) => `04-framing: pass ${id}\n`));
    expect(existsSync(join(course.root, "out/results/carl/.half.unfinished"))).toBe(false);
    const report = JSON.parse(readFileSync(join(course.root, "out/report.json"), "utf8")) as GradeReport;
    expect(report.submissions.map(({ id, points }) => [id, points])).toEqual(learners.map((id) => [id, 10]));
  });

  test.each(["SIGINT", "SIGTERM"] as const)(
    "by %s has written what was done, left no answer behind, and says how to go on",
    async (signal) => {
      using course = courseWithClass();
      await using run = await stuckRun(course);
      const staged = /staged in (.*)\n/.exec(run.text)?.[1] ?? "";
      expect(existsSync(dirname(staged))).toBe(true);
      run.signal(signal);
      expect(await run.ended).toEqual([130, null]);
      expect(run.text).toContain("2 of 5 results");
      expect(run.text).toMatch(/the same command goes on from there/);
      expect(written(course)).toEqual(["alice/04-framing.json", "bob/04-framing.json"]);
      expect(existsSync(dirname(staged))).toBe(false);
    },
  );
});
