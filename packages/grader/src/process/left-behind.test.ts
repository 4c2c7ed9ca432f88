import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { writeAnswer } from "../testing/write-answer.ts";
import { AnswerProcess } from "./answer-process.ts";
import { leftBehind } from "./left-behind.ts";

const isLinux = process.platform === "linux";

test.skipIf(!isLinux)("a process that we started is found until it is gone (Linux)", async () => {
  const child = spawn("/bin/sh", ["-c", "read line"], { stdio: ["pipe", "ignore", "ignore"] });
  await once(child, "spawn");
  expect(leftBehind().filter((left) => left.startsWith(`process ${child.pid} `))).toHaveLength(1);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(leftBehind().join("\n")).not.toContain(`process ${child.pid} `);
});

test.skipIf(!isLinux)("an answer's process is found, and is gone once it was ended (Linux)", async () => {
  using answer = writeAnswer("export const id = (value: unknown) => value;");
  const running = new AnswerProcess(answer.path);
  await running.exports();
  const found = `process ${running.pid} `;
  expect(leftBehind().join("\n")).toContain(found);
  await running[Symbol.asyncDispose]();
  expect(leftBehind().join("\n")).not.toContain(found);
});

test.skipIf(!isLinux)("a socket that we left open is found, as `ss` shows it (Linux)", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  expect(
    leftBehind().filter((left) => /^socket .*LISTEN/.test(left) && left.includes(`:${port}`)),
  ).toHaveLength(1);
  server.close();
  await once(server, "close");
  expect(leftBehind().join("\n")).not.toContain(`:${port} `);
});
