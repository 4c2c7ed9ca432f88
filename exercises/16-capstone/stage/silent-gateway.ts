import { eventually, evidence, expect, quietly, step, untilSeen } from "@tcpip-workshop/grader/suite";
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
    const given = "attempts: 10, backoff: 1, replyTimeout: 100, totalTimeout: 250";
    const client = new PayingClient(clients, gateway.tap.port, options, given);
    step("the gateway is silent, whatever it is asked (on a busy machine all times are longer)");
    const whole =
      "`totalTimeout` is for the whole payment, all attempts and pauses together: then `pay` rejects";
    let outcome = "no outcome yet";
    client.pay({ key: "order 1" }).then(
      (is) => (outcome = is),
      (error: unknown) => (outcome = String(error)),
    );
    // One more may have been begun behind its caller's back: of that below.
    const tooMany = (): boolean => gateway.heard.length > possible + 1;
    const received = (): string => (tooMany() ? "more attempts than there is time for" : outcome);
    const told = "rejected with UNKNOWN";
    const isOver = (): boolean => outcome !== "no outcome yet" || tooMany();
    await eventually(isOver, whole, { within: 2 * totalTimeout, expected: told, received });
    expect(received(), whole).toBe(told);
    const attempts = gateway.heard.slice(0, possible);
    tellTheirTime(attempts, replyTimeout, totalTimeout);
    evidence(attempts.length === possible, "three attempts before the time is over");
    await using elsewhere = await ScriptedGateway.listen("silence", "silence");
    const one = { size: 1, replyTimeout: 200 * factor, totalTimeout, attempts: 1 };
    const alone = "size: 1, attempts: 1, replyTimeout: 200, totalTimeout: 250";
    const other = new PayingClient(clients, elsewhere.tap.port, one, alone);
    step("at another silent gateway two payments at once: the second one waits for its turn");
    await Promise.all(["first", "second"].map((key) => quietly(() => other.pay({ key }))));
    // Whoever goes on behind its caller's back may begin with that just before we hear of the end.
    const more = gateway.heard.length - possible;
    const over =
      "The caller of the first payment has been told, and has gone: not one more request is sent for it";
    expect(more <= 0 ? "no further request" : `≈${more} further requests`, over).toBe("no further request");
    const [first, second] = elsewhere.heard;
    evidence(first !== undefined && second !== undefined, "time for the second payment behind the first one");
    // What the first one has waited for, the second one has waited for its turn; timers may be early by a millisecond.
    const isRight = second.request.remaining <= totalTimeout - one.replyTimeout + 2;
    const turn =
      "The wait for a turn is a part of `totalTimeout`: `remaining` is what is left of it when the connection is yours";
    expect(
      isRight ? "`remaining` is what is left" : `\`remaining\` is ≈${second.request.remaining}, of 50 left`,
      turn,
    ).toBe("`remaining` is what is left");
  });
}

function tellTheirTime(attempts: Heard[], replyTimeout: number, totalTimeout: number): void {
  const told =
    "`remaining` is what this attempt still waits: `replyTimeout`, or what is left of `totalTimeout`, if that is less";
  for (const [index, { request }] of attempts.entries()) {
    // Each attempt before has waited `replyTimeout`, if not more; timers may be early by a millisecond.
    const left = Math.min(replyTimeout, totalTimeout - replyTimeout * index + 2);
    const isRight = request.remaining >= 1 && request.remaining <= left;
    const said = `\`remaining\` is ≈${request.remaining} at attempt ${index + 1}, with ≈${Math.floor(left)} left`;
    expect(isRight ? "no more than is left" : said, told).toBe("no more than is left");
  }
}
