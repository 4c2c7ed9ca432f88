import { existsSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { GraderProcess } from "../testing/grader-process.ts";
import { writeExercise } from "../testing/write-exercise.ts";
import type { Verdict } from "../verdict.ts";

const grader = new GraderProcess();
afterAll(() => grader[Symbol.asyncDispose]());

const ledger = `
  import { writeFileSync } from "node:fs";
  export const append = async (file: string) => {
    const { DatabaseSync } = await import("node:sqlite");
    const database = new DatabaseSync(file);
    database.exec("create table if not exists receipts (id)");
    database.exec("insert into receipts values (1)");
    return database.prepare("select count(*) as rows from receipts").get()!["rows"];
  };
  export const begin = async (file: string, hold: () => Promise<void>) => {
    const { DatabaseSync } = await import("node:sqlite");
    const database = new DatabaseSync(file);
    database.exec("begin immediate; insert into receipts values (2)");
    await hold();
    database.exec("commit");
  };
  export const write = (file: string, bytes = 1) => writeFileSync(file, new Uint8Array(bytes));
`;

async function gradeOne(body: string, { scratch = true } = {}): Promise<Verdict> {
  using exercise = writeExercise(`test("does it", teaching, async () => { ${body} });`, ledger, ["does it"], {
    scratch,
  });
  return await grader.grade(exercise, exercise.folder);
}

describe("an answer that may write", () => {
  test("has a folder for that, with SQLite, and the suite reads what it wrote", async () => {
    const verdict = await gradeOne(`
      const file = module.scratch + "/ledger.db";
      expect(await module.append(file)).toBe(1);
      const { DatabaseSync } = await import("node:sqlite");
      using database = new DatabaseSync(file, { readOnly: true });
      expect(database.prepare("select count(*) as rows from receipts").get()).toEqual({ rows: 1 });
    `);
    expect(verdict).toMatchObject({ status: "pass" });
  });

  test("cannot write files beside it", async () => {
    const beside = join(tmpdir(), `tcpip-workshop-beside-${process.pid}`);
    try {
      const verdict = await gradeOne(`await module.write(${JSON.stringify(beside)});`);
      expect(verdict).toMatchObject({ status: "fail" });
      expect(existsSync(beside)).toBe(false);
    } finally {
      rmSync(beside, { force: true });
    }
  });

  test("cannot write more than 64 MiB into one file", async () => {
    const verdict = await gradeOne(`await module.write(module.scratch + "/big", 65 * 1024 * 1024);`);
    expect(verdict.tests[0]?.failure?.problem).toMatch(/SIGXFSZ|EFBIG/);
  });

  test("leaves nothing behind: the folder is gone with the suite", async () => {
    const told = join(tmpdir(), `tcpip-workshop-told-${process.pid}`);
    try {
      await gradeOne(`
        await module.write(module.scratch + "/kept");
        (await import("node:fs")).writeFileSync(${JSON.stringify(told)}, module.scratch);
      `);
      const folder = readFileSync(told, "utf8");
      expect(folder).toContain(tmpdir());
      expect(existsSync(folder)).toBe(false);
    } finally {
      rmSync(told, { force: true });
    }
  });

  test("is only one whose suite asked for it", async () => {
    const verdict = await gradeOne(`module.scratch;`, { scratch: false });
    expect(verdict).toMatchObject({ status: "error" });
    expect(verdict.reason).toContain("scratch: true");
  });
});

describe("killing the answer's process", () => {
  test("in the middle of a call rejects the call, and the next export finds a fresh process on the same files", async () => {
    const verdict = await gradeOne(`
      const file = module.scratch + "/ledger.db";
      await module.append(file);
      const { promise: held, resolve: holds } = Promise.withResolvers();
      const cut = module.begin(file, () => { holds(); return new Promise(() => {}); });
      const cutShort = expect(cut).rejects.toMatchObject({ code: "ENDED" });
      await held;
      const { pid } = module.process;
      await module.process.kill();
      await cutShort;
      expect(() => process.kill(pid, 0)).toThrow("ESRCH");
      // What was not committed died with it.
      expect(await module.append(file)).toBe(2);
      expect(module.process.pid).not.toBe(pid);
      expect(module.process.started).toBe(2);
    `);
    expect(verdict.tests[0]?.failure).toBeUndefined();
    expect(verdict).toMatchObject({ status: "pass", processes: 1 });
  });

  test("as a test's last deed is no failure, however long the fresh process loads", async () => {
    const body = `if ((await module.append(module.scratch + "/ledger.db")) === 1) await module.process.kill();`;
    const slow = `${ledger}\nfor (const end = Date.now() + 1500; Date.now() < end; );`;
    using exercise = writeExercise(`test("does it", teaching, async () => { ${body} });`, slow, ["does it"], {
      scratch: true,
    });
    expect(await grader.grade(exercise, exercise.folder)).toMatchObject({ status: "pass" });
  });

  test("is a step of the story, and no failure of the next test", async () => {
    const verdict = await gradeOne(`
      await module.process.kill();
      expect(await module.append(module.scratch + "/ledger.db"), "The ledger must be empty").toBe(0);
    `);
    const steps = JSON.stringify(verdict.tests[0]?.failure?.steps);
    expect(steps).toContain("the process of answer.ts is killed (SIGKILL)");
    expect(verdict.tests[0]?.failure?.problem).toContain("The ledger must be empty");
  });
});

describe("a page", () => {
  test("is part of the verdict, of a failed one too", async () => {
    const verdict = await gradeOne(`page("Storm", "Two cuts."); expect(1, "No").toBe(2);`);
    expect(verdict).toMatchObject({ status: "fail", page: { title: "Storm", text: "Two cuts." } });
  });

  test("is not the next verdict's", async () => {
    expect(await gradeOne("")).not.toHaveProperty("page");
  });
});
