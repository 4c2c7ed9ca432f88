import { expect, test } from "vitest";
import type { Wire } from "./message.ts";
import { ObjectTable } from "./object-table.ts";
import { ValueReader } from "./value-reader.ts";

const attached = new Uint8Array(1_000_000);

/** What a frame's value reads as, on the side that trusts nothing. */
function read(wire: Wire): unknown {
  const table = new ObjectTable(undefined, () => {});
  const importer = {
    ownObject: (handle: number) => table.get(handle),
    standIn: (_: string, handle: number) => table.standInFor(handle, () => ({})),
    followSignal: (handle: number) => table.followSignal(handle, undefined),
  };
  return new ValueReader(importer, attached).read(wire);
}

const forged = (why: string): object => ({
  code: "FORGED_FRAME",
  message: expect.stringContaining(why) as string,
});
const many = (length: number, wire: (index: number) => Wire): Wire[] =>
  Array.from({ length }, (_, index) => wire(index));

test.each([
  ["a view", { $: "bytes", kind: "Int8Array", at: 0, length: 1_000_000 }],
  ["a buffer", { $: "buffer", at: 0, length: 1_000_000 }],
  ["a run of chunks", { $: "chunks", kind: "Int8Array", lengths: [1_000_000], at: 0, length: 1_000_000 }],
])("the same bytes, named a hundred times by %s, are copied once", (_, item) => {
  const views = read(many(100, () => item)) as [{ buffer?: ArrayBuffer }];
  expect(new Set(views.flat().map((view) => view.buffer ?? view)).size).toBe(1);
});

test("bytes that overlap are no more than there are", () => {
  const views = many(3, (index) => ({ $: "bytes", kind: "Int8Array", at: index, length: 500_000 }));
  expect(() => read(views)).toThrow(expect.objectContaining(forged("more bytes than it has")));
});

test.each([
  [
    "chunks of nothing",
    { $: "chunks", kind: "Float64Array", lengths: many(400_000, () => 0), at: 0, length: 0 },
  ],
  ["lists of nothing", { $: "lists", counts: many(400_000, () => 0), chunks: [] }],
  ["empty objects", many(400_000, () => ({}))],
  ["empty lists", many(400_000, () => [])],
])("%s are counted", (_, wire) => {
  expect(() => read(wire)).toThrow(expect.objectContaining(forged("more than 300,000 objects")));
});

test("a list of numbers, texts and gaps is not: it is as small here as there", () => {
  expect(read(many(400_000, (index) => [index, "text", { $: "undefined" }][index % 3] ?? null))).toHaveLength(
    400_000,
  );
});

test.each([
  ["signals", "signal", 10_001],
  ["handles", "function", 100_001],
])("%s of a test have an end", (what, kind, count) => {
  const wire = many(count, (id) => ({ $: kind, id, name: "" }));
  expect(() => read(wire)).toThrow(
    expect.objectContaining(forged(`more than ${(count - 1).toLocaleString("en")} ${what}`)),
  );
});
