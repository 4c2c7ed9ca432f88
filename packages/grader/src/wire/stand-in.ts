import type { CallMode } from "./peer.ts";
import type { HandleKind } from "./value-reader.ts";

/** Makes a call on the other side's object `on`, which goes by `label` here; without a `name`, calls `on` itself. */
export type MakeCall = (
  on: number,
  label: string,
  name: string | undefined,
  args: unknown[],
  mode?: CallMode,
) => Promise<unknown>;

/**
 * An object here that stands for one over there: every name but those that act on whoever looks (`then`, `toJSON`,
 * `asymmetricMatch`) is a method whose result is a promise; symbols answer nothing, but iterables can be iterated.
 */
export function standIn(kind: HandleKind, on: number, label: string, call: MakeCall): object {
  if (kind === "function") {
    const callIt = (...args: unknown[]): Promise<unknown> => call(on, label, undefined, args);
    Object.defineProperty(callIt, "name", { value: label });
    return Object.freeze(callIt);
  }
  const methods = new Map<string, RemoteCall>();
  return new Proxy(Object.create(null) as object, {
    get(_, name) {
      if (kind === "iterable" && name === Symbol.asyncIterator) return () => iterator(on, label, call);
      if (typeof name === "symbol" || neverAnswered.has(name)) return undefined;
      let found = methods.get(name);
      if (found === undefined) methods.set(name, (found = remoteCall(on, label, name, call)));
      return found;
    },
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  });
}

const neverAnswered: ReadonlySet<string> = new Set([
  "then",
  "toJSON",
  "asymmetricMatch",
  "constructor",
  "nodeType",
]);

/** A method over there, and the other ways to call it. */
export interface RemoteCall {
  (...args: unknown[]): Promise<unknown>;
  each(argsList: unknown[][]): Promise<unknown>;
  kept(...args: unknown[]): Promise<{ read(): Promise<unknown> }>;
  get(): Promise<unknown>;
}

export function remoteCall(on: number, label: string, name: string, call: MakeCall): RemoteCall {
  return Object.assign((...args: unknown[]) => call(on, label, name, args), {
    each: (argsList: unknown[][]) =>
      argsList.every(({ length }) => length === 1)
        ? call(
            on,
            label,
            name,
            argsList.map(([only]) => only),
            "map",
          )
        : call(on, label, name, argsList, "each"),
    kept: async (...args: unknown[]) => {
      const kept = (await call(on, label, name, args, "keep")) as { value: RemoteCall };
      return { read: () => kept.value.get() };
    },
    get: () => call(on, label, name, [], "get"),
  });
}

function iterator(on: number, label: string, call: MakeCall): AsyncIterator<unknown> {
  const step = (mode: CallMode) => async () =>
    (await call(on, label, undefined, [], mode)) as IteratorResult<unknown>;
  return { next: step("next"), return: step("return") };
}
