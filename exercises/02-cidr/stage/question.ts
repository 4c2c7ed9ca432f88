import { expect } from "@tcpip-workshop/grader/suite";
import { outcomeOf, plain, readAs } from "./outcome.ts";

/** A call of the answer's, what is right, and the sentence to say when something else comes. */
export interface Question<A extends unknown[]> {
  ask: A;
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
  const answers = await method.each(questions.map(({ ask }) => ask));
  await compare(method, questions, answers.map(shown));
}

/** Asks one by one, without waiting for each; for questions that may be refused. */
export async function agreeOrRefuse<A extends unknown[]>(
  method: Method<A>,
  questions: Question<A>[],
  shown: (value: unknown) => string = readAs,
): Promise<void> {
  const calls = questions.map(({ ask }) => outcomeOf(method(...ask), shown));
  await compare(method, questions, await Promise.all(calls));
}

type Method<A extends unknown[]> = ((...args: A) => Promise<unknown>) & {
  each(argsList: A[]): Promise<unknown[]>;
};

/** The first question that is answered wrong is asked once more, to be the last of the steps shown. */
async function compare<A extends unknown[]>(
  method: Method<A>,
  questions: Question<A>[],
  answers: unknown[],
): Promise<void> {
  for (const [index, { ask, right, sentence }] of questions.entries()) {
    if (JSON.stringify(answers[index]) === JSON.stringify(right)) continue;
    await outcomeOf(method(...ask));
    expect(answers[index], sentence()).toEqual(right);
  }
}
