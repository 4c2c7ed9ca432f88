import { eventually, expect, field, type Answer, type AnswerStatistics } from "@tcpip-workshop/grader/suite";
import type { EchoServer } from "../tcp-echo.ts";
import { patience } from "./patience.ts";

/** A server of the answer's. */
export async function start(tcp: Answer<typeof import("../tcp-echo.ts")>): Promise<EchoServer> {
  const server = await tcp.startEchoServer();
  const port = await field(server.port);
  expect(port, "`startEchoServer` resolves with an object that has the server's `port`").toBeTypeOf("number");
  return { port, close: () => server.close() };
}

/** The answer's process holds no connection with this port: what listens does not count. */
export async function gone(process: AnswerStatistics, port: number, rule: string): Promise<void> {
  const connections = () => process.sockets({ port }).filter(({ state }) => state !== "LISTEN");
  await eventually(() => connections().length === 0, rule, { within: patience });
}
