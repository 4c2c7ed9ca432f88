import { eventually, type Answer } from "@tcpip-workshop/grader/suite";

import { by } from "./rule.ts";

/** The answer's module, in its own process. */
export type AnswerUnderTest = Answer<typeof import("../client.ts")>;

/** The answer's process holds no socket with this port, or no more than `but`. */
export async function isGone(client: AnswerUnderTest, port: number, rule: string, but = 0): Promise<void> {
  const states = (): string[] => client.process.sockets({ port }).map(({ state }) => state);
  const wait = eventually(() => states().length <= but, rule, {
    within: 300,
    expected: but === 0 ? "no socket" : `${but} socket`,
    received: () => states().toSorted().join(", ") || "no socket",
  });
  await by(rule, wait);
}

/** After how long a silence the kernel will send its first probe; it runs while we look: five seconds may have gone. */
export function keepaliveTimer(client: AnswerUnderTest, port: number): string {
  const timer = client.process.sockets({ port })[0]?.timer;
  if (timer?.kind !== "keepalive") return "no keepalive timer";
  return `a probe after ${Math.ceil(timer.milliseconds / 5000) * 5} s of silence`;
}
