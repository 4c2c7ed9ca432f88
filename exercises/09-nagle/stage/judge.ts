import { evidence, eventually, expect } from "@tcpip-workshop/grader/suite";
import { readTable } from "./connection-table.ts";
import { countWrites } from "./counters.ts";
import type { End } from "./end.ts";
import { lengthOf, replyTo, shown } from "./frames.ts";
import type { Receiver } from "./receiver.ts";

/** These frames, all over one connection, and then their reply. */
export async function delivers(
  server: Receiver,
  request: () => Promise<Uint8Array>,
  due: Uint8Array[],
  rule: string,
): Promise<void> {
  server.ends[0]?.begin();
  const received = () => server.ends[0]?.frames.map(shown);
  const [expected, reply] = [due.map(shown), request()];
  const arrived = eventually(() => server.ends[0]?.complete, rule, { within: 400, expected, received });
  await Promise.race([arrived, reply]);
  expect(received(), rule).toEqual(expected);
  expect(shown(await reply), "The reply's second frame must be returned").toBe(shown(replyTo(due)));
  expect(server.ends.length, "One connection must do for all of it").toBe(1);
}

/** When the answer's event loop has gone round a few times, all is written: no pause lies in between. */
export async function isWrittenAfter(
  turns: () => Promise<void>,
  end: () => End,
  payloads: Uint8Array[],
): Promise<void> {
  await turns();
  const isWhole = () => end().complete || end().written(readTable()) >= lengthOf(payloads);
  const found = () =>
    end().arrived(readTable()) === 0 ? "neither is written" : "the second one is not written";
  const rule = "The event loop has gone round twice, so both frames must have been written";
  // Twice: a byte may arrive between the readings of the two sockets.
  expect(isWhole() || isWhole() ? "both are written" : found(), rule).toBe("both are written");
}

/** How often this process calls `write` meanwhile. */
export async function isFew(
  pid: number,
  limit: number,
  rule: string,
  work: () => Promise<unknown>,
): Promise<void> {
  const before = countWrites(pid);
  await work();
  const writes = countWrites(pid) - before;
  evidence(writes > 0, "that the kernel counts the writes of a process");
  const few = `at most ${limit} writes`;
  expect(writes > limit ? `≈${writes} writes` : few, rule).toBe(few);
}
