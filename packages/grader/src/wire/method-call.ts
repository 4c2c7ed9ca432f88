import { AnswerFailure } from "./answer-failure.ts";
import type { ObjectTable } from "./object-table.ts";

/** @throws {AnswerFailure} NO_EXPORT when there is no such method */
export function callMethod(target: { [name: string]: unknown }, name: string, args: unknown[]): unknown {
  const method = target[name];
  if (typeof method !== "function") {
    throw new AnswerFailure("NO_EXPORT", `Expected a function \`${name}\`, got ${typeof method}`);
  }
  return method.apply(target, args);
}

/** One after another; where the method is asynchronous, each waits for the one before. */
export function callEach(target: { [name: string]: unknown }, name: string, argsList: unknown[][]): unknown {
  const results: unknown[] = [];
  for (const [index, args] of argsList.entries()) {
    const result = callMethod(target, name, args);
    if (isThenable(result)) return awaitEach(result, target, name, argsList.slice(index + 1), results);
    results.push(result);
  }
  return results;
}

async function awaitEach(
  first: PromiseLike<unknown>,
  target: { [name: string]: unknown },
  name: string,
  rest: unknown[][],
  results: unknown[],
): Promise<unknown[]> {
  results.push(await first);
  for (const args of rest) results.push(await callMethod(target, name, args));
  return results;
}

/** `next` and `return` go to the iterator of the iterable, made at the first `next`. */
export function iterate(target: object, name: string, args: unknown[], table: ObjectTable): unknown {
  const iterator = table.iteratorOf(target) as unknown as {
    [name: string]: ((...args: unknown[]) => unknown) | undefined;
  };
  return iterator[name]?.(...args) ?? { done: true, value: undefined };
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function"
  );
}
