import { eventually, expect, quietly, step } from "@tcpip-workshop/grader/suite";
import { type Clients, elsewhere, type PayingClient } from "./paying-client.ts";
import type { ScriptedGateway } from "./scripted-gateway.ts";

/** Forty payments at once, of a client with four connections; before it two others were made. */
export async function crowdTakesTurns(
  clients: Clients,
  client: PayingClient,
  gateway: ScriptedGateway,
  rule: string,
): Promise<void> {
  step("the gateway holds its replies back; forty payments at once");
  gateway.otherwise = "hold";
  const keys = Array.from({ length: 40 }, (_, index) => `order ${index + 3}`);
  const paying = keys.map((key) => quietly(() => client.pay({ key })));
  const underWay = (): number => gateway.heard.length - 2;
  const four = "Four connections are allowed, so four payments are under way at once";
  await eventually(() => underWay() >= 4, four, { expected: 4, received: underWay });
  await elsewhere(clients, 2);
  expect(
    counted(gateway.tap.accepts, 4),
    "`size` is 4: never more than four connections, however many pay (counted: connections)",
  ).toBe("4");
  expect(
    counted(underWay(), 4),
    "A connection carries one payment at a time (counted: requests under way)",
  ).toBe("4");
  step("the gateway replies");
  gateway.release();
  expect(await Promise.all(paying), rule).toEqual(keys.map((key) => `receipt of ${key}`));
  expect(
    gateway.tap.accepts,
    "A connection is used again: forty payments over the same four (counted: connections)",
  ).toBe(4);
}

/** How many are too many differs from run to run. */
function counted(count: number, most: number): string {
  return count > most ? `≈${count}` : `${count}`;
}
