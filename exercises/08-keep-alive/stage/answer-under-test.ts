import { eventually, type Answer } from "@tcpip-workshop/grader/suite";

/** The answer's module, in its own process. */
export type AnswerUnderTest = Answer<typeof import("../client.ts")>;

/** The answer's process holds no socket with this port, or no more than `but`. */
export async function isGone(client: AnswerUnderTest, port: number, rule: string, but = 0): Promise<void> {
  const sockets = (): number => client.process.sockets({ port }).length;
  await eventually(() => sockets() <= but, rule, {
    within: 300,
    expected: `${but} sockets`,
    received: () => `${sockets()} sockets`,
  });
}

/** After how long a silence the kernel will send its first probe; it runs while we look: five seconds may have gone. */
export function keepaliveTimer(client: AnswerUnderTest, port: number): string {
  const timer = client.process.sockets({ port })[0]?.timer;
  if (timer?.kind !== "keepalive") return "no keepalive timer";
  return `a probe after ${Math.ceil(timer.milliseconds / 5000) * 5} s of silence`;
}
