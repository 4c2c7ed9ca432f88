import { writeFileSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { writeAnswer } from "../testing/write-answer.ts";
import { AnswerProcess, type AnswerProcessOptions } from "./answer-process.ts";
import { descendantsOf, isAlive } from "./kernel.ts";
import { killEarly, spawnSpare } from "./spawn-answer.ts";

afterEach(killEarly);

const one = "export const run = (): number => 1;";
const two = "export const run = (): number => 2;";

/** The spare that stands by, by its pid: whatever else this process has started is gone by then. */
function sparePid(): number {
  const [pid, ...others] = descendantsOf(process.pid, `TCPIP_ANSWER=${process.pid}-`);
  expect(others).toEqual([]);
  return pid ?? Number.NaN;
}

async function run(
  path: string,
  options: AnswerProcessOptions = {},
): Promise<{ pid: number; result: unknown }> {
  await using answer = new AnswerProcess(path, options);
  await answer.exports();
  const result = await answer.request((peer) => peer.call(0, "run", []), "`run`", 1000);
  return { pid: answer.pid ?? Number.NaN, result };
}

test("a spare process reads the answer when it is taken, and not before", async () => {
  using answer = writeAnswer(one);
  spawnSpare(answer.path, {});
  const pid = sparePid();
  writeFileSync(answer.path, two);
  expect(await run(answer.path)).toEqual({ pid, result: 2 });
});

test("there is one for an answer, however often one is asked for, and it serves once", async () => {
  using answer = writeAnswer(one);
  spawnSpare(answer.path, {});
  spawnSpare(answer.path, {});
  const pid = sparePid();
  expect((await run(answer.path)).pid).toBe(pid);
  expect((await run(answer.path)).pid).not.toBe(pid);
});

test("a spare between other walls is ended, and not taken", async () => {
  using answer = writeAnswer(one);
  spawnSpare(answer.path, { readable: ["/somewhere"] });
  const pid = sparePid();
  const { pid: other, result } = await run(answer.path);
  expect([other === pid, result]).toEqual([false, 1]);
  await vi.waitUntil(() => !isAlive(pid));
});

test("a spare that has died while it stood by is none", async () => {
  using answer = writeAnswer(one);
  spawnSpare(answer.path, {});
  const pid = sparePid();
  process.kill(-pid, "SIGKILL");
  await vi.waitUntil(() => !isAlive(pid));
  // The kernel has it gone; Node is told of it in a later turn.
  await vi.waitFor(async () => expect((await run(answer.path)).result).toBe(1));
});

test("a spare says that an answer cannot be loaded like any other process", async () => {
  using answer = writeAnswer("export enum Color { Red }");
  const plain = await run(answer.path).catch((error: Error) => error.message);
  spawnSpare(answer.path, {});
  expect(await run(answer.path).catch((error: Error) => error.message)).toBe(plain);
  expect(plain).toContain("could not be loaded");
});

test("nothing stays of a spare that nobody has taken", async () => {
  using answer = writeAnswer(one);
  spawnSpare(answer.path, {});
  const pid = sparePid();
  killEarly();
  await expect.poll(() => isAlive(pid)).toBe(false);
});
