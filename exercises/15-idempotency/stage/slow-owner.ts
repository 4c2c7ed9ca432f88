import { expect, step } from "@tcpip-workshop/grader/suite";
import type { Keyed } from "./requests.ts";
import type { Shop } from "./shop.ts";

/** What becomes of an owner whose lease is over in the middle of its work. */
export const endings = ["held at the store", "held at the check", "its check fails"] as const;

/** A first request hangs until its lease is over, a second one takes its claim over, and then the first one goes on. */
export async function wakesUp(shop: Shop, payment: Keyed, ending: (typeof endings)[number]): Promise<void> {
  shop.desk.mood = "holds";
  const slow = shop.begin(payment, "a first client");
  await shop.isAsked(1, slow, "The check is asked before any money is taken");
  const isAtStore = ending === "held at the store";
  const letGo = isAtStore ? await shop.holdsStore(0) : () => shop.desk.held[0]?.answer(true);
  step(`10 seconds pass, in which it hangs at the ${isAtStore ? "store" : "check"}: its lease is over`);
  shop.now += 10_000;
  const next = shop.begin(payment, "a second client");
  await shop.isAsked(2, next, "The second request takes the claim over, and asks the check itself");
  if (ending === "its check fails") await failsLate();
  step("the check says yes to the second one");
  shop.desk.held[1]?.answer(true);
  expect(await next.reply, "The second request is the owner").toBe("201, receipt A");
  if (ending === "its check fails") return;
  step("the first one goes on");
  letGo();
  const replayed = "The first one is no longer the owner: it gets the stored reply";
  expect(await slow.reply, replayed).toBe("201, receipt A");

  async function failsLate(): Promise<void> {
    step("the first one's check fails at last");
    shop.desk.held[0]?.fail(new Error("the fraud desk does not answer"));
    expect(await slow.reply, "The check has failed").toBe("503");
    const kept = "The claim was no longer the first one's to give back: the second one is at work";
    await shop.refusesMeanwhile(shop.begin(payment, "a third client"), "409", kept);
  }
}
