import { evidence, expect, quietly, step, untilSeen } from "@tcpip-workshop/grader/suite";
import { type Clients, PayingClient } from "./paying-client.ts";
import { type Heard, ScriptedGateway } from "./scripted-gateway.ts";

/** How many attempts of 100 ms there is time for in 250. */
const possible = 3;

/** A gateway that replies to nothing: what each attempt says of its time, and what comes when the time is over. */
export async function isAskedInTime(clients: Clients): Promise<void> {
  await untilSeen(async (factor) => {
    const [replyTimeout, totalTimeout] = [100 * factor, 250 * factor];
    await using gateway = await ScriptedGateway.listen();
    gateway.otherwise = "silence";
    const options = { replyTimeout, totalTimeout, attempts: 10, backoff: 1 };
    const client = quietly(() => new PayingClient(clients, gateway.tap.port, options));
    step("a client with replyTimeout 100, totalTimeout 250 and 10 attempts; the gateway is silent");
    const whole = "`totalTimeout` is for the whole payment, and not for each attempt";
    await client.gets("rejected with UNKNOWN", "order 1", whole, 2 * totalTimeout);
    const attempts = gateway.heard.slice(0, possible);
    tellTheirTime(attempts, replyTimeout, totalTimeout);
    evidence(attempts.length === possible, "three attempts before the time is over");
    await using elsewhere = await ScriptedGateway.listen("silence", "silence");
    const one = { size: 1, replyTimeout: 200 * factor, totalTimeout, attempts: 1 };
    const other = quietly(() => new PayingClient(clients, elsewhere.tap.port, one));
    step(
      "at another silent gateway two payments at once, with size 1, replyTimeout 200 and totalTimeout 250",
    );
    await Promise.all(["first", "second"].map((key) => quietly(() => other.pay({ key }))));
    // Whoever goes on behind its caller's back may begin with that just before we hear of the end.
    const more = gateway.heard.length - possible;
    const over = "The time of the first payment is over: not one more request for it";
    expect(more <= 0 ? "none" : `≈${more} more`, over).toBe("none");
    const [first, second] = elsewhere.heard;
    evidence(first !== undefined && second !== undefined, "time for the second payment behind the first one");
    // What the first one has waited for, the second one has waited for its turn; timers may be early by a millisecond.
    const isRight = second.request.remaining <= totalTimeout - one.replyTimeout + 2;
    const turn = "A turn is waited for out of the same budget: what is left is looked at behind it";
    expect(isRight ? "what is left" : `≈${second.request.remaining} of 50`, turn).toBe("what is left");
  });
}

function tellTheirTime(attempts: Heard[], replyTimeout: number, totalTimeout: number): void {
  const told =
    "An attempt tells what it still waits: `replyTimeout`, or what is left of the whole, if that is less";
  for (const [index, { request }] of attempts.entries()) {
    // Each attempt before has waited `replyTimeout`, if not more; timers may be early by a millisecond.
    const left = Math.min(replyTimeout, totalTimeout - replyTimeout * index + 2);
    const isRight = request.remaining >= 1 && request.remaining <= left;
    expect(isRight ? "in time" : `≈${request.remaining} at attempt ${index + 1}`, told).toBe("in time");
  }
}
