import { expect, step } from "@tcpip-workshop/grader/suite";
import type { Keyed, Requests } from "./requests.ts";
import type { Shop } from "./shop.ts";

/** A payment, and at which await of it the process is killed. */
export interface Death {
  payment: Keyed;
  nth: number;
}

/** Ten payments whose process dies once, and twelve where the next one, who finds what the first has left, dies as well. */
export function deaths(requests: Requests): { once: Death[]; twice: Death[]; all: Keyed[] } {
  const death = (_: unknown, index: number): Death => ({ payment: requests.next(), nth: index + 1 });
  const once = Array.from({ length: 10 }, death);
  const twice = Array.from({ length: 12 }, death);
  return { once, twice, all: [...once, ...twice].map(({ payment }) => payment) };
}

/** An account for each, with plenty. */
export function balances(payments: Keyed[]): Record<string, number> {
  return Object.fromEntries(payments.map(({ account }) => [account, 20_000]));
}

/**
 * Payments on a connection of its own each, until each has its reply or is held, for ever, at the await that is told.
 * @returns where each was held; undefined when it had its reply
 */
export async function holdAt(shop: Shop, deaths: Death[]): Promise<(string | undefined)[]> {
  const held: (string | undefined)[] = deaths.map(() => undefined);
  const pending = deaths.map(async ({ payment, nth }, index) => {
    let waits = 0;
    const payments = await shop.openWatched((point) => {
      if (++waits < nth) return undefined;
      held[index] = point;
      return new Promise<void>((_, reject) => shop.atEnd(() => reject(new Error("the test is over"))));
    });
    return shop.begin(payment, "", payments);
  });
  const all = await Promise.all(pending);
  const settled = () => all.every(({ told }, index) => told !== undefined || held[index] !== undefined);
  await shop.until(settled, "Each request gets a reply, or waits where the tests hold it");
  for (const { told, reply } of all) if (told === "an error") await reply;
  return held;
}

/** Asks for each of them once more: it has its receipt, and its account has paid once. */
export async function areMadeOnce(
  shop: Shop,
  all: Keyed[],
  first: (string | undefined)[],
  second: (string | undefined)[],
): Promise<void> {
  const rule =
    "A payment waits for its store, for the check, and for its store again: at three kinds of awaits or more";
  expect(new Set(first).size > 2, rule).toBe(true);
  for (const [index, payment] of all.entries()) {
    const rule = howItDied(index, first, second);
    const told = (await shop.begin(payment, "").reply).replace(/(?<=receipt) .$/, "");
    // All of them ask; whoever reads of a failure needs this one only.
    const { account, amount } = payment;
    if (told !== "201, receipt" || !shop.isTakenOnce(payment))
      step(`one of the 22 asks once more for its ${amount} from ${account}, key ${payment.key}`);
    expect(told, `${rule}. Who asks again gets the receipt`).toBe("201, receipt");
    shop.hasTakenOnce(payment, `${rule}. The money is taken once, neither twice nor never`);
  }
}

/** The story of one of `all`: what each killing has found it at. */
function howItDied(index: number, first: (string | undefined)[], second: (string | undefined)[]): string {
  const [nth, again] = index < 10 ? [index + 1, -1] : [4, index - 10];
  const found = [
    { nth, point: first[index] },
    { nth: again + 1, point: second[again] },
  ];
  const died = found.flatMap(({ nth, point }) =>
    point === undefined ? [] : [`at await ${nth} of this payment ("${point}")`],
  );
  return died.length === 0
    ? "The process was killed when this payment had its reply"
    : `kill -9 ${died.join(", and the next process ")}`;
}
