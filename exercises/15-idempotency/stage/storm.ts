import { expect, step } from "@tcpip-workshop/grader/suite";
import type { Keyed } from "./requests.ts";
import type { Instance, Shop } from "./shop.ts";

/** Fifty at once with one key, half of them at each instance: one asks the check and is told yes, the others are told 409. */
export async function isWonByOne(
  shop: Shop,
  payment: Keyed,
  instances: [Instance, Instance],
  rule: string,
): Promise<void> {
  const all = Array.from({ length: 50 }, (_, index) => shop.begin(payment, "", instances[index % 2]));
  const { desk } = shop;
  const count = () => {
    const told = all.filter((pending) => pending.told !== undefined);
    const refused = told.filter((pending) => pending.told === "409").length;
    return { asked: desk.held.length, refused, others: told.length - refused };
  };
  const seen = () => {
    const { asked, refused, others } = count();
    const silent = 50 - asked - refused - others;
    const more = silent > 0 ? `, ${silent} without a reply` : "";
    return `${asked} at the check, ${refused} told 409, ${others} told else${more}`;
  };
  const settled = () => count().asked + count().refused + count().others >= 50;
  const expected = "1 at the check, 49 told 409, 0 told else";
  await shop.until(settled, rule, { expected, received: seen });
  expect(seen(), rule).toBe(expected);
  step("the check says yes");
  desk.held[0]?.answer(true);
  const replies = await Promise.all(all.map(({ reply }) => reply));
  const paid = "The one that has claimed the key gets the receipt";
  expect(replies.filter((reply) => reply !== "409").join(), paid).toBe("201, receipt A");
}
