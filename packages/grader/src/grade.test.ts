import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readExercise } from "./exercise.ts";
import { GraderProcess } from "./testing/grader-process.ts";
import { writeExercise } from "./testing/write-exercise.ts";
import type { Verdict } from "./verdict.ts";

const grader = new GraderProcess();
afterAll(() => grader[Symbol.asyncDispose]());

const double = "export const double = (n: number): number => n * 2;\n";
const doubles = `test("doubles", teaching, async () => { expect(await module.double(21), "Twice the number").toBe(42); });\n`;

async function gradeOnce(suite: string, answer: string, titles: string[]): Promise<Verdict> {
  using exercise = writeExercise(suite, answer, titles);
  return await grader.grade(exercise, exercise.folder);
}

describe("a pass", () => {
  test("is exactly the expected tests, each run and passed", async () => {
    const verdict = await gradeOnce(doubles, double, ["doubles"]);
    expect(verdict).toMatchObject({
      status: "pass",
      processes: 1,
      tests: [{ title: "doubles", status: "pass" }],
    });
  });

  test("needs one process for a suite of twelve", async () => {
    const titles = Array.from({ length: 12 }, (_, index) => `doubles ${index}`);
    const suite = `for (const title of ${JSON.stringify(titles)}) test(title, teaching, async () => { expect(await module.double(1)).toBe(2); });`;
    expect(await gradeOnce(suite, double, titles)).toMatchObject({ status: "pass", processes: 1 });
  });

  test("comes of an answer that lends the same object to two tests", async () => {
    const shared = `const counter = { add: (by: number) => by + 1 };\nexport const lend = () => counter;\n`;
    const suite = ["first", "second"]
      .map(
        (title) =>
          `test("${title}", teaching, async () => { const lent = await module.lend(); expect(await lent.add(1)).toBe(2); });`,
      )
      .join("\n");
    expect(await gradeOnce(suite, shared, ["first", "second"])).toMatchObject({ status: "pass" });
  });

  test("owes nothing to what the last run left in a file that the suite imports", async () => {
    const suite = `
      import { turns } from "./stage/turns.ts";
      test("doubles", teaching, async () => { turns.push(1); expect(turns).toEqual([1]); });`;
    using exercise = writeExercise(suite, double, ["doubles"]);
    mkdirSync(join(exercise.folder, "stage"));
    writeFileSync(join(exercise.folder, "stage", "turns.ts"), 'export * from "./more.ts";');
    writeFileSync(join(exercise.folder, "stage", "more.ts"), "export const turns: number[] = [];");
    for (let run = 0; run < 3; run++) {
      expect(await grader.grade(exercise, exercise.folder)).toMatchObject({ status: "pass" });
    }
  });

  test("is plain data", async () => {
    const verdict = await gradeOnce(doubles, double, ["doubles"]);
    expect(structuredClone(verdict)).toEqual(verdict);
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
  });
});

describe("a fail", () => {
  test("tells what was done, what was expected and what came", async () => {
    const verdict = await gradeOnce(doubles, double.replace("* 2", "+ 2"), ["doubles"]);
    expect(verdict).toMatchObject({
      status: "fail",
      tests: [
        {
          why: "It matters.",
          read: "The lesson.",
          hint: "Think.",
          failure: {
            blame: "answer",
            problem: "Twice the number",
            steps: ["1. double(21)\n   → 23"],
            expected: ["42"],
            received: ["23"],
          },
        },
      ],
    });
  });

  test("is what a throw is, with the learner's line", async () => {
    const verdict = await gradeOnce(
      doubles,
      'export function double(n: number): number {\n  throw new Error("not implemented");\n}\n',
      ["doubles"],
    );
    expect(verdict.tests[0]?.failure).toMatchObject({
      problem: "`double` threw Error: not implemented",
      at: "answer.ts:2:9",
    });
  });

  test.each([
    [
      "a file that does not parse",
      "export const double = (n: number) =>;",
      /could not be loaded: SyntaxError/,
    ],
    [
      "an enum, which type stripping cannot erase",
      "export enum Kind { A }",
      /could not be loaded: SyntaxError.*enum.*has to be written out/,
    ],
    [
      "a file that throws while it loads",
      'throw new Error("at load");',
      /could not be loaded: Error: at load/,
    ],
    ["an import that is not there", 'import "./missing.ts"; export {};', /could not be loaded.*missing/],
    ["an empty file", "", /Expected answer.ts to export a function `double`; it exports nothing/],
    ["an export under another name", "export const twice = 1;", /it exports `twice` \(number\)/],
    [
      "a default export instead of a named one",
      "export default (n: number) => n * 2;",
      /it exports `default` \(function\)/,
    ],
  ])("is what %s is, in one sentence", async (_, answer, problem) => {
    const verdict = await gradeOnce(doubles, answer, ["doubles"]);
    expect(verdict.status).toBe("fail");
    expect(verdict.tests[0]?.failure?.problem).toMatch(problem);
    expect(verdict.tests[0]?.failure?.problem).not.toMatch(/\n\s+at /);
  });

  const counts = `test("counts", teaching, async () => {
    const counter = module.create("EventCounter", 1);
    expect(await counter.add(1), "One and one").toBe(2);
  });`;
  test.each([
    ["that is not there", "export const double = 1;", "`double` (number)"],
    ["that is not exported", "class EventCounter { add() {} }\nexport {};", "nothing"],
    ["that is a function", "export function EventCounter() {}", "`EventCounter` (function)"],
  ])("a class %s is told as a function is, whatever is called behind `create`", async (_, answer, there) => {
    const verdict = await gradeOnce(counts, answer, ["counts"]);
    expect(verdict).toMatchObject({ status: "fail", processes: 1 });
    expect(verdict.tests[0]?.failure).toEqual({
      blame: "answer",
      problem: `Expected answer.ts to export a class \`EventCounter\`; it exports ${there}`,
      steps: [],
      isLoading: true,
    });
  });

  test("a class that is not there is told the same by a field, by a second instance and in the next test", async () => {
    const fields = `for (const title of ["first", "second"]) test(title, teaching, async () => {
      module.create("EventCounter", 1);
      expect(await field(module.create("EventCounter", 1).total), "The total").toBe(1);
    });`;
    const { tests } = await gradeOnce(fields, "export {};", ["first", "second"]);
    const told = "Expected answer.ts to export a class `EventCounter`; it exports nothing";
    expect(tests.map(({ failure }) => failure?.problem)).toEqual([told, told]);
  });

  test.each([
    ["another name", "increase() {} reset = () => {};", "it has `reset`, `increase`"],
    ["no method", "", "it has no methods"],
    ["a number of that name", "add = 1;", "its `add` is of type number"],
    [
      "many others",
      Array.from({ length: 10 }, (_, index) => `m${index}() {}`).join(" "),
      "it has `m0`, `m1`, `m2`, `m3`, `m4`, `m5`, `m6`, `m7` and 2 more",
    ],
  ])("a method that is not there is named, with what there is: %s", async (_, body, there) => {
    const verdict = await gradeOnce(counts, `export class EventCounter { ${body} }`, ["counts"]);
    expect(verdict.tests[0]?.failure).toMatchObject({
      blame: "answer",
      problem: `Expected \`counter\` (EventCounter) to have a method \`add\`; ${there}`,
      steps: ["1. counter = new EventCounter(1)", "2. counter.add(1)\n   → (nothing came back)"],
    });
  });

  test("a method that an object of the answer's lacks is told of the object", async () => {
    const suite = `test("counts", teaching, async () => { await (await module.make()).add(1); });`;
    const answer = "class Counter { total = 0; read() {} }\nexport const make = () => new Counter();";
    const verdict = await gradeOnce(suite, answer, ["counts"]);
    expect(verdict.tests[0]?.failure?.problem).toBe(
      "Expected `Counter` to have a method `add`; it has `read`",
    );
  });

  test.each([
    ["a symbol", 'Symbol("x")', "A symbol (Symbol(x)) cannot cross between processes"],
    ["a getter that throws", '({ get n() { throw new Error("boom"); } })', "boom"],
    ["an object to wait for", "[{ then() {} }]", "Expected plain data, got an object with a `then` method"],
  ])("%s, which cannot cross, is nothing that the answer threw", async (_, value, reason) => {
    const verdict = await gradeOnce(doubles, `export const double = () => ${value};`, ["doubles"]);
    expect(verdict.tests[0]?.failure?.problem).toBe(
      `What \`double\` gave back could not be read by the test: ${reason}`,
    );
  });

  test("an error of the answer's own that is called like ours is the answer's", async () => {
    const error = 'Object.assign(new Error("mine"), { name: "AnswerFailure", code: "NO_METHOD" })';
    const verdict = await gradeOnce(doubles, `export const double = () => { throw ${error}; };`, ["doubles"]);
    expect(verdict.tests[0]?.failure?.problem).toBe("`double` threw AnswerFailure: mine (code NO_METHOD)");
  });

  test("after a death, the next test has a fresh process", async () => {
    const suite = `
      test("dies", teaching, async () => { await module.double(-1); });
      ${doubles}`;
    const answer =
      "export const double = (n: number): number => { if (n < 0) process.exit(0); return n * 2; };";
    expect(await gradeOnce(suite, answer, ["dies", "doubles"])).toMatchObject({
      status: "fail",
      processes: 2,
      tests: [{ status: "fail" }, { status: "pass" }],
    });
  });

  test("a promise rejected in the background fails the test that made it, not the next", async () => {
    const suite = `
      test("rejects", teaching, async () => { await module.double(-1); });
      ${doubles}`;
    const answer =
      'export const double = (n: number): number => { if (n < 0) void Promise.reject(new Error("lost")); return n * 2; };';
    const verdict = await gradeOnce(suite, answer, ["rejects", "doubles"]);
    expect(verdict.tests.map(({ status }) => status)).toEqual(["fail", "pass"]);
    expect(verdict.tests[0]?.failure?.problem).toContain("lost");
  });

  test("a call back to a test that has ended is heard by nobody, and harms no other test", async () => {
    const suite = `
      test("lends", teaching, async () => { await module.callSoon(() => {}); });
      test("waits", teaching, async () => { await eventually(async () => (await module.called()) === "yes", "It is called"); });`;
    const answer = `
      let answered = "no";
      export const called = () => answered;
      export const callSoon = (lent: () => Promise<void>) => {
        setTimeout(() => void lent().then(() => { answered = "yes"; }), 20);
      };`;
    expect(await gradeOnce(suite, answer, ["lends", "waits"])).toMatchObject({
      status: "pass",
      processes: 1,
    });
  });

  test("a crash between two tests fails one of them", async () => {
    const suite = `
      test("arms", teaching, async () => { await module.double(-1); });
      test("waits", teaching, async () => { await expect(module.double(1)).resolves.toBe(2); await module.double(1e9); });`;
    const answer =
      "export const double = (n: number) => { if (n < 0) setTimeout(() => process.abort(), 5); return n === 1e9 ? new Promise(() => {}) : n * 2; };";
    expect((await gradeOnce(suite, answer, ["arms", "waits"])).status).toBe("fail");
  });

  test("throwing undefined is told as what it is", async () => {
    const verdict = await gradeOnce(
      doubles,
      "export const double = (n: number): number => { throw undefined; };",
      ["doubles"],
    );
    expect(verdict.tests[0]?.failure?.problem).toContain("`double` threw undefined, which is not an Error");
  });

  test("an answer that matches everything matches nothing", async () => {
    const answer = "export const double = (n: number) => ({ asymmetricMatch: () => true, then: undefined });";
    const suite = `test("doubles", teaching, async () => { expect(await module.double(21)).toEqual({ n: 42 }); });`;
    expect((await gradeOnce(suite, answer, ["doubles"])).status).toBe("fail");
  });

  test("poisoning every prototype in its own process does not reach the judge", async () => {
    const answer = `
      Object.prototype.toString = () => "[object Number]"; Number.prototype.valueOf = () => 42; Array.prototype.every = () => true;
      JSON.stringify = () => '[{"op":"ok","id":1,"value":42}]'; Map.prototype.get = () => 42; Promise.prototype.then = () => 42 as never;
      export const double = (n: number) => 0;`;
    expect((await gradeOnce(doubles, answer, ["doubles"])).status).not.toBe("pass");
  });

  test("what the answer prints belongs to the test that made it print", async () => {
    const verdict = await gradeOnce(
      doubles,
      'export const double = (n: number) => { console.log("called with", n); return 0; };',
      ["doubles"],
    );
    expect(verdict.tests[0]?.output).toBe("called with 21\n");
  });

  test("what one test made it print takes nothing from the next, even beyond all measure", async () => {
    const titles = ["a little", "much", "a little again", "far too much", "a little at the end"];
    const lines = [1, 600, 1, 5000, 1];
    const suite = titles
      .map(
        (title, at) =>
          `test("${title}", teaching, async () => { await module.double(${lines[at]}); expect(1).toBe(2); });`,
      )
      .join("\n");
    const answer =
      'export const double = (n: number) => { for (let at = 0; at < n; at++) console.log("n", n, "x".repeat(90)); return 0; };';
    const outputs = (await gradeOnce(suite, answer, titles)).tests.map(({ output }) => output);
    const line = `n 1 ${"x".repeat(90)}\n`;
    expect([outputs[0], outputs[2], outputs[4]]).toEqual([line, line, line]);
    expect(outputs[1]?.split("\n")).toHaveLength(601);
    expect(outputs[3]).toMatch(/^n 5000 x{90}\n/);
    expect(outputs[3]).toMatch(/\n… and [\d,]+ bytes more, not kept\n$/);
  });
});

describe("an error, never a pass", () => {
  test.each([
    ["no test", "", [], /ran no test/],
    [
      "a skipped test",
      `${doubles} vitestTest.skip("skipped", () => {});`,
      ["doubles", "skipped"],
      /"skipped" did not run/,
    ],
    ["a todo", `${doubles} vitestTest.todo("later");`, ["doubles", "later"], /"later" did not run/],
    ["`only`", `vitestTest.only("alone", () => {}); ${doubles}`, ["alone", "doubles"], /only|did not run/],
    [
      "a test that is missing",
      doubles,
      ["doubles", "halves"],
      /"halves" has a heading in hints.md, but did not run/,
    ],
    ["a test too many", doubles, [], /"doubles" ran, but has no heading/],
    ["the same test twice", doubles + doubles, ["doubles"], /"doubles" ran, but has no heading of its own/],
    [
      "a suite that breaks while it loads",
      `throw new Error("broken suite"); ${doubles}`,
      ["doubles"],
      /The suite broke: broken suite/,
    ],
    [
      "an unhandled rejection in the suite",
      `${doubles} void Promise.reject(new Error("nobody waits"));`,
      ["doubles"],
      /The suite broke: nobody waits/,
    ],
    [
      "a mistake in the suite's own code",
      'test("doubles", teaching, async () => { (undefined as never as { x: () => void }).x(); });',
      ["doubles"],
      /could not judge/,
    ],
    [
      "evidence that is not there",
      'test("doubles", teaching, async () => { evidence(false, "the cut"); });',
      ["doubles"],
      /could not judge.*Expected to see, before judging: the cut/,
    ],
  ])("%s", async (_, suite, titles, reason) => {
    const verdict = await gradeOnce(suite, double, titles);
    expect(verdict.status).toBe("error");
    expect(verdict.reason).toMatch(reason);
  });

  test("an empty folder is one sentence", async () => {
    using exercise = writeExercise(doubles, double, ["doubles"]);
    const empty = join(exercise.folder, "empty");
    mkdirSync(empty);
    expect(await grader.grade(exercise, empty)).toMatchObject({
      status: "error",
      reason: expect.stringMatching(/\/empty\/answer\.ts, but there is no such file\. Put it back$/),
    });
  });

  test("a learner's own file that is gone, though it was there, is one sentence, and how to go on", async () => {
    using exercise = writeExercise(doubles, double, ["doubles"]);
    expect(await grader.grade(exercise, exercise.folder)).toMatchObject({ status: "pass" });
    renameSync(join(exercise.folder, "answer.ts"), join(exercise.folder, "other.ts"));
    const { files } = readExercise(exercise.folder);
    expect(await grader.grade({ ...exercise, label: "04-framing", files }, exercise.folder)).toMatchObject({
      status: "error",
      tests: [],
      reason: expect.stringMatching(
        /^Expected your answer in \S+\/answer\.ts, but there is no such file\. Put it back, or start again from the stub: pnpm workshop reset 04$/,
      ),
    });
  });

  test("a directory where the file should be is one sentence", async () => {
    using exercise = writeExercise(doubles, double, ["doubles"]);
    rmSync(join(exercise.folder, "answer.ts"));
    mkdirSync(join(exercise.folder, "answer.ts"));
    expect(await grader.grade(exercise, exercise.folder)).toMatchObject({
      status: "error",
      reason: expect.stringMatching(/that is a directory\. Move it away, or start again from the stub: /),
    });
  });
});

describe("the seed", () => {
  const seeded = `test("says", teaching, async () => { expect(await module.double(new Random(seed()).integer(1, 1e9)), seed().digits).toBe(0); });`;

  test("makes the same run again", async () => {
    using exercise = writeExercise(seeded, double, ["says"]);
    const first = await grader.grade(exercise, exercise.folder);
    const again = await grader.grade(exercise, exercise.folder, { seed: first.seed });
    const fresh = await grader.grade(exercise, exercise.folder);
    expect(again.tests[0]?.failure).toEqual(first.tests[0]?.failure);
    expect(fresh.tests[0]?.failure).not.toEqual(first.tests[0]?.failure);
  });
});
