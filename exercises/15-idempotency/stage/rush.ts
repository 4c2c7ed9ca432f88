import { expect, step } from "@tcpip-workshop/grader/suite";
import type { Keyed } from "./requests.ts";
import type { Shop } from "./shop.ts";

/** Payments of one account at once, with a key each, and the check says yes to all: there is enough for so many of them. */
export async function isEnoughFor(shop: Shop, payments: Keyed[], enough: number): Promise<void> {
  const [{ account, amount }] = payments as [Keyed];
  shop.desk.mood = "holds";
  step(`${payments.length} clients ask for ${amount} from ${account} at once, each with a key of its own`);
  const all = payments.map((request) => shop.begin(request, ""));
  await shop.isAsked(payments.length, all[0]!, "Twelve keys are twelve payments, and each asks the check");
  step("the check says yes to all of them");
  for (const question of shop.desk.held) question.answer(true);
  const told = await Promise.all(all.map(({ reply }) => reply));
  const paid = payments.filter((_, index) => told[index]?.startsWith("201"));
  const refused = told.filter((reply) => reply === "402");
  const seen = `${paid.length} paid, ${refused.length} told 402`;
  const expected = `${enough} paid, ${payments.length - enough} told 402`;
  expect(
    seen,
    "The money is taken where it is enough at that moment: so many pay as there is enough for, the others are told 402",
  ).toBe(expected);
  shop.hasTaken(paid, "What the account has lost must be the sum of its receipts");
}
