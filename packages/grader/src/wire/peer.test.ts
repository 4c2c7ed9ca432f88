import { describe, expect, test } from "vitest";
import { writeAnswer } from "../testing/write-answer.ts";
import { AnswerProcess } from "../process/answer-process.ts";
import type { Peer } from "./peer.ts";

const source = `
  export const echo = (value: unknown) => value;
  export const kinds = (value: unknown) => Object.prototype.toString.call(value);
  export const throwIt = (value: unknown) => { throw value; };
  export const make: { [name: string]: () => unknown } = {};
  export class Counter { #n = 0; add(by: number) { this.#n += by; return this.#n; } async addLater(by: number) { return this.add(by); } get value() { return this.#n; } }
  export const counter = () => new Counter();
  export const callBack = async (f: (n: number) => Promise<number>) => (await f(3)) + 1;
  export const callTwice = async (f: () => Promise<number>, g: () => Promise<number>) => f === g;
  export async function* count(to: number) { try { for (let i = 1; i <= to; i++) yield i; } finally { closed++; } }
  export let closed = 0;
  export const closedCount = () => closed;
  export const sum = async (source: AsyncIterable<number>) => { let total = 0; for await (const n of source) total += n; return total; };
  export const whenAborted = (signal: AbortSignal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason)));
  export const hostile: { [name: string]: () => unknown } = {
    getter: () => ({ get a(): never { throw new Error("boom"); } }),
    then: () => ({ inside: { then: (f: (v: number) => void) => f(1) } }),
    toJSON: () => ({ toJSON: () => "fine" }),
    asymmetricMatch: () => ({ asymmetricMatch: () => true }),
    cycle: () => { const a: unknown[] = []; a.push(a); return a; },
    symbol: () => Symbol("s"),
    proto: () => JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}'),
    tag: () => ({ $: "bytes", at: 0, length: 4 }),
  };
  export const addOne = (bytes: Uint8Array) => bytes[0]++;
  export const beHostile = (how: string) => hostile[how]!();
`;

async function withAnswer<T>(
  work: (call: (name: string, ...args: unknown[]) => Promise<unknown>) => Promise<T>,
) {
  using answer = writeAnswer(source);
  await using process = new AnswerProcess(answer.path);
  await process.exports();
  return await work((name, ...args) => process.request((peer) => peer.call(0, name, args), name, 2000));
}

describe("what crosses, both ways", () => {
  const values: [string, unknown][] = [
    ["undefined", undefined],
    ["null", null],
    ["NaN", Number.NaN],
    ["minus zero", -0],
    ["infinity", Number.POSITIVE_INFINITY],
    ["a bigint", 2n ** 100n],
    ["text that is no UTF-8", "\ud800 and 日本"],
    ["bytes", Uint8Array.of(0, 255, 7)],
    ["no bytes", new Uint8Array(0)],
    ["a list of chunks", [Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)]],
    [
      "lists of chunks",
      Array.from({ length: 20 }, (_, index) => Array.from({ length: index % 3 }, () => Uint8Array.of(index))),
    ],
    ["lists of nothing", Array.from({ length: 20 }, () => [])],
    ["a Buffer", Buffer.from("abc")],
    ["wider numbers", Float64Array.of(1.5, -2)],
    ["a date", new Date(0)],
    ["a map", new Map<unknown, unknown>([[{ a: 1 }, Uint8Array.of(1)]])],
    ["a set", new Set([1, "2"])],
    ["nested data", { a: [1, { b: undefined }], $: "looks like a tag" }],
  ];
  test.each(values)("%s comes back as it went", async (_, value) => {
    await withAnswer(async (call) => expect(await call("echo", value)).toStrictEqual(value));
  });

  test("an error keeps its class, code, cause and own fields", async () => {
    await withAnswer(async (call) => {
      const error = Object.assign(new RangeError("too far", { cause: new Error("why") }), {
        code: "E_FAR",
        limit: 3,
      });
      const thrown = await call("throwIt", error).catch((reason: unknown) => reason);
      expect(thrown).toBeInstanceOf(RangeError);
      expect(thrown).toMatchObject({
        message: "too far",
        code: "E_FAR",
        limit: 3,
        cause: { message: "why" },
      });
    });
  });

  test("what a kept call throws is thrown, not kept", async () => {
    using answer = writeAnswer(source);
    await using process = new AnswerProcess(answer.path);
    await process.exports();
    const kept = process.peer.call(0, "throwIt", [new RangeError("too far")], "keep");
    await expect(kept).rejects.toThrow("too far");
  });

  test("undefined can be thrown", async () => {
    await withAnswer(async (call) => {
      await expect(
        call("throwIt", undefined).then(
          () => "no",
          (reason) => ["threw", reason],
        ),
      ).resolves.toEqual(["threw", undefined]);
    });
  });

  test("an instance stays there, and its methods are called from here", async () => {
    await withAnswer(async (call) => {
      const counter = (await call("counter")) as {
        [name: string]: ((...args: unknown[]) => Promise<unknown>) & {
          each(lists: unknown[][]): Promise<unknown>;
          get(): Promise<unknown>;
        };
      };
      expect(await counter["add"]!(2)).toBe(2);
      expect(await counter["add"]!.each([[1], [1]])).toEqual([3, 4]);
      expect(await counter["addLater"]!.each([[1], [1]])).toEqual([5, 6]);
      expect(await counter["value"]!.get()).toBe(6);
      expect(await call("kinds", counter)).toBe("[object Object]");
    });
  });

  test("a handle answers neither `then`, `toJSON`, `asymmetricMatch` nor a symbol", async () => {
    await withAnswer(async (call) => {
      const counter = (await call("counter")) as { [name: string | symbol]: unknown };
      for (const name of ["then", "toJSON", "asymmetricMatch", Symbol.iterator, Symbol.toPrimitive]) {
        expect(counter[name]).toBeUndefined();
      }
    });
  });

  test("bytes given twice in one crossing are one object over there, and in two crossings two", async () => {
    using answer = writeAnswer(source);
    await using process = new AnswerProcess(answer.path);
    await process.exports();
    const bytes = Uint8Array.of(1, 2, 3);
    const count = (mode?: "each") => (peer: Peer) =>
      peer.call(0, "addOne", mode === "each" ? [[bytes], [bytes]] : [bytes], mode);
    expect(await process.request(count("each"), "count", 1000)).toEqual([1, 2]);
    const mapped = (peer: Peer) => peer.call(0, "addOne", [bytes, bytes], "map");
    expect(await process.request(mapped, "count", 1000)).toEqual([1, 2]);
    const twice = [1, 2].map(() => process.request(count(), "count", 1000));
    expect(await Promise.all(twice)).toEqual([1, 1]);
    expect(bytes[0]).toBe(1);
  });

  test("a callback of ours is called, and is the same function each time", async () => {
    await withAnswer(async (call) => {
      expect(await call("callBack", async (n: number) => n * 2)).toBe(7);
      const same = async (): Promise<number> => 1;
      expect(await call("callTwice", same, same)).toBe(true);
    });
  });

  test("iterators cross, pull by pull, and are closed when the reader stops", async () => {
    await withAnswer(async (call) => {
      const seen: unknown[] = [];
      for await (const n of (await call("count", 10)) as AsyncIterable<number>) {
        seen.push(n);
        if (n === 3) break;
      }
      expect(seen).toEqual([1, 2, 3]);
      expect(await call("closedCount")).toBe(1);
      expect(
        await call(
          "sum",
          (async function* () {
            yield 20;
            yield 22;
          })(),
        ),
      ).toBe(42);
    });
  });

  test("an abort here is an abort there, with its reason", async () => {
    await withAnswer(async (call) => {
      const controller = new AbortController();
      const aborted = call("whenAborted", controller.signal);
      controller.abort("enough");
      expect(await aborted).toBe("enough");
    });
  });
});

describe("what does not get through", () => {
  test.each(["then", "toJSON", "asymmetricMatch"])(
    "an object with a `%s` method is refused, not believed",
    async (name) => {
      await withAnswer(async (call) => {
        await expect(call("beHostile", name)).rejects.toMatchObject({
          code: "CANNOT_CROSS",
          message: expect.stringContaining(name),
        });
      });
    },
  );

  test.each([
    ["getter", "boom"],
    ["cycle", "cycle"],
    ["symbol", "symbol"],
  ])("a %s is an error with a reason, and the process lives on", async (how, reason) => {
    await withAnswer(async (call) => {
      await expect(call("beHostile", how)).rejects.toThrow(reason);
      expect(await call("echo", 1)).toBe(1);
    });
  });

  test("`__proto__` and `constructor` arrive as fields, and pollute nothing", async () => {
    await withAnswer(async (call) => {
      const value = (await call("beHostile", "proto")) as object;
      expect(Object.keys(value)).toEqual(["__proto__", "constructor"]);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    });
  });

  test("data that looks like a tag stays data", async () => {
    await withAnswer(async (call) =>
      expect(await call("beHostile", "tag")).toEqual({ $: "bytes", at: 0, length: 4 }),
    );
  });
});
