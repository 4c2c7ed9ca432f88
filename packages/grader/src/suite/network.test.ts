import { afterAll, describe, expect, test } from "vitest";
import { GraderProcess } from "../testing/grader-process.ts";
import { writeExercise } from "../testing/write-exercise.ts";
import type { Verdict } from "../verdict.ts";

const grader = new GraderProcess();
afterAll(() => grader[Symbol.asyncDispose]());

const server = `
  import { createServer } from "node:net";
  export const listen = () => new Promise((resolve) => {
    const server = createServer((socket) => { socket.on("error", () => {}); if (kind === "dies") throw new Error("boom"); });
    server.listen(0, "127.0.0.1", () => resolve({ port: (server.address() as { port: number }).port }));
  });
  export let kind = "lives";
  export const be = (what: string) => { kind = what; };
  export const never = () => new Promise(() => {});
`;

async function gradeOne(body: string): Promise<Verdict> {
  const suite = `test("does it", teaching, async () => {
    const { port } = (await module.listen()) as { port: number };
    ${body}
  });`;
  using exercise = writeExercise(suite, server, ["does it"]);
  return await grader.grade(exercise, exercise.folder);
}

const connected = `
    const peer = connect(port, "127.0.0.1");
    using _peer = { [Symbol.dispose]: () => peer.destroy() };
    peer.on("error", () => {});`;

describe("waiting for a state", () => {
  test("ends when it has come", async () => {
    const verdict = await gradeOne(
      `${connected} await eventually(() => peer.readyState === "open", "The server accepts");`,
    );
    expect(verdict).toMatchObject({ status: "pass" });
  });

  test("fails the answer by the sentence, with what was expected and what came", async () => {
    const verdict = await gradeOne(
      `${connected} await eventually(() => peer.bytesRead === 5, "The server sends back what it got", { within: 50, expected: 5, received: () => peer.bytesRead });`,
    );
    expect(verdict).toMatchObject({
      status: "fail",
      tests: [
        {
          failure: {
            blame: "answer",
            problem: "The server sends back what it got",
            expected: ["5"],
            received: ["0"],
          },
        },
      ],
    });
  });

  test("ends at once when the answer dies, and tells of what", async () => {
    const verdict = await gradeOne(
      `await module.be("dies"); ${connected} await eventually(() => false, "It never comes", { within: 60_000 });`,
    );
    expect(verdict.status).toBe("fail");
    expect(verdict.tests[0]?.failure?.problem).toMatch(/exited with code 1(?:.|\n)*Error: boom/);
  });

  test("for the test's own sake is no fault of the answer's", async () => {
    const verdict = await gradeOne(`await awaitEvidence(() => false, "the relay dropped datagram 1", 50);`);
    expect(verdict).toMatchObject({ status: "error" });
    expect(verdict.reason).toContain("the relay dropped datagram 1");
  });
});

test("a field of what a call returned is there, be it a plain object or an instance with a getter", async () => {
  const suite = `test("has it", teaching, async () => {
    for (const made of [await module.plain(), await module.instance()]) expect(await field(made.port)).toBe(7);
  });`;
  const answer = `
    class Server { get port() { return 7; } close() {} }
    export const plain = () => ({ port: 7, close() {} });
    export const instance = () => new Server();`;
  using exercise = writeExercise(suite, answer, ["has it"]);
  expect(await grader.grade(exercise, exercise.folder)).toMatchObject({ status: "pass" });
});

describe("the story of a test", () => {
  test("is one, however many processes the answer has", async () => {
    const verdict = await gradeOne(`
      const other = answer("./answer.ts");
      await module.be("first"); step("the network goes down"); await other.be("second");
      expect(1, "It is two").toBe(2);`);
    expect(verdict.tests[0]?.failure?.steps).toEqual([
      `1. listen()\n   → { port: ${portIn(verdict)} }`,
      '2. be("first")',
      "3. the network goes down",
      '4. be("second")',
    ]);
  });

  test("shows a long call to its end, on lines that have room in 80 columns", async () => {
    const verdict = await gradeOne(`
      await module.be({ connectTimeout: 60000, idleTimeout: 60000, totalTimeout: 60000, name: "service", next: 7 });
      expect(1, "It is two").toBe(2);`);
    expect(verdict.tests[0]?.failure?.steps[1]).toBe(
      "2. be({ connectTimeout: 60000, idleTimeout: 60000, totalTimeout: 60000,\n" +
        '     name: "service", next: 7 })',
    );
  });

  test("leaves out what is only looked at", async () => {
    const verdict = await gradeOne(
      `await quietly(() => module.be("x")); await module.be("y"); expect(1, "It is two").toBe(2);`,
    );
    expect(verdict.tests[0]?.failure?.steps.slice(1)).toEqual(['2. be("y")']);
  });

  test("forgets an attempt that the machine spoilt", async () => {
    const verdict = await gradeOne(`
      await untilSeen(async (factor) => {
        await module.be("x" + factor);
        timeline({ timeline: () => ["attempt " + factor] });
        evidence(factor === 4, "a quick machine");
      });
      expect(1, "It is two").toBe(2);`);
    const failure = verdict.tests[0]?.failure;
    expect(failure?.steps.slice(1)).toEqual(['2. be("x4")']);
    expect(failure?.timeline).toEqual(["attempt 4"]);
  });

  test("ends in an error when every attempt was spoilt, and at once when the answer is wrong", async () => {
    const spoilt = await gradeOne(
      `await untilSeen(async () => { evidence(false, "it"); }, { attempts: 2 });`,
    );
    expect(spoilt).toMatchObject({ status: "error", reason: expect.stringContaining("before judging: it") });
    const wrong = await gradeOne(
      `await untilSeen(async (factor) => { expect(factor, "It is two").toBe(2); });`,
    );
    expect(wrong).toMatchObject({
      status: "fail",
      tests: [{ failure: { problem: "It is two", received: ["1"] } }],
    });
  });
});

function portIn(verdict: Verdict): number {
  return Number(/port: (\d+)/.exec(verdict.tests[0]?.failure?.steps[0] ?? "")?.[1]);
}

describe("what the network saw", () => {
  test("is kept as data of a passed test too, bounded, and as lines of a source that has no more", async () => {
    const verdict = await gradeOne(`
      const records = Array.from({ length: 40 }, (_, at) => ({ at, direction: "toServer", what: "datagram " + at }));
      timeline("the relay", { timeline: () => [], records }, "the other", { timeline: () => ["FIN came"] });
      timeline("the silent", { timeline: () => [], records: [] });`);
    const [relay, other, ...rest] = verdict.tests[0]?.wire ?? [];
    expect(verdict.status).toBe("pass");
    expect(relay).toMatchObject({ name: "the relay", left: { after: 6, count: 24 } });
    expect(relay?.events?.map(({ at }) => at)).toEqual([
      0, 1, 2, 3, 4, 5, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39,
    ]);
    expect(other).toEqual({ name: "the other", lines: ["FIN came"] });
    expect(rest).toEqual([]);
  });
});

describe("a failure on the network", () => {
  test("has no heading for a peer that has seen nothing", async () => {
    const verdict = await gradeOne(`
      timeline("the silent", { timeline: () => [] }, "the other", { timeline: () => ["FIN came"] });
      expect(1, "No").toBe(2);`);
    expect(verdict.tests[0]?.failure?.timeline).toEqual(["the other:", "FIN came"]);
  });

  test("shows the story's steps and what the peers saw", async () => {
    const verdict = await gradeOne(`
      timeline("the slow client", { timeline: () => Array.from({ length: 40 }, (_, index) => "event " + index) });
      step("the peer sends FIN and listens on");
      expect(1, "One is two").toBe(2);`);
    const failure = verdict.tests[0]?.failure;
    expect(failure?.steps[1]).toBe("2. the peer sends FIN and listens on");
    expect(failure?.timeline).toHaveLength(18);
    expect(failure?.timeline?.[0]).toBe("the slow client:");
    expect(failure?.timeline?.[7]).toBe("… 24 more …");
  });

  test("wraps a long step of the story, and loses no word of it", async () => {
    const words = Array.from({ length: 40 }, (_, index) => `word${index}`).join(" ");
    const verdict = await gradeOne(`step("${words}"); expect(1, "One is two").toBe(2);`);
    const [, told = ""] = verdict.tests[0]?.failure?.steps ?? [];
    expect(told.replace(/^2\. /, "").replace(/\n {3}/g, " ")).toBe(words);
    expect(Math.max(...told.split("\n").map((line) => line.length))).toBeLessThan(75);
  });

  test.skipIf(process.platform !== "linux")(
    "shows the kernel's table of the answer's process as it was when a wait was over (Linux)",
    async () => {
      const verdict = await gradeOne(`${connected}
      await eventually(() => module.process.sockets({ port }).some(({ state }) => state === "ESTABLISHED"), "It accepts");
      await eventually(() => module.process.pid < 0, "It has no number", { within: 20 });`);
      const table = verdict.tests[0]?.failure?.sockets ?? [];
      expect(table[0]).toMatch(/State +Recv-Q +Send-Q/);
      expect(table.slice(1).join("\n")).toMatch(/LISTEN.*\n.*ESTAB/);
    },
  );

  test.skipIf(process.platform !== "linux")(
    "shows the table as it was when the deadline ended the process (Linux)",
    async () => {
      const suite = `test("does it", { ...teaching, deadline: 500 }, async () => { await module.listen(); await module.never(); });`;
      using exercise = writeExercise(suite, server, ["does it"]);
      const { tests } = await grader.grade(exercise, exercise.folder);
      expect(tests[0]?.failure?.problem).toContain("never settled");
      expect(tests[0]?.failure?.sockets?.[1]).toMatch(/LISTEN/);
    },
  );

  test("shows a text of several lines below the steps, not in them", async () => {
    const verdict = await gradeOne(
      `await module.be("a\\nb".padEnd(120, "b") + "\\n"); expect("a\\nb".padEnd(120, "b"), "One is two").toBe("a\\nb");`,
    );
    const failure = verdict.tests[0]?.failure;
    expect(failure?.steps[1]).toBe("2. be((text, 2 lines))");
    expect(failure?.texts).toMatchObject([
      { title: "The text of step 2", lines: ["a", expect.stringMatching(/^b+…$/)] },
    ]);
    expect(failure).toMatchObject({ expected: ['"a\\nb"'], received: ["a", "b".repeat(118)] });
  });

  test.skipIf(process.platform !== "linux")(
    "leaves out what an earlier test has left listening (Linux)",
    async () => {
      const body = `const { port } = await module.listen(); await eventually(() => false, String(port), { within: 20 });`;
      const suite = ["first", "second"].map(
        (title) => `test("${title}", teaching, async () => { ${body} });`,
      );
      using exercise = writeExercise(suite.join("\n"), server, ["first", "second"]);
      const { tests } = await grader.grade(exercise, exercise.folder);
      for (const { failure } of tests) {
        expect(failure?.sockets).toHaveLength(2);
        expect(failure?.sockets?.[1]).toContain(`:${failure?.problem}`);
      }
    },
  );

  test("says nothing of sockets where there are none", async () => {
    using exercise = writeExercise(
      `test("does it", teaching, async () => { await module.be("x"); expect(1).toBe(2); });`,
      server,
      ["does it"],
    );
    const { tests } = await grader.grade(exercise, exercise.folder);
    expect(tests[0]?.failure).not.toHaveProperty("sockets");
    expect(tests[0]?.failure).not.toHaveProperty("timeline");
  });
});
