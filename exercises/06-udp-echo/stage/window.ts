import { expect, step } from "@tcpip-workshop/grader/suite";
import type { AnswerUnderTest } from "./answer-under-test.ts";
import { frame } from "./bytes.ts";
import type { Peer } from "./peer.ts";
import { until } from "./until.ts";
import { slowly } from "./work.ts";

/** A full window, and none of the work in it is done. */
export async function forgetsWorkUnderWay(echo: AnswerUnderTest, client: Peer): Promise<void> {
  const busy = await echo.startWorking(slowly(), { window: 2 });
  step("to a server whose work takes its time, client 1 sends requests 1, 2, 3 and a copy of 1");
  const expected = ["1", "2", "3", "1"];
  await client.send(busy, ...expected.map((id) => frame(Number(id), id)));
  const running =
    "Work under way fills the window too: a window of 2 has lost request 1 to 2 and 3, so `handle` is called for its copy, though the first call is still running";
  await until(() => busy.worked.length > 3, running, { expected, received: () => busy.worked });
  expect(busy.worked, running).toEqual(expected);
  busy.finish();
}
