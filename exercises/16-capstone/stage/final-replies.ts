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
  await client.gets(
    `rejected with ${code}`,
    `order ${status}`,
    `${status} is final: \`pay\` rejects with ${code}, and does not ask again`,
  );
  expect(
    gateway.heard.length - before,
    `${status} is final, so there is one request (counted: requests)`,
  ).toBe(1);
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
    await three.gets("rejected with UNKNOWN", `order of ${loss}`, perhapsCharged(loss));
  }
  expect(gateway.actions, "Three attempts are three requests (what is left of the script is shown)").toEqual(
    [],
  );
}

/** Why it is not known whether a payment was made whose request met this. */
export function perhapsCharged(loss: string): string {
  return `A request that got ${loss} for a reply may have been charged; a 504 to a later one says nothing of it`;
}
