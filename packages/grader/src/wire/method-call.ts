import { AnswerFailure } from "./answer-failure.ts";
import type { ObjectTable } from "./object-table.ts";

/** @throws {AnswerFailure} NO_METHOD when there is no such method; the message is but what there is instead */
export function callMethod(target: { [name: string]: unknown }, name: string, args: unknown[]): unknown {
  const method = target[name];
  if (typeof method !== "function") {
    const instead =
      name in target ? `its \`${name}\` is of type ${typeof method}` : `it has ${methodsOf(target)}`;
    throw new AnswerFailure("NO_METHOD", instead);
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

/** The most methods that are named. */
const mostNamed = 8;

/** `push`, `end`: its own and its class's, in the order in which they are written. */
function methodsOf(target: object): string {
  const names = new Set<string>();
  for (
    let at: object | null = target;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (name !== "constructor" && typeof value === "function") names.add(name);
    }
  }
  if (names.size === 0) return "no methods";
  const named = [...names].slice(0, mostNamed).map((name) => `\`${name}\``);
  return names.size > mostNamed ? `${named.join(", ")} and ${names.size - mostNamed} more` : named.join(", ");
}
