import { expect, step } from "@tcpip-workshop/grader/suite";
import type { PayingClient } from "./paying-client.ts";
import type { Action, ScriptedGateway } from "./scripted-gateway.ts";

/** Replies that end a payment, and the code that its caller is told. */
export const finals = [
  [402, "DECLINED"],
  [400, "REJECTED"],
  [422, "REJECTED"],
] as const;

export async function isFinal(
  status: Action & number,
  code: string,
  client: PayingClient,
  gateway: ScriptedGateway,
): Promise<void> {
  const before = gateway.heard.length;
  gateway.actions.push(status);
  step(`the gateway replies ${status}`);
  await client.gets(`rejected with ${code}`, `order ${status}`, `${status} is final: ${code}`);
  expect(gateway.heard.length - before, `${status} is final, so it is not asked again`).toBe(1);
}
