import { expect, step } from "@tcpip-workshop/grader/suite";
import type { AnswerUnderTest } from "./answer-under-test.ts";
import { frame, hello } from "./bytes.ts";
import type { Peer } from "./peer.ts";
import { until } from "./until.ts";
import { slowly } from "./work.ts";

/** A server that is closed while it works; the work ends later. */
export async function leavesWork(echo: AnswerUnderTest, client: Peer): Promise<void> {
  const server = await echo.startWorking(slowly());
  await client.send(server, frame(1, hello));
  await until(() => server.worked.length === 1, "The server hands each request's payload to `handle`");
  await server.close();
  expect(echo.openSockets(server.port), "The server is closed, and so is its socket").toBe("no socket");
  step("work that was begun before the server was closed is done now");
  server.finish();
}
