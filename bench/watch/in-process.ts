/**
 * What a suite imports from `@tcpip-workshop/grader/suite`, for a runner that has the answer in its own process: the answer is
 * a module like any other, a call is a call, and no step is remembered. The least that the same suite can cost.
 */
import { expect, test as vitestTest } from "vitest";
import * as module from "answer-under-test";

export { afterAll } from "vitest";
export { mark } from "../../packages/grader/src/suite/mark.ts";
export { Random, seed } from "../../packages/grader/src/suite/random.ts";
export { quietly, step } from "../../packages/grader/src/suite/story.ts";
export { expect };

type Call = (...args: unknown[]) => unknown;
type Members = { [name: string]: unknown };

export function evidence(seen: boolean, what: string): asserts seen {
  if (!seen) throw new Error(what);
}

export function test(title: string, _teaching: object, body: () => Promise<void>): void {
  // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- both are the suite's to give
  vitestTest(title, body);
}

export function answer(): unknown {
  const exports = module as Members;
  return new Proxy(exports, {
    get(_, name: string) {
      if (name === "process") return statistics;
      if (name === "create") return create;
      return remote(exports[name] as Call);
    },
  });
}

const statistics = {
  /** In nanoseconds, as the grader has it. */
  async cpuTime(work: () => Promise<unknown>): Promise<number> {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) * 1000;
  },
  /** Not measured here. */
  async peakMemory(work: () => Promise<unknown>): Promise<number> {
    await work();
    return 0;
  },
};

/** The instance, callable at once, that is also the promise of itself. */
function create(name: string, ...args: unknown[]): object {
  const Class = (module as Members)[name] as new (...args: unknown[]) => Members;
  const instance = new Class(...args);
  const standIn: object = new Proxy(instance, {
    get: (_, member: string) => (member === "then" ? undefined : remote(instance[member] as Call, instance)),
  });
  return new Proxy(instance, {
    get: (_, member: string) =>
      member === "then"
        ? (resolve: (made: object) => void) => resolve(standIn)
        : Reflect.get(standIn, member),
  });
}

function remote(call: Call, on?: object): object {
  const once = async (...args: unknown[]): Promise<unknown> => call.apply(on, args);
  const each = async (lists: unknown[][]): Promise<unknown[]> => {
    const results: unknown[] = [];
    for (const args of lists) results.push(await call.apply(on, args));
    return results;
  };
  const kept = async (...args: unknown[]): Promise<object> => {
    const value = await once(...args);
    return { read: async () => value };
  };
  return Object.assign(once, { each, kept });
}
