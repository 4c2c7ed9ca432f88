import { expect, step } from "@tcpip-workshop/grader/suite";
import type { Keyed } from "./requests.ts";
import type { Shop } from "./shop.ts";
import { holdsStore } from "./store-faults.ts";

/** What becomes of an owner whose lease is over in the middle of its work. */
export interface Ending {
  hangsAt: "store" | "check";
  /** When it goes on: while the second owner is at work, or when that has paid. */
  goesOn: "beside the second" | "behind the second";
  /** What its check tells it. */
  check: "yes" | "no" | "nothing";
  /** What it is told then. */
  told: string;
  /** What the second owner is told at the end. */
  second: "201, receipt A" | "403";
}

const replay = "201, receipt A";

export const endings: Ending[] = [
  { hangsAt: "store", goesOn: "behind the second", check: "yes", told: replay, second: replay },
  { hangsAt: "check", goesOn: "behind the second", check: "yes", told: replay, second: replay },
  { hangsAt: "check", goesOn: "beside the second", check: "nothing", told: "503", second: replay },
  { hangsAt: "check", goesOn: "beside the second", check: "yes", told: "409", second: "403" },
  { hangsAt: "check", goesOn: "beside the second", check: "no", told: "409", second: replay },
];

/** A first request hangs until its lease is over, a second one takes its claim over, and the first one goes on. */
export async function wakesUp(shop: Shop, payment: Keyed, ending: Ending): Promise<void> {
  const { hangsAt, goesOn, check, second } = ending;
  const slept = `The first owner hung ${hangsAt === "store" ? "in its transaction" : "at its check"} until its lease was over`;
  shop.desk.mood = "holds";
  const slow = shop.begin(payment, "a first client");
  await shop.isAsked(1, slow, "The check is asked before any money is taken");
  const letGo = hangsAt === "store" ? await holdsStore(shop, 0) : () => shop.desk.tells(0, check);
  step(
    `the first one hangs ${hangsAt === "store" ? "in its transaction" : "at its check"} for 10 seconds: its lease is over`,
  );
  shop.now += 10_000;
  const next = shop.begin(payment, "a second client");
  await shop.isAsked(
    2,
    next,
    "The lease of the first one is over: the second one takes the claim over, and asks the check itself",
  );
  if (goesOn === "beside the second") await isToldBeside();
  const isPaid = second !== "403";
  step(`the check says ${isPaid ? "yes" : "no"} to the second one`);
  shop.desk.tells(1, isPaid ? "yes" : "no");
  expect(await next.reply, `${slept}, the second one is the owner: it is told what its own check says`).toBe(
    second,
  );
  if (goesOn === "behind the second") await isToldBehind();
  const rule = isPaid ? `${slept}: two owners were one payment` : "The owner was told no: nothing is taken";
  shop.hasTaken(isPaid ? [payment] : [], rule);
  await shop.tells(
    payment,
    second,
    "The second one was the owner: what it was told is stored, and given again",
  );

  async function isToldBeside(): Promise<void> {
    step(check === "nothing" ? "the first one's check fails" : `the check says ${check} to the first one`);
    letGo();
    const lost = `${slept}, and the second one is at work: whatever the first one's check says, it may write nothing; 409`;
    expect(await slow.reply, check === "nothing" ? "The first one's check has rejected: 503" : lost).toBe(
      ending.told,
    );
    shop.hasTaken([], `${slept}, and the second one is at work: nothing is taken yet`);
    const kept = `${slept}: the claim is the second one's now, and the first one may neither change nor remove it; 409`;
    await shop.refusesMeanwhile(shop.begin(payment, "a third client"), "409", kept);
  }

  async function isToldBehind(): Promise<void> {
    step(
      hangsAt === "store"
        ? "the first one goes on with its transaction"
        : `the check says ${check} to the first one`,
    );
    letGo();
    const replayed = `${slept}, and the second one has paid: the first one may not pay any more, and gets the stored reply`;
    expect(await slow.reply, replayed).toBe(ending.told);
  }
}
