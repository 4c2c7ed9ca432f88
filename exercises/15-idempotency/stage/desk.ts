import type { PaymentRequest } from "../payments.ts";

/** A question at the fraud desk that nobody has answered yet. */
export interface Question {
  request: PaymentRequest;
  answer: (isFine: boolean) => void;
  fail: (reason: Error) => void;
}

/** The fraud desk: says yes at once, unless it is told otherwise. */
export class Desk {
  /** How often it was asked. */
  asked = 0;
  /** What it does with a question. */
  mood: "yes" | "no" | "rejects" | "holds" = "yes";
  /** In the order they came. */
  readonly held: Question[] = [];

  async check(request: PaymentRequest): Promise<boolean> {
    this.asked++;
    if (this.mood === "rejects") throw new Error("the fraud desk does not answer");
    if (this.mood !== "holds") return this.mood === "yes";
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    this.held.push({ request, answer: resolve, fail: reject });
    return await promise;
  }
}
