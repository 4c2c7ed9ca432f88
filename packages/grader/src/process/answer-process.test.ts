import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeAnswer } from "../testing/write-answer.ts";
import { AnswerProcess, type AnswerProcessOptions } from "./answer-process.ts";
import { isAlive } from "./kernel.ts";
import { outputLimit } from "./output.ts";

/** Runs `source` as an answer and calls its export `run`. */
async function runAnswer(
  source: string,
  options: AnswerProcessOptions & { args?: unknown[]; deadline?: number } = {},
) {
  using answer = writeAnswer(source);
  await using process = new AnswerProcess(answer.path, options);
  const { args = [], deadline = 1000 } = options;
  await process.exports();
  return await process.request((peer) => peer.call(0, "run", args), "`run`", deadline);
}

describe("what an answer may do", () => {
  test("it gets its arguments and its result comes back", async () => {
    const source = "export const run = (a: number, b: Uint8Array): number => a + b.length;";
    expect(await runAnswer(source, { args: [2, new Uint8Array(40)] })).toBe(42);
  });

  test("what it prints is passed on, up to 64 KiB, and the rest is counted", async () => {
    using answer = writeAnswer(
      `export const run = async () => {
        for (let i = 0; i < 2000; i++) console.log("x".repeat(99));
        await new Promise((resolve) => process.stdout.write("", resolve));
      };`,
    );
    const process = new AnswerProcess(answer.path);
    await process.exports();
    await process.request((peer) => peer.call(0, "run", []), "`run`", 5000);
    await process[Symbol.asyncDispose]();
    const text = process.output.take();
    expect(text.length).toBeLessThan(outputLimit + 100);
    expect(text).toMatch(/^x{99}\nx/);
    expect(text).toContain("134,464 bytes more");
    // The next test has as much room.
    expect(process.output.take()).toBe("");
  });

  test("200 MB of output neither stall nor fill the grader", async () => {
    const source = `
      import { writeSync } from "node:fs";
      const block = Buffer.alloc(1 << 20, "y");
      export function run() {
        for (let written = 0; written < 200 << 20; ) {
          try { written += writeSync(1, block); } catch (error) { if ((error as { code?: string }).code !== "EAGAIN") throw error; }
        }
        return "done";
      }`;
    const before = process.memoryUsage().rss;
    expect(await runAnswer(source, { deadline: 20_000 })).toBe("done");
    expect(process.memoryUsage().rss - before).toBeLessThan(150 << 20);
  });
});

describe("what an answer may not do to the grader", () => {
  test("a file that is gone by then, or is a folder, is named without a path of ours", async () => {
    using answer = writeAnswer("");
    mkdirSync(join(answer.folder, "folder.ts"));
    for (const [name, what] of [
      ["gone.ts", "there is no such file"],
      ["folder.ts", "it is a directory"],
    ] as const) {
      await using process = new AnswerProcess(join(answer.folder, name));
      await expect(process.exports()).rejects.toMatchObject({
        code: "NOT_LOADED",
        message: `${name} could not be loaded: ${what}`,
      });
    }
  });

  test("an endless loop while it loads ends as `never returned`", async () => {
    using answer = writeAnswer("while (true);");
    await using process = new AnswerProcess(answer.path, { loadDeadline: 500 });
    await expect(process.exports()).rejects.toMatchObject({ code: "NEVER_RETURNED" });
  });

  test("an endless loop in a call ends as `never returned`, and says that it was computing", async () => {
    const run = runAnswer("export const run = () => { while (true); };", { deadline: 300 });
    await expect(run).rejects.toMatchObject({
      code: "NEVER_RETURNED",
      message: "`run` never returned: after 0.3 s the process was still computing",
    });
  });

  test("an endless loop that makes garbage is computing too, though its main thread sleeps while it is collected", async () => {
    const source =
      "export const run = () => { const out: number[] = []; for (;;) { out.push(1); if (out.length > 1e6) out.length = 0; } };";
    await expect(runAnswer(source, { deadline: 300 })).rejects.toMatchObject({ code: "NEVER_RETURNED" });
  });

  test("a promise that never settles ends as `never settled`, and says that the process was idle", async () => {
    const run = runAnswer("export const run = () => new Promise(() => {});", { deadline: 300 });
    await expect(run).rejects.toMatchObject({ code: "NEVER_SETTLED" });
  });

  test("what the grader itself was held up is not counted: the answer may be waiting for it", async () => {
    using answer = writeAnswer(
      "export const run = async (ask: () => Promise<number>) => (await ask()) + (await ask()) + (await ask());",
    );
    await using process = new AnswerProcess(answer.path);
    await process.exports();
    const busy = (): number => {
      for (const end = performance.now() + 500; performance.now() < end;);
      return 7;
    };
    const asked = process.request((peer) => peer.call(0, "run", [busy]), "`run`", 300);
    await expect(asked).resolves.toBe(21);
  });

  test("starving everything else by microtasks is an endless loop too", async () => {
    const source =
      "export const run = () => { const again = (): void => queueMicrotask(again); again(); return new Promise(() => {}); };";
    await expect(runAnswer(source, { deadline: 300 })).rejects.toMatchObject({ code: "NEVER_RETURNED" });
  });

  test("a process that stops itself is ended, and the message says so", async () => {
    const source = 'export const run = () => { process.kill(process.pid, "SIGSTOP"); };';
    await expect(runAnswer(source, { deadline: 300 })).rejects.toMatchObject({
      code: "NEVER_RETURNED",
      message: expect.stringContaining("stopped itself"),
    });
  });

  test("process.exit(0) is a death, not a pass", async () => {
    const run = runAnswer("export const run = () => process.exit(0);");
    await expect(run).rejects.toMatchObject({
      code: "DIED",
      message: expect.stringContaining("exited with code 0"),
    });
  });

  test("process.exit(0) while it loads is a death too", async () => {
    await expect(runAnswer("process.exit(0);")).rejects.toMatchObject({ code: "DIED" });
  });

  test("a crash is a death, with the last it printed", async () => {
    const run = runAnswer('export const run = () => { console.error("about to"); process.abort(); };');
    await expect(run).rejects.toMatchObject({
      code: "DIED",
      message: expect.stringMatching(/SIGABRT|about to/),
    });
  });

  test("a death names the file and the line, and no folder of this machine", async () => {
    const run = runAnswer(
      'export const run = () => { setImmediate(() => { throw new Error("boom"); }); return new Promise(() => {}); };',
    );
    await expect(run).rejects.toMatchObject({
      message: expect.stringMatching(/^answer\.ts:1$[^]*Error: boom[^]*\(answer\.ts:1:\d+\)/m),
    });
    await expect(run).rejects.not.toMatchObject({ message: expect.stringContaining("file:") });
  });

  test("a promise rejected in the background is a death, as in production", async () => {
    const run = runAnswer(
      'export const run = () => { Promise.reject(new Error("nobody waits")); return new Promise(() => {}); };',
    );
    await expect(run).rejects.toMatchObject({
      code: "DIED",
      message: expect.stringContaining("nobody waits"),
    });
  });

  test("a callback of ours that throws, unwaited for, is a death in which no line of ours is shown", async () => {
    using answer = writeAnswer(
      "export const run = (handle: () => Promise<void>) => { void handle(); return new Promise(() => {}); };",
    );
    await using process = new AnswerProcess(answer.path);
    await process.exports();
    const handle = (): void => {
      throw new Error("the handler failed");
    };
    const error = await process.request((peer) => peer.call(0, "run", [handle]), "run", 2000).catch(String);
    expect(error).toContain("Error: the handler failed");
    expect(error).not.toMatch(/\/grader\/|\^/);
  });

  test("2 GB of memory end at the limit, before they are reached", async () => {
    const source =
      "const kept: Buffer[] = []; export const run = () => { for (let i = 0; i < 64; i++) kept.push(Buffer.alloc(32 << 20, 1)); };";
    const run = runAnswer(source, { deadline: 20_000, memoryLimit: 256 << 20 });
    await expect(run).rejects.toMatchObject({
      code: "TOO_MUCH_MEMORY",
      message: expect.stringContaining("the limit is 256 MiB"),
    });
  });

  test("a heap past its limit is a death in words", async () => {
    const source =
      "const kept: unknown[] = []; export const run = () => { for (;;) kept.push(new Array(1_000_000).fill(1.5)); };";
    const run = runAnswer(source, { deadline: 20_000 });
    await expect(run).rejects.toMatchObject({ code: expect.stringMatching(/DIED|TOO_MUCH_MEMORY/) });
  });

  test("garbage on fd 3 ends the process, named as what it is", async () => {
    const source =
      'import { writeSync } from "node:fs"; export const run = () => { writeSync(3, "garbage, and much more garbage"); };';
    await expect(runAnswer(source)).rejects.toMatchObject({ code: "FORGED_FRAME" });
  });

  test.each([
    ["a reply to no call", '[{"op":"ok","id":99,"value":true}]'],
    ["a call on what was never lent", '[{"op":"call","id":1,"on":7,"args":[]}]'],
    [
      "a construction on our side",
      '[{"op":"new","id":1,"name":"Function","args":["return process"],"handle":-1}]',
    ],
    ["a call on an instance that nobody made", '[{"op":"call","id":1,"on":-1,"args":[]}]'],
    [
      "a failure that is not found over there",
      '[{"op":"err","id":1,"value":{"$":"failure","code":"ENDED","message":""}}]',
    ],
    ["a second greeting", '[{"op":"loaded","exports":{}}]'],
    ["an unknown message", '[{"op":"verdict","status":"pass"}]'],
    ["no list", '{"op":"ok"}'],
    ["no JSON", "pass"],
    ["a value that is none", '[{"op":"ok","id":1,"value":{"$":"pass"}}]'],
    [
      "bytes beyond the frame",
      '[{"op":"ok","id":1,"value":{"$":"bytes","kind":"Uint8Array","at":0,"length":9}}]',
    ],
  ])("a forged frame ends the process: %s", async (_, json) => {
    const source = `
      import { writeSync } from "node:fs";
      export function run(json: string) {
        const text = Buffer.from(json);
        const frame = Buffer.alloc(8);
        frame.writeUInt32BE(4 + text.length, 0);
        frame.writeUInt32BE(text.length, 4);
        writeSync(3, Buffer.concat([frame, text]));
        return new Promise(() => {});
      }`;
    await expect(runAnswer(source, { args: [json] })).rejects.toMatchObject({ code: "FORGED_FRAME" });
  });

  test("a callback of the suite's cannot be used to reach `Function`", async () => {
    const source = `
      import { writeSync } from "node:fs";
      export function run(callback: () => void) {
        const text = Buffer.from(JSON.stringify([{ op: "call", id: 1, on: 1, name: "constructor", args: ["globalThis.stolen = 1"] }]));
        const frame = Buffer.alloc(8);
        frame.writeUInt32BE(4 + text.length, 0);
        frame.writeUInt32BE(text.length, 4);
        writeSync(3, Buffer.concat([frame, text]));
        return new Promise(() => {});
      }`;
    await expect(runAnswer(source, { args: [() => {}] })).rejects.toMatchObject({ code: "FORGED_FRAME" });
  });
});

describe("what an answer leaves behind", () => {
  const grandchild = (how: string) => `
    import { spawn } from "node:child_process";
    export function run() {
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], ${how});
      child.unref();
      return child.pid;
    }`;

  test("by default it can start no process at all", async () => {
    await expect(runAnswer(grandchild("{}"))).rejects.toMatchObject({ code: "ERR_ACCESS_DENIED" });
  });

  test.each([
    ["in its group", '{ stdio: "ignore" }'],
    ["in a session of its own", '{ stdio: "ignore", detached: true }'],
    ["in a session of its own, without our mark", '{ stdio: "ignore", detached: true, env: {} }'],
  ])("a grandchild %s is gone when the process is", async (_, how) => {
    const pid = (await runAnswer(grandchild(how), { permissive: true })) as number;
    expect(isAlive(pid)).toBe(false);
  });

  test("a grandchild whose parent is gone is found by its mark", async () => {
    const source = `
      import { spawn, spawnSync } from "node:child_process";
      export function run() {
        const script = 'const { spawn } = require("node:child_process"); const c = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore" }); c.unref(); console.log(c.pid);';
        return Number(spawnSync(process.execPath, ["-e", script]).stdout);
      }`;
    const pid = (await runAnswer(source, { permissive: true, deadline: 5000 })) as number;
    expect(pid).toBeGreaterThan(0);
    expect(isAlive(pid)).toBe(false);
  });

  test("it is loaded from where a link leads: a learner may keep it elsewhere", async () => {
    using elsewhere = writeAnswer('export { two as run } from "./two.ts";');
    writeFileSync(join(elsewhere.folder, "two.ts"), "export const two = (): number => 2;");
    using here = writeAnswer("");
    rmSync(here.path);
    symlinkSync(elsewhere.path, here.path);
    await using answer = new AnswerProcess(here.path);
    await answer.exports();
    expect(await answer.request((peer) => peer.call(0, "run", []), "`run`", 5000)).toBe(2);
  });

  test("it cannot write files", async () => {
    const source =
      'import { writeFileSync } from "node:fs"; export const run = () => writeFileSync(new URL("./answer.ts", import.meta.url), "");';
    await expect(runAnswer(source)).rejects.toMatchObject({ code: "ERR_ACCESS_DENIED" });
  });

  test("it cannot write files by way of SQLite, which Node's permission model does not reach", async () => {
    using elsewhere = writeAnswer("");
    const source = `
      export const run = async (file: string) => {
        if (process.getBuiltinModule("node:sqlite") !== undefined) return "reached";
        const { DatabaseSync } = await import("node:sqlite");
        new DatabaseSync(file).exec("create table taken (a)");
      };`;
    await expect(runAnswer(source, { args: [join(elsewhere.folder, "x.db")] })).rejects.toThrow(
      "No such built-in module",
    );
    expect(readdirSync(elsewhere.folder)).toEqual(["answer.ts"]);
  });

  test("it has nothing of the grader's environment", async () => {
    process.env["GRADER_SECRET"] = "1";
    const keys = (await runAnswer("export const run = () => Object.keys(process.env);")) as string[];
    delete process.env["GRADER_SECRET"];
    expect(keys.filter((key) => !["PWD", "SHLVL", "_", "OLDPWD"].includes(key))).toEqual(["TCPIP_ANSWER"]);
  });
});
