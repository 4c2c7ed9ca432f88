import { eventually, expect } from "@tcpip-workshop/grader/suite";
import type { Payment, Receipt } from "../client.ts";

/** What pays: the answer's client. */
export interface Payer {
  pay(payment: Payment): Promise<Receipt>;
}

/** The receipt's id, or what it rejected with. Who fails before it comes need not wait for it. */
export function pay(client: Payer, payment: Partial<Payment> = {}): Promise<string> {
  const paid = client.pay({ account: "acme", amount: 250, ...payment }).then(
    ({ id }) => id,
    (error: Error & { code?: string }) => {
      if (error.name === "AnswerFailure") throw error;
      return `rejected with ${error.name === "PaymentError" ? error.code : error}`;
    },
  );
  paid.catch(() => {});
  return paid;
}

/** The outcome, if it comes soon: a wrong answer is not waited for until its deadline. */
export async function soon(
  paying: Promise<string>,
  expected: string,
  rule: string,
  within = 1200,
): Promise<void> {
  let outcome = "pending";
  const become = (is: unknown): unknown => (outcome = String(is));
  paying.then(become, become);
  await eventually(() => outcome !== "pending", rule, { within, expected, received: () => outcome });
  expect(outcome, rule).toBe(expected);
}
