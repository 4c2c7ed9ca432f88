import { setTimeout } from "node:timers/promises";
import { eventually, evidence, expect, quietly } from "@tcpip-workshop/grader/suite";
import { EchoServer } from "./echo-server.ts";
import { ask, becomes, sent, watch, type Asked } from "./outcome.ts";

/** A newcomer, at the moment at which the connection is given back for which somebody waits. */
export async function keepsTurns(client: Asked, server: EchoServer): Promise<void> {
  server.frames.length = 0;
  server.hold = ({ payload }) => payload === "ahead";
  const [ahead, waits] = ["ahead", "waits"].map((payload) => quietly(() => ask(client, payload)));
  await sent(server, "ahead");
  server.release();
  await ahead;
  await Promise.all([waits, quietly(() => ask(client, "newcomer"))]);
  const turn =
    "A connection that is given back goes to the request that has waited longest: one that comes later is not faster";
  expect(server.payloads().join(", "), turn).toBe("ahead, waits, newcomer");
}

/** A waiter that has been served, whose time is over while another one waits. */
export async function servedInTime(
  open: (server: EchoServer, options: { size: number; acquireTimeout: number }) => Promise<Asked>,
  roundTrip: () => Promise<unknown>,
  factor: number,
): Promise<void> {
  const limit = 100 * factor;
  await using server = await EchoServer.listen({ shown: "the server of the other client" });
  const client = await quietly(() => open(server, { size: 1, acquireTimeout: limit }));
  server.hold = () => true;
  void quietly(() => ask(client, "busy"));
  const asked = performance.now();
  const early = watch(quietly(() => ask(client, "early")));
  await sent(server, "busy");
  server.release("busy");
  await eventually(
    () => server.of("early") ?? early() !== "pending",
    '"early" is the next, and must be sent',
  );
  evidence(early() === "pending", '"early" is served before its time is over');
  const timerEnds = performance.now() + limit;
  await setTimeout(0.6 * limit);
  const askedLate = performance.now();
  const late = watch(quietly(() => ask(client, "late")));
  await roundTrip();
  evidence(performance.now() < asked + limit, '"late" waits before the time of "early" is over');
  await setTimeout(timerEnds - performance.now() + 2);
  // Its timers are looked at between one message and the next.
  for (let trip = 0; trip < 2; trip++) await roundTrip();
  server.release();
  const held = "It has its connection: `acquireTimeout` no longer counts for it";
  await becomes(early, "early", held);
  evidence(
    performance.now() < askedLate + 0.95 * limit,
    'the reply to "early" before the time of "late" is over',
  );
  const rule =
    'The timer of a request that was served, "early", has nothing more to say: "late" stays in the queue, and is served next';
  await becomes(late, "late", rule);
}
