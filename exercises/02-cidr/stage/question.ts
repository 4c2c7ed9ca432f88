import { expect, quietly, step } from "@tcpip-workshop/grader/suite";
import { outcomeOf, plain, readAs } from "./outcome.ts";
import { told } from "./told.ts";

/** A call of the answer's, what is right, and the sentence to say when something else comes. */
export interface Question<A extends unknown[]> {
  ask: A;
  /** As people write it: `contains(10.0.0.0/8, 10.1.2.3)`. */
  call: string;
  /** As the answer is shown. */
  right: unknown;
  sentence: () => string;
}

/** Asks all of it in one crossing; for questions that have an answer. */
export async function agree<A extends unknown[]>(
  method: Method<A>,
  questions: Question<A>[],
  shown: (value: unknown) => unknown = plain,
): Promise<void> {
  tellOf(questions);
  const asked = quietly(() => method.each(questions.map(({ ask }) => ask)));
  const answers = await asked.catch(async (error: unknown) => {
    // Which of them it was is seen when they are asked one by one.
    for (const { ask, call } of questions) {
      await quietly(() => method(...ask)).catch(() => told(call, () => method(...ask)));
    }
    throw error;
  });
  await compare(method, questions, answers.map(shown), shown);
}

/** Asks one by one, without waiting for each; for questions that may be refused. */
export async function agreeOrRefuse<A extends unknown[]>(
  method: Method<A>,
  questions: Question<A>[],
  shown: (value: unknown) => string = readAs,
): Promise<void> {
  tellOf(questions);
  const calls = quietly(() => questions.map(({ ask }) => outcomeOf(method(...ask), shown)));
  await compare(method, questions, await Promise.all(calls), shown);
}

type Method<A extends unknown[]> = ((...args: A) => Promise<unknown>) & {
  each(argsList: A[]): Promise<unknown[]>;
};

function tellOf(questions: { call: string }[]): void {
  const [first, last] = [questions[0]?.call, questions.at(-1)?.call];
  step(`${questions.length} calls, before the first answer is read: from ${first} to ${last}`);
}

/** The first question that is answered wrong is asked once more, to be the last of the steps shown. */
async function compare<A extends unknown[]>(
  method: Method<A>,
  questions: Question<A>[],
  answers: unknown[],
  shown: (value: unknown) => unknown,
): Promise<void> {
  for (const [index, { ask, call, right, sentence }] of questions.entries()) {
    if (JSON.stringify(answers[index]) === JSON.stringify(right)) continue;
    await told(`once more ${call}`, () => outcomeOf(method(...ask), (value) => oneLine(shown(value))));
    expect(answers[index], sentence()).toEqual(right);
  }
}

/** `first 10.0.0.0, last 10.255.255.255` of an object, the items of a list, and all else as it is. */
export function oneLine(value: unknown): string {
  if (Array.isArray(value)) {
    const items = value.slice(0, 4).map(String).join(", ");
    return value.length > 4 ? `${items} … (${value.length} in all)` : items || "an empty array";
  }
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([key, field]) => `${key} ${field}`)
    .join(", ");
}
