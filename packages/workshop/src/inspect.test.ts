import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { startWorkshop } from "./testing/workshop-process.ts";

test("--inspect stops the answer, says where a debugger may attach, and grades when it lets go", async () => {
  await using command = startWorkshop("test", "mistakes/04/stub", "--inspect");
  const url = await command.saysMatch(/Debugger listening on (ws:\S+)/);
  expect(command.text).toMatch(/chrome:\/\/inspect/);
  const debug = new WebSocket(url);
  await once(debug, "open");
  debug.addEventListener("message", ({ data }) => {
    if (String(data).includes("Debugger.paused")) send("Debugger.resume");
  });
  const send = (method: string): void => debug.send(JSON.stringify({ id: 1, method }));
  for (const method of ["Debugger.enable", "Runtime.runIfWaitingForDebugger"]) send(method);
  expect(await command.exitCode).toBe(1);
  expect(command.text).toContain("everyone starts here");
  debug.close();
});

test("--inspect leaves no process behind when the command is interrupted", async () => {
  await using command = startWorkshop("test", "mistakes/04/stub", "--inspect");
  const url = new URL(await command.saysMatch(/Debugger listening on (ws:\S+)/));
  command.signal("SIGINT");
  expect(await command.exitCode).toBe(130);
  await expect.poll(() => isOpen(Number(url.port))).toBe(false);
});

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
