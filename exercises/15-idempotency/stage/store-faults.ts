import { step } from "@tcpip-workshop/grader/suite";
import type { Shop } from "./shop.ts";

/** The check says yes to this question, and the transaction behind it is held. @returns what lets it go */
export async function holdsStore(shop: Shop, question: number): Promise<() => void> {
  const { promise: gone, resolve: letGo } = Promise.withResolvers<void>();
  shop.atEnd(letGo);
  let isHeld = false;
  shop.onPause = async (point) => {
    if (point !== "before transact") return;
    shop.onPause = () => {};
    isHeld = true;
    await gone;
  };
  shop.desk.held[question]?.answer(true);
  await shop.until(() => isHeld, "When the check has said yes, the payment is made in a transaction");
  return letGo;
}

/** Every operation of the store rejects, until `onPause` is another one. */
export function failsStore(shop: Shop): void {
  step("the store is down: every operation rejects, and none is done");
  shop.onPause = (point) => {
    if (point !== "check") throw unavailable();
  };
}

/** The first transaction, or the first behind the check, fails: it has not been done, or it has, and its answer is lost. */
export function failsStoreOnce(
  shop: Shop,
  which: "first transaction" | "first transaction behind the check",
  when: "before" | "after",
): void {
  const said = when === "before" ? "it has not been done" : "it has been done, and its answer is lost";
  step(`the store will fail in the ${which}: ${said}`);
  let isNext = which === "first transaction";
  shop.onPause = (point) => {
    if (point === "check") isNext = true;
    if (!isNext || point !== `${when} transact`) return;
    shop.onPause = () => {};
    throw unavailable();
  };
}

function unavailable(): Error {
  return new Error("the database does not answer");
}
