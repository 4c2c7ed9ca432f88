import { eventually, expect, step } from "@tcpip-workshop/grader/suite";
import type { Keyed } from "./requests.ts";
import { patience, type Instance, type Shop } from "./shop.ts";

/** Fifty at once with one key, half of them at each instance: one asks the check and is told yes, the others are told 409. */
export async function isWonByOne(
  shop: Shop,
  payment: Keyed,
  instances: [Instance, Instance],
  rule: string,
): Promise<void> {
  const all = Array.from({ length: 50 }, (_, index) => shop.begin(payment, "", instances[index % 2]));
  const told = () => all.filter((pending) => pending.told !== undefined);
  const { desk } = shop;
  await eventually(() => told().length + desk.held.length >= 50, rule, { within: patience });
  const [refused, others] = [all.filter((one) => one.told === "409").length, told().length];
  const seen = `${desk.held.length} at the check, ${refused} told 409, ${others - refused} told else`;
  expect(seen, rule).toBe("1 at the check, 49 told 409, 0 told else");
  step("the check says yes");
  desk.held[0]?.answer(true);
  const replies = await Promise.all(all.map(({ reply }) => reply));
  const paid = "The one that has claimed the key gets the receipt";
  expect(replies.filter((reply) => reply !== "409").join(), paid).toBe("201, receipt A");
}
