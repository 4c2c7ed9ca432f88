import { evidence, eventually, expect } from "@tcpip-workshop/grader/suite";
import { readTable } from "./connection-table.ts";
import { countWrites } from "./counters.ts";
import type { End } from "./end.ts";
import { compared, lengthOf, replyTo, shown } from "./frames.ts";
import type { Receiver } from "./receiver.ts";

/** These frames, all over one connection, and then their reply. */
export async function delivers(
  server: Receiver,
  request: () => Promise<Uint8Array>,
  due: Uint8Array[],
  rule: string,
): Promise<void> {
  server.ends[0]?.begin();
  const reply = request();
  const isElsewhere = () => server.ends.length > 1 && server.last.received > 0;
  const isOver = () => server.ends[0]?.complete || isElsewhere();
  const compare = () => compared(due, server.ends[0]?.frames ?? [], server.ends[0]?.unfinished);
  const arrived = eventually(isOver, rule, {
    within: 400,
    get expected() {
      return compare().expected;
    },
    received: () => compare().received,
  });
  await Promise.race([arrived, reply]);
  if (server.ends.length > 1) isOneConnection(server);
  const { expected, received } = compare();
  expect(received, rule).toEqual(expected);
  expect(shown(await reply), "The second frame of the reply is what is returned").toBe(shown(replyTo(due)));
  isOneConnection(server);
}

export function isOneConnection({ ends }: Receiver, count = 1): void {
  const connections = (length: number) => (length === 1 ? "1 connection" : `${length} connections`);
  const rule = "All calls and uploads go over the one connection that `connectTo` has made";
  expect(connections(ends.length), rule).toBe(connections(count));
}

/** A message of two frames, and the rule that both are written when the answer's event loop has gone round a few times. */
export interface Message {
  frames: [first: Uint8Array, second: Uint8Array];
  names: [first: string, second: string];
  rule: string;
}

/** When the answer's event loop has gone round a few times, all is written: no pause lies in between. */
export async function isWrittenAfter(
  turns: () => Promise<void>,
  end: () => End,
  { frames, names: [first, second], rule }: Message,
): Promise<void> {
  await turns();
  const isWhole = () => end().complete || end().written(readTable()) >= lengthOf(frames);
  const found = () =>
    end().arrived(readTable()) === 0
      ? `neither ${first} nor ${second} is written`
      : `${first} is written, ${second} is not`;
  const both = `${first} and ${second} are written`;
  // Twice: a byte may arrive between the readings of the two sockets.
  expect(isWhole() || isWhole() ? both : found(), rule).toBe(both);
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
  const few = `at most ${limit.toLocaleString("en")} writes`;
  expect(writes > limit ? `≈${writes} writes` : few, rule).toBe(few);
}
