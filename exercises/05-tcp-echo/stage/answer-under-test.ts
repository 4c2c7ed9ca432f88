import {
  eventually,
  expect,
  field,
  quietly,
  type Answer,
  type AnswerStatistics,
} from "@tcpip-workshop/grader/suite";
import type { EchoServer } from "../tcp-echo.ts";
import { patience } from "./patience.ts";
import { by } from "./rule.ts";

/** A server of the answer's. */
export async function start(tcp: Answer<typeof import("../tcp-echo.ts")>): Promise<EchoServer> {
  const listens = "`startEchoServer` resolves as soon as its server listens";
  const server = await by(listens, tcp.startEchoServer());
  const port = await field(server.port);
  expect(port, "`startEchoServer` resolves with an object that has the server's `port`").toBeTypeOf("number");
  return { port, close: () => server.close() };
}

/** A second server, only so that the answer's process has had time to do, or to die of, what it began before. */
export async function afterAWhile(tcp: Answer<typeof import("../tcp-echo.ts")>, rule: string): Promise<void> {
  await by(
    rule,
    quietly(() => tcp.startEchoServer()),
  );
}

/** The answer's process holds no connection with this port: what listens does not count. */
export async function gone(process: AnswerStatistics, port: number, rule: string): Promise<void> {
  const connections = () => process.sockets({ port }).filter(({ state }) => state !== "LISTEN");
  await by(
    rule,
    eventually(() => connections().length === 0, rule, { within: patience }),
  );
}
