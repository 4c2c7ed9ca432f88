import { connect } from "node:net";
import { evidence, expect, quietly, step, untilSeen } from "@tcpip-workshop/grader/suite";
import { request } from "./caller.ts";
import { perhapsCharged } from "./final-replies.ts";
import { type Clients, PayingClient, soon } from "./paying-client.ts";
import { ScriptedGateway } from "./scripted-gateway.ts";

/** How many payments fail at one moment. That chance sends all of them the same way happens once in a million runs. */
const fleet = 24;

/** Attempts that all fail, judged beside attempts of our own without a pause: a busy machine makes fewer of both. */
export async function pausesGrow(clients: Clients): Promise<void> {
  await untilSeen(async (factor) => {
    const ms = 300 * factor;
    await using gateway = await ScriptedGateway.listen();
    gateway.otherwise = "RST";
    const { port } = gateway.tap;
    const eager = quietly(
      () => new PayingClient(clients, port, { attempts: 1000, backoff: 50, totalTimeout: ms }),
    );
    step("an RST to each attempt, for 300 ms; backoff 50, and no end of attempts");
    const paying = quietly(() => eager.pay({ key: "order 506" }));
    const told = soon(paying, "rejected with UNKNOWN", perhapsCharged("RST"), 3 * ms);
    step(
      "beside it 24 payments with two attempts each; backoff 600, so about half of the pauses end in time",
    );
    const many = failTogether(clients, port, ms);
    const [made] = await Promise.all([withoutAPause(port, { attempts: 60, ms }), told, many]);
    const asked = (isOne: (key: string) => boolean): string[] =>
      gateway.heard.map(({ request: { key } }) => key).filter(isOne);
    const own = asked((key) => key === "order 506").length;
    const paused = "Pauses that grow leave time for about five attempts, and never for more than fifteen";
    expect(own <= 15 ? "at most 15 attempts" : `≈${own} attempts`, paused).toBe("at most 15 attempts");
    evidence(made === 60, "sixty attempts of our own without a pause, in that time");
    const of = asked((key) => key.startsWith("fleet"));
    evidence(new Set(of).size === fleet, "a first attempt of each of the 24");
    const again = of.length - fleet;
    const spread =
      again === 0 ? "none asked again" : again === fleet ? "all asked again" : "some asked again";
    const chance =
      "Each pause is chance, from 0 to the most it may be: of 24 that failed at one moment some come back in time, some do not";
    expect(spread, chance).toBe("some asked again");
  });
}

/** Payments at once, each over a connection of its own, whose pauses end before the deadline, or not, by chance. */
async function failTogether(clients: Clients, port: number, ms: number): Promise<void> {
  const options = { size: fleet, attempts: 2, backoff: 2 * ms, totalTimeout: ms };
  const client = quietly(() => new PayingClient(clients, port, options));
  const keys = Array.from({ length: fleet }, (_, index) => `fleet ${index + 1}`);
  await Promise.all(keys.map((key) => quietly(() => client.pay({ key }))));
}

/** Asks a gateway that resets each request, again and again, until so many attempts or so many ms: how fast this machine is. */
async function withoutAPause(
  port: number,
  { attempts, ms }: { attempts: number; ms: number },
): Promise<number> {
  const end = performance.now() + ms;
  for (let made = 0; ; made++) {
    if (made === attempts || performance.now() >= end) return made;
    const socket = connect({ port, host: "127.0.0.1" }).on("error", () => {});
    socket.write(request({ key: "without a pause" }));
    await new Promise((resolve) => socket.resume().once("close", resolve));
  }
}
