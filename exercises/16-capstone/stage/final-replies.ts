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

/** Ways to lose a reply. */
const losses = ["RST", "FIN", "half a reply"] as const;

/** What a client of three attempts knows when none of them got a receipt. */
export async function isToldWhatIsKnown(three: PayingClient, gateway: ScriptedGateway): Promise<void> {
  gateway.actions.push(504, 504, 504);
  step("504 to each of three attempts");
  const nothing = "Each request was answered 504, so nothing can have been charged";
  await three.gets("rejected with NOT_CHARGED", "order 504", nothing);
  for (const loss of losses) {
    gateway.actions.push(loss, 504, 504);
    step(`${loss} to the first attempt, then 504 to two more`);
    await three.gets("rejected with UNKNOWN", `order of ${loss}`, perhapsCharged);
  }
  expect(gateway.actions, "Three attempts are three requests").toEqual([]);
}

export const perhapsCharged =
  "A request that got no reply may have been charged, however its connection ended; a 504 to a later one says nothing of it";
