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

describe("what the test stumbles over after something has come back is the answer's, for a suite is proven not to over a right one", () => {
  const stumbles = "The test cannot go on with what your code gave back: ";
  test.each([
    [
      "return undefined;",
      "const helper = (pool: any) => pool.port; helper(await given.open());",
      "TypeError: Cannot read properties of undefined (reading 'port')",
    ],
    [
      "return {};",
      "const pool = await given.open(); await new Promise((done) => connect({ port: pool.port, host: '127.0.0.1' }, done as never));",
      'TypeError: The "options" or "port" or "path" argument must be specified',
    ],
    ["return 5;", "const [first] = await given.open(); expect(first).toBe(1);", "TypeError: "],
    [
      "return NaN;",
      "new Date((await given.open()) as number).toISOString();",
      "RangeError: Invalid time value",
    ],
  ])("%s %s", async (gives, body, problem) => {
    const { status, said } = await judge(gives, body);
    expect(status).toBe("fail");
    expect(said).toContain(stumbles + problem);
  });

  test("what was thrown first is told, and not what tidying up has thrown after it", async () => {
    const body = `const pool = await given.open();
      await using guard = { [Symbol.asyncDispose]: () => pool.close() };
      expect(pool, "The pool must be open").toBe(guard);`;
    expect(await judge("return { };", body)).toEqual({ status: "fail", said: "The pool must be open" });
  });
});

test("an error of the answer's that calls itself an assertion of the suite's is one that it threw", async () => {
  const forged = `throw Object.assign(new Error("x"), { name: "AssertionError", sockets: [1, null], shown: 5, expected: 1, actual: 2 });`;
  const threw = "threw AssertionError: x";
  expect(await judge(forged, "await given.open();")).toEqual({ status: "fail", said: `\`open\` ${threw}` });
  const passedOn =
    "await given.echo(1); try { await given.open(); } catch (error) { throw new Error('passed on', { cause: error }); }";
  expect(await judge(forged, passedOn)).toMatchObject({ status: "error" });
});

describe("what is the suite's own fault stays an error", () => {
  test.each([
    ["before any call has given anything back", "return {};", "settings.close();"],
    [
      "something else than a value of the wrong kind",
      "return {};",
      `await given.open(); throw new Error("pool.close is not a function");`,
    ],
    [
      "a machine that has no memory left",
      "return {};",
      `await given.open(); throw new RangeError("Array buffer allocation failed");`,
    ],
    [
      "a port that somebody else has",
      "return {};",
      `await given.open(); throw Object.assign(new Error("listen EADDRINUSE"), { code: "EADDRINUSE" });`,
    ],
  ])("%s", async (_, gives, body) => {
    expect(await judge(gives, body)).toMatchObject({
      status: "error",
      said: expect.stringContaining("could not judge"),
    });
  });
});
