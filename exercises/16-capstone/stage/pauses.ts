import { connect } from "node:net";
import { evidence, expect, quietly, step, untilSeen } from "@tcpip-workshop/grader/suite";
import { request } from "./caller.ts";
import { type Clients, PayingClient, soon } from "./paying-client.ts";
import { ScriptedGateway } from "./scripted-gateway.ts";

/** Attempts that all fail, judged beside attempts of our own without a pause: a busy machine makes fewer of both. */
export async function pausesGrow(clients: Clients, outcome: string, rule: string): Promise<void> {
  await untilSeen(async (factor) => {
    const ms = 300 * factor;
    await using gateway = await ScriptedGateway.listen();
    gateway.otherwise = "RST";
    const { port } = gateway.tap;
    const options = { attempts: 1000, backoff: 50, totalTimeout: ms };
    const eager = quietly(() => new PayingClient(clients, port, options));
    step("an RST to each attempt, for 300 ms; backoff 50, and no end of attempts");
    const told = soon(
      quietly(() => eager.pay({ key: "order 506" })),
      outcome,
      rule,
      3 * ms,
    );
    const [made] = await Promise.all([withoutAPause(port, { attempts: 60, ms }), told]);
    const own = gateway.heard.filter(({ request: { key } }) => key === "order 506").length;
    const paused = "Pauses that grow leave time for about five attempts, and never for more than fifteen";
    expect(own <= 15 ? "at most 15" : `≈${own}`, paused).toBe("at most 15");
    evidence(made === 60, "sixty attempts of our own without a pause, in that time");
  });
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
