import inspector from "node:inspector";
import { expect, test } from "vitest";
import { writeAnswer } from "../testing/write-answer.ts";
import { AnswerProcess } from "./answer-process.ts";

test("an answer cannot open the inspector of whoever judges it, by which the judge could be changed", async () => {
  const sender = `export const run = (pid: number): void => { process.kill(pid, "SIGUSR1"); };`;
  using answer = writeAnswer(sender);
  await using running = new AnswerProcess(answer.path);
  await running.exports();
  // By the judge itself, before this test listens too.
  expect(process.listenerCount("SIGUSR1")).toBe(1);
  const heard = new Promise((resolve) => process.once("SIGUSR1", resolve));
  await running.request((peer) => peer.call(0, "run", [process.pid]), "`run`", 5000);
  await heard;
  expect(inspector.url()).toBeUndefined();
});
