import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { readExercise } from "../exercise.ts";
import { leftBehind } from "../process/left-behind.ts";
import { course, gradeInCell, whyNoCell } from "../testing/cells.ts";
import { GraderProcess } from "../testing/grader-process.ts";
import { tryAnswers, tryProbes } from "./canaries.ts";
import { Cell } from "./cell.ts";

const canary = (path: string): string => fileURLToPath(new URL(`../../canary/${path}`, import.meta.url));
const missing = await whyNoCell();
const skipped = missing === undefined ? "" : ` (skipped, for there can be none here: ${missing})`;

/** An answer to the canaries' sum, gone when disposed. */
function sum(code: string): { folder: string } & Disposable {
  const folder = mkdtempSync(join(tmpdir(), "tcpip-workshop-sum-"));
  writeFileSync(join(folder, "sum.ts"), code);
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

const problemOf = async (code: string): Promise<string | undefined> => {
  using answer = sum(code);
  return (await gradeInCell(canary("sum"), answer.folder)).tests[0]?.failure?.problem;
};

describe.skipIf(missing !== undefined)(`in a cell${skipped}`, () => {
  test("every canary comes out as it must", async () => {
    const canaries = [...(await tryProbes(gradeInCell)), ...(await tryAnswers(gradeInCell))];
    expect(canaries.filter(({ held }) => !held)).toEqual([]);
    expect(canaries).toHaveLength(16);
  });

  test("an answer's end is told as in the open", async () => {
    expect(await problemOf("process.exit(7);")).toContain("exited with code 7");
    expect(await problemOf('process.kill(process.pid, "SIGTERM");\nawait new Promise(() => {});')).toContain(
      "ended by SIGTERM",
    );
    expect(await problemOf("export const add = () => process.abort();")).toContain("ended by SIGABRT");
    expect(await problemOf("export const add = () => { for (;;); };")).toContain("never returned");
    expect(await problemOf("export const add = () => new Promise(() => {});")).toContain("never settled");
    expect(await problemOf("const all = [];\nfor (;;) all.push(Buffer.alloc(1e8, 1));")).toContain(
      "of memory",
    );
    expect(await problemOf("export const add = ;")).toContain("sum.ts could not be loaded: SyntaxError");
  });

  test("an answer that takes memory between two calls is ended, too", async () => {
    const code = `
      const all: Buffer[] = [Buffer.alloc(8e8, 1)];
      setInterval(() => all.push(Buffer.alloc(1e8, 1)));
      export const add = async () => new Promise((settle) => setTimeout(settle, 60_000));`;
    expect(await problemOf(code)).toContain("of memory");
  });

  test("nothing is left, neither of the answer nor of the cell", async () => {
    const before = leftBehind();
    const folders = (): string[] =>
      readdirSync(tmpdir()).filter((name) => name.startsWith("tcpip-workshop-cell-"));
    await using cell = new Cell(course);
    const own = folders();
    const { status } = await cell.grade(canary("sum"), canary("sum/answers/right"));
    await cell[Symbol.asyncDispose]();
    expect(status).toBe("pass");
    expect(leftBehind().filter((left) => !before.includes(left))).toEqual([]);
    expect(own.filter((name) => folders().includes(name)).length).toBeLessThan(own.length);
    expect(isAlive(cell.pid)).toBe(false);
  });

  test("the cell and the answer end with whoever asked for them, though it is killed", async () => {
    using answer = sum("export const add = () => { for (;;); };\nfor (;;);");
    const { holder, family } = await busyCell(answer.folder);
    holder.kill("SIGKILL");
    await vi.waitUntil(() => !family.some(isAlive), { timeout: 20_000 });
    expect(family.filter(isAlive)).toEqual([]);
  });

  test("so they do when nothing in the cell can hear of it: a grader that computes reads no message", async () => {
    using answer = sum("export const add = () => { for (;;); };\nfor (;;);");
    const { holder, family } = await busyCell(answer.folder);
    // The same to whoever is outside: what is stopped runs no handler.
    for (const member of family) process.kill(member, "SIGSTOP");
    await vi.waitUntil(() => family.every(isStopped), { timeout: 20_000 });
    holder.kill("SIGKILL");
    await vi.waitUntil(() => !family.some(isAlive), { timeout: 20_000 }).catch(() => {});
    const left = family.filter(isAlive);
    for (const member of left) process.kill(member, "SIGKILL");
    expect(left).toEqual([]);
  });
});

/** What the probes look for is there, and they find it: else nobody would know what their silence in a cell means. */
test.skipIf(process.platform !== "linux")(
  "without a seal each probe finds what it looks for (Linux)",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "tcpip-workshop-probes-"));
    const answer = join(folder, "probes");
    cpSync(canary("probes/answers/probes"), answer, { recursive: true });
    const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    writeFileSync(join(answer, "host.json"), JSON.stringify({ port, pid: process.pid, paths: [folder] }));
    await using grader = new GraderProcess();
    const { tests } = await grader.grade(readExercise(canary("probes")), answer, { permissive: true });
    const passed = tests.filter(({ status }) => status === "pass").map(({ title }) => title);
    server.close();
    rmSync(folder, { recursive: true, force: true });
    expect(passed).toEqual(["lets an honest answer compute, listen and be spoken to"]);
  },
);

test("where there is no bubblewrap, that is said", async () => {
  if (!existsSync("/proc/self/ns/user")) return;
  vi.stubEnv("PATH", "/nowhere");
  const cell = new Cell(course);
  vi.unstubAllEnvs();
  await expect(cell.grade(canary("sum"), canary("sum/answers/right"))).rejects.toThrow(/ENOENT/);
  await cell[Symbol.asyncDispose]();
});

/** Another process, with a cell in which this answer is being graded, and the processes of that cell. */
async function busyCell(answer: string): Promise<{ holder: ChildProcess; family: number[] }> {
  const holder = spawn(
    process.execPath,
    [fileURLToPath(new URL("../testing/cell-holder.ts", import.meta.url)), canary("sum"), answer],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const [line] = (await once(holder.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  await vi.waitUntil(() => familyOf(pid).length >= 5, { timeout: 20_000 });
  return { holder, family: familyOf(pid) };
}

function familyOf(root: number | undefined): number[] {
  if (root === undefined) return [];
  try {
    const children = readFileSync(`/proc/${root}/task/${root}/children`, "latin1").trim();
    return [root, ...(children === "" ? [] : children.split(" ").flatMap((pid) => familyOf(Number(pid))))];
  } catch {
    return [];
  }
}

function isAlive(pid: number | undefined): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "latin1"));
  } catch {
    return false;
  }
}

function isStopped(pid: number): boolean {
  try {
    return /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, "latin1"));
  } catch {
    return false;
  }
}
