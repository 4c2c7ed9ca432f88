import { describe, expect, test } from "vitest";
import { AnswerProcess } from "../process/answer-process.ts";
import { writeAnswer } from "../testing/write-answer.ts";

const mib = 1024 * 1024;

const source = `
  import { writeSync } from "node:fs";
  export const objects = (count: number) => Array.from({ length: count }, (_, index) => ({ index }));
  export const text = (length: number) => "x".repeat(length);
  export const bytes = (length: number) => new Uint8Array(length);
  export const fail = (length: number) => { throw new Error("x".repeat(length)); };
  export const lengthOf = (value: { length: number }) => value.length;
  export function forge(begin: string, item: string, end: string, length: number) {
    const count = Math.floor((length - begin.length - end.length) / item.length);
    const json = Buffer.from(begin + item.repeat(count).slice(0, -1) + end);
    const head = Buffer.alloc(8);
    head.writeUInt32BE(4 + json.length, 0);
    head.writeUInt32BE(json.length, 4);
    for (let frame = Buffer.concat([head, json]), at = 0; at < frame.length; ) {
      try { at += writeSync(3, frame, at); } catch { /* The grader has yet to read. */ }
    }
    return new Promise(() => {});
  }
`;

type Call = (name: string, ...args: unknown[]) => Promise<unknown>;

async function withAnswer<T>(work: (call: Call) => Promise<T>, code = source): Promise<T> {
  using answer = writeAnswer(code);
  await using process = new AnswerProcess(answer.path);
  await process.exports();
  return await work((name, ...args) => process.request((peer) => peer.call(0, name, args), name, 20_000));
}

describe("too much for one message", () => {
  const tooMuch = (got: RegExp | string): object => ({
    code: "CANNOT_CROSS",
    message: expect.stringMatching(
      `^Expected at most 8 MiB of text, numbers and objects at once, got ${String(got)} MiB`,
    ) as string,
  });

  test("is refused where it is sent, with what would be allowed, and the process lives on", async () => {
    await withAnswer(async (call) => {
      await expect(call("objects", 250_000)).rejects.toMatchObject({
        code: "CANNOT_CROSS",
        message: "Expected at most 200,000 objects at once, got 250,001",
      });
      await expect(call("fail", 9 * mib)).rejects.toMatchObject(tooMuch("9"));
      await expect(call("lengthOf", "x".repeat(9 * mib))).rejects.toMatchObject(tooMuch("9"));
      expect(await call("objects", 190_000)).toHaveLength(190_000);
      expect(await call("text", 7 * mib)).toHaveLength(7 * mib);
    });
  });

  test("are bytes of an answer's, but of these there may be more", async () => {
    await withAnswer(async (call) => {
      expect(await call("bytes", 16 * mib)).toHaveLength(16 * mib);
      await expect(call("bytes", 17 * mib)).rejects.toMatchObject({
        code: "CANNOT_CROSS",
        message: "Expected at most 16 MiB of bytes at once, got 17 MiB",
      });
      const both = await Promise.allSettled([call("bytes", 40 * mib), call("bytes", 5)]);
      expect(both).toMatchObject([{ status: "rejected" }, { status: "fulfilled", value: { length: 5 } }]);
    });
  });

  test("are no bytes of the suite's", async () => {
    await withAnswer(async (call) => expect(await call("lengthOf", new Uint8Array(64 * mib))).toBe(64 * mib));
  });

  test("are not many messages of one turn, each of which is short enough", async () => {
    await withAnswer(async (call) => {
      const texts = await Promise.all(Array.from({ length: 10 }, () => call("text", 3 * mib)));
      expect(texts.map((text) => (text as string).length)).toEqual(texts.map(() => 3 * mib));
    });
  });

  test("is an error that a file throws while it loads; that is said in its place", async () => {
    const thrown = withAnswer(async () => {}, `throw new Error("x".repeat(${9 * mib}));`);
    await expect(thrown).rejects.toMatchObject(tooMuch("9"));
  });
});

describe("a forged frame", () => {
  test("of calls without an end is the end of the process", async () => {
    await withAnswer(async (call) => {
      const lent = (): number => 1;
      const failure = call("forge", "[", '{"op":"call","id":1,"on":1,"args":[]},', "]", 4 * mib, lent);
      await expect(failure).rejects.toMatchObject({
        code: "FORGED_FRAME",
        message: expect.stringContaining("calls") as string,
      });
    });
  });

  test.each([
    [
      "more exports than anybody has",
      `{ op: "loaded", exports: Object.fromEntries(Array.from({ length: 2000 }, (_, index) => ["e" + index, "class"])) }`,
    ],
    [
      "an error that cannot be read",
      `{ op: "notLoaded", value: { $: "bytes", kind: "Int8Array", at: 0, length: 9 } }`,
    ],
  ])("that greets with %s is the end of the process, and of the wait for it", async (_, greeting) => {
    const code = `import { writeSync } from "node:fs";
      const json = Buffer.from(JSON.stringify([${greeting}]));
      const head = Buffer.alloc(8);
      head.writeUInt32BE(4 + json.length, 0);
      head.writeUInt32BE(json.length, 4);
      writeSync(3, Buffer.concat([head, json]));`;
    await expect(withAnswer(async () => {}, code)).rejects.toMatchObject({ code: "FORGED_FRAME" });
  });

  test("of so much JSON is not read at all", async () => {
    await withAnswer(async (call) => {
      const failure = call("forge", "[", "{},", "]", 20 * mib);
      await expect(failure).rejects.toMatchObject({
        code: "FORGED_FRAME",
        message: expect.stringContaining("bytes of JSON") as string,
      });
    });
  });
});
