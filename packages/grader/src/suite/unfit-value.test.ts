import { afterAll, describe, expect, test } from "vitest";
import { GraderProcess } from "../testing/grader-process.ts";
import { writeExercise } from "../testing/write-exercise.ts";

const grader = new GraderProcess();
afterAll(() => grader[Symbol.asyncDispose]());

interface Judged {
  status: string;
  /** Of the verdict, or the failed test's problem. */
  said: string | undefined;
}

/** What comes of an answer whose `open` gives this back, graded by a test that says that. */
async function judge(gives: string, body: string): Promise<Judged> {
  const answer = `export const open = (): unknown => { ${gives} };\nexport const note = (): void => {};\nexport const echo = (value: unknown): unknown => value;`;
  const suite = `
    const given = module as never as { [name: string]: (...args: unknown[]) => Promise<any> };
    const settings: any = { port: 1 };
    test("opens", teaching, async () => { ${body} });`;
  using exercise = writeExercise(suite, answer, ["opens"]);
  const { status, reason, tests } = await grader.grade(exercise, exercise.folder);
  if (status === "fail") expect(tests[0]?.failure?.blame).toBe("answer");
  return { status, said: reason ?? tests[0]?.failure?.problem };
}

const closes = "const pool = await given.open(); expect(await pool.close()).toBe(1);";

describe("what the answer gives back and the test cannot use is the answer's to mend", () => {
  test.each([
    ["return {};", closes, "Expected what `open` gave back to have a method `close`; it has no methods"],
    [
      "return { end: () => 1, port: 80 };",
      closes,
      "Expected what `open` gave back to have a method `close`; it has `end`",
    ],
    [
      "return { close: true };",
      closes,
      "Expected what `open` gave back to have a method `close`; its `close` is of type boolean",
    ],
    ["return 5;", closes, "Expected what `open` gave back to have a method `close`; it is 5"],
    ["return [1, 2];", closes, "Expected what `open` gave back to have a method `close`; it is [1, 2]"],
    [
      "return {};",
      "const { close } = await given.open(); await close();",
      "Expected what `open` gave back to have a method `close`; it has no methods",
    ],
    [
      "return {};",
      "await (await given.open()).close();",
      "Expected what `open` gave back to have a method `close`; it has no methods",
    ],
    [
      "return { server: {} };",
      "const running = await given.open(); await given.note(); await running.server.close();",
      "Expected `server` of what `open` gave back to have a method `close`; it has no methods",
    ],
    [
      "return {};",
      "const helper = (pool: any) => pool.close(settings.port); await helper(await given.open());",
      "Expected what `open` gave back to have a method `close`; it has no methods",
    ],
    [
      "return { port: 1 };",
      "const held: any = { pool: quietly(() => given.open()) }; const pool = await held.pool; await pool.close();",
      "Expected what `open` gave back to have a method `close`; it has no methods",
    ],
    [
      "",
      "const pool = await quietly(() => given.open()); await given.open(); await pool.close();",
      "Expected what `open` gave back to have `close`; it is undefined",
    ],
    ["", closes, "Expected what `open` gave back to have `close`; it is undefined"],
    ["return null;", closes, "Expected what `open` gave back to have `close`; it is null"],
    [
      "return {};",
      "const reply = await given.open(); expect(reply.header.length).toBe(1);",
      "Expected `header` of what `open` gave back to have `length`; it is undefined",
    ],
  ])("%s %s", async (gives, body, problem) => {
    expect(await judge(gives, body)).toEqual({ status: "fail", said: problem });
  });

  test("a class's instance without the method is told as ever", async () => {
    const { status, said } = await judge("return new (class Pool { end(): void {} })();", closes);
    expect(status).toBe("fail");
    expect(said).toMatch(/to have a method `close`; it has `end`$/);
  });
});

test("data that is watched is what it was, to every look at it", async () => {
  const body = `const data = await given.open();
    expect(data).toEqual({ a: 1, deep: { b: [2] } });
    expect(data).toStrictEqual({ a: 1, deep: { b: [2] } });
    expect(JSON.stringify(data)).toBe('{"a":1,"deep":{"b":[2]}}');
    expect({ ...data }).toEqual({ a: 1, deep: { b: [2] } });
    expect(data.deep).toBe(data.deep);
    expect([data.none, "none" in data, "a" in data]).toEqual([undefined, false, true]);
    expect(await given.echo(data)).toEqual({ a: 1, deep: { b: [2] } });`;
  expect(await judge("return { a: 1, deep: { b: [2] } };", body)).toEqual({
    status: "pass",
    said: undefined,
  });
});

describe("what is the suite's own fault stays an error", () => {
  test.each([
    ["a method that its own object lacks", "return { close: () => 1 };", `${closes} settings.close();`],
    [
      "a method that its own object lacks, behind a value without methods",
      "return 1;",
      "await given.open(); settings.close();",
    ],
    [
      "a value of its own that is not there",
      "return undefined;",
      "await given.open(); settings.server.close();",
    ],
    [
      "a value of its own that is not there, behind a call that gives nothing back",
      "return undefined;",
      "const done = await given.note(); const found = [].find(Boolean) as any; found.close(done);",
    ],
    ["before any call", "return {};", "settings.close();"],
    [
      "something else than a TypeError",
      "return {};",
      `await given.open(); throw new Error("pool.close is not a function");`,
    ],
    [
      "in Node's code, not in the suite's",
      "return {};",
      "await given.open(); connect({ port: 1, lookup: 5 as never }); ",
    ],
  ])("%s", async (_, gives, body) => {
    expect(await judge(gives, body)).toMatchObject({
      status: "error",
      said: expect.stringContaining("could not judge"),
    });
  });
});
