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
  held: Question[] = [];
  #forgotten: Question[] = [];

  async check(request: PaymentRequest): Promise<boolean> {
    this.asked++;
    if (this.mood === "rejects") throw new Error("the fraud desk does not answer");
    if (this.mood !== "holds") return this.mood === "yes";
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    this.held.push({ request, answer: resolve, fail: reject });
    return await promise;
  }

  /** Tells the one who asked this question, or fails. */
  tells(question: number, what: "yes" | "no" | "nothing"): void {
    const asked = this.held[question];
    if (what === "nothing") asked?.fail(new Error("the fraud desk does not answer"));
    else asked?.answer(what === "yes");
  }

  /** What is held will never be answered, and counts no more. */
  forgets(): void {
    this.#forgotten.push(...this.held);
    this.held = [];
  }

  /** Fails whatever has no answer yet. */
  end(): void {
    for (const question of [...this.#forgotten, ...this.held]) question.fail(new Error("the test is over"));
  }
}
