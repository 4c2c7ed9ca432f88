import { FrozenListener } from "@tcpip-workshop/faults/kernel";
import { eventually, evidence, expect, quietly, step, untilSeen } from "@tcpip-workshop/grader/suite";
import { type Clients, PayingClient, soon } from "./paying-client.ts";
import { type Heard, ScriptedGateway } from "./scripted-gateway.ts";

/** A gateway whose kernel answers no SYN: its queue is full, and its process stands still. */
export async function handshakeIsGivenUp(clients: Clients): Promise<void> {
  await using frozen = await FrozenListener.start();
  await frozen.fill();
  const options = { connectTimeout: 60, attempts: 2, backoff: 1, totalTimeout: 20_000 };
  const client = new PayingClient(clients, frozen.port, options);
  step("a gateway whose process stands still: nobody answers a SYN");
  const shaken =
    "A handshake is given up after `connectTimeout`; no request was sent in two of them, so nothing was charged";
  await client.gets("rejected with NOT_CHARGED", "order 0", shaken, 900);
  const gone = "A handshake that was given up leaves no socket in SYN-SENT";
  const shows = { expected: "no socket in SYN-SENT", received: () => client.states.join(", ") };
  await eventually(() => !client.states.includes("SYN-SENT"), gone, { within: 500, ...shows });
}

/** A gateway whose reply comes byte by byte, and is not whole in time. */
export async function trickleIsNoReply(clients: Clients): Promise<void> {
  await untilSeen(async (factor) => {
    const replyTimeout = 80 * factor;
    await using gateway = await ScriptedGateway.listen("trickle");
    const options = { replyTimeout, attempts: 1 };
    const client = new PayingClient(clients, gateway.tap.port, options, "attempts: 1, replyTimeout: 80");
    step("the gateway sends its reply byte by byte, one every 20 ms");
    const whole = "`replyTimeout` is for the whole reply: a byte of it does not start it anew";
    await client.gets("rejected with UNKNOWN", "order 3", whole, 500 * factor);
    const gaps = gateway.trickled.slice(1).map((at, index) => at - (gateway.trickled[index] ?? 0));
    evidence(
      gaps.length > 0 && Math.max(...gaps) < replyTimeout / 2,
      "bytes that come within `replyTimeout`",
    );
  });
}

/** A gateway whose first reply comes behind the next request; on the same connection, if the client still has it. */
export async function lateReplyIsNobodys(clients: Clients): Promise<void> {
  await untilSeen(async (factor) => {
    const replyTimeout = 80 * factor;
    await using gateway = await ScriptedGateway.listen("silence", "silence");
    const options = { size: 1, replyTimeout, attempts: 1 };
    const told = "size: 1, attempts: 1, replyTimeout: 80";
    const client = new PayingClient(clients, gateway.tap.port, options, told);
    step("the gateway takes a request and is silent");
    const given =
      "The request was written, and no reply came within `replyTimeout`: nobody knows, so UNKNOWN";
    await client.gets("rejected with UNKNOWN", "order 1", given, 700 * factor);
    step("when the next request comes, the gateway sends the late reply first, then the one that is due");
    const asked = performance.now();
    const next = client.pay({ key: "order 2" });
    await eventually(() => gateway.heard.length === 2, "The next payment is sent", { within: 500 });
    const [late, now] = gateway.heard as [Heard, Heard];
    const isSame = late.connection === now.connection;
    if (isSame) gateway.charge(late);
    gateway.charge(now);
    evidence(performance.now() - asked < replyTimeout / 2, "the reply leave in time");
    await soon(
      next,
      "receipt of order 2",
      "A late reply is nobody's: the receipt of order 1 must not be told for order 2",
    );
    const closed =
      "A connection whose reply did not come in time is closed: what comes on it is somebody else's";
    expect(isSame ? "the same connection" : "a fresh one", closed).toBe("a fresh one");
  });
}
