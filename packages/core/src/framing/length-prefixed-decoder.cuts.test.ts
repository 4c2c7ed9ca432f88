import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { encodeFrame } from "./encode-frame.ts";
import type { LengthPrefixOptions } from "./length-prefix.ts";
import { LengthPrefixedDecoder, type LengthPrefixedDecoderOptions } from "./length-prefixed-decoder.ts";

const wireForms: LengthPrefixOptions[] = [
  { prefix: 1 },
  { prefix: 2, endian: "big" },
  { prefix: 2, endian: "little" },
  { prefix: 4, endian: "big" },
  { prefix: 4, endian: "little" },
  { prefix: "varint" },
].flatMap((form) => [form, { ...form, countsItself: true }]) as LengthPrefixOptions[];

describe("LengthPrefixedDecoder, however the stream is cut,", () => {
  test.each(wireForms)(
    "finds the same frames in each of the 2,048 cuts of 12 bytes, written as %j",
    (form) => {
      for (const payloads of payloadsOf12Bytes(form)) {
        const wire = join(...payloads.map((payload) => encodeFrame(payload, form)));
        expect(wire.length).toBe(12);
        for (let cuts = 0; cuts < 2 ** 11; cuts++) {
          const chunks = cutByBits(wire, cuts);
          if (!same(decodeAll(chunks, form), payloads))
            expect(decodeAll(chunks, form), `cuts ${cuts}`).toEqual(payloads);
        }
      }
    },
  );

  test("finds the same frames in a large chunk, up to the one that is cut off or refused", () => {
    const payloads = Array.from({ length: 300 }, (_, index) => new Uint8Array(index).fill(index));
    for (const form of wireForms) {
      const some = form.prefix === 1 ? payloads.slice(0, 250) : payloads;
      const wire = join(...some.map((payload) => encodeFrame(payload, form)));
      expect(same(decodeAll([wire], form), some)).toBe(true);
      expect(same(decodeAll([wire.subarray(0, -1), wire.subarray(-1)], form), some)).toBe(true);
      const decoder = new LengthPrefixedDecoder({ ...form, maxFrameLength: 200 });
      expect(same(decoder.push(wire), some.slice(0, 201))).toBe(true);
      expect(decoder.error).toMatchObject({ code: "FRAME_TOO_LARGE" });
    }
  });

  test("finds a frame whose prefix was cut, also when the next chunk is large", () => {
    const payload = Uint8Array.from({ length: 20_000 }, (_, index) => index & 255);
    const payloads = [new Uint8Array(0), Uint8Array.of(1), new Uint8Array(0), payload];
    const wire = join(...payloads.map((each) => encodeFrame(each)));
    for (let cut = 1; cut < 20; cut++) {
      const chunks = [wire.slice(0, cut), wire.slice(cut)];
      expect(same(decodeAll(chunks, {}), payloads)).toBe(true);
      expect(same(visitAll(chunks, {}), payloads)).toBe(true);
    }
  });

  test("finds the same frames in any stream, however it is written and cut", () => {
    fc.assert(
      fc.property(streams(), ({ payloads, chunks, form }) => {
        expect(same(decodeAll(chunks, form), payloads)).toBe(true);
        expect(same(visitAll(chunks, form), payloads)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  // pg-protocol moves its buffer under the messages it has given out
  test("never changes a frame that it has returned", () => {
    fc.assert(
      fc.property(streams(), ({ payloads, chunks, form }) => {
        const decoder = new LengthPrefixedDecoder(form);
        const kept = chunks.flatMap((chunk) => decoder.push(chunk));
        // and the frames share no byte: writing to one leaves the others as they are
        kept.forEach((frame, index) => {
          expect(same([frame], [payloads[index]!])).toBe(true);
          frame.fill(0xee);
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe("the memory of a frame", () => {
  test("is the chunk's, when the chunk holds the whole frame", () => {
    const wire = encodeFrame(Uint8Array.of(1, 2));
    expect(new LengthPrefixedDecoder().push(wire)[0]!.buffer).toBe(wire.buffer);
  });

  test("is a plain Uint8Array, also when chunks are Buffers", () => {
    const [frame] = new LengthPrefixedDecoder().push(Buffer.from(encodeFrame(Uint8Array.of(1, 2))));
    expect(Object.getPrototypeOf(frame)).toBe(Uint8Array.prototype);
  });

  test.each([1, 5, 64, 5000])("pins nothing but itself with copy: true, at %i bytes a chunk", (size) => {
    const decoder = new LengthPrefixedDecoder({ copy: true });
    const payloads = [1, 16, 3000, 70_000].map((length) => new Uint8Array(length).fill(length));
    const wire = Buffer.from(join(...payloads.map((payload) => encodeFrame(payload))));
    const chunk = Buffer.alloc(size);
    const frames: Uint8Array[] = [];
    for (let at = 0; at < wire.length; at += size) {
      // one buffer for every chunk, as `net.Socket`'s `onread` option does
      const length = wire.copy(chunk, 0, at);
      frames.push(...decoder.push(chunk.subarray(0, length)));
    }
    expect(same(frames, payloads)).toBe(true);
    for (const frame of frames) expect(frame.buffer.byteLength).toBe(frame.length);
  });

  // frame-stream joins everything it holds at every chunk; ws and undici do when bytes come one by one
  test.each([1, 100, 1448])("is hardly moved again in the course of 1 MiB in chunks of %i bytes", (size) => {
    const wire = encodeFrame(new Uint8Array(2 ** 20));
    let moved = 0;
    const spy = vi.spyOn(Uint8Array.prototype, "set").mockImplementation(function (this: Uint8Array, from) {
      moved += from.length;
    });
    const decoder = new LengthPrefixedDecoder();
    for (let at = 0; at < wire.length; at += size) decoder.push(wire.subarray(at, at + size));
    spy.mockRestore();
    decoder.end();
    expect(moved).toBeLessThan(1.2 * wire.length);
  });
});

/** Payloads that make exactly 12 bytes on the wire: one, two and an empty one among them. */
function payloadsOf12Bytes(form: LengthPrefixOptions): Uint8Array[][] {
  const prefix = form.prefix === "varint" ? 1 : form.prefix!;
  const payload = (length: number) => Uint8Array.from({ length }, (_, index) => index + 1);
  return [
    [payload(12 - prefix)],
    [payload(3), payload(9 - 2 * prefix)].filter(() => 9 - 2 * prefix >= 0),
    [payload(0), payload(12 - 3 * prefix), payload(0)],
  ].filter((payloads) => payloads.length > 0);
}

/** Streams of up to 12 frames, small ones and some beyond every threshold, with the cuts anywhere. */
function streams(): fc.Arbitrary<{
  payloads: Uint8Array[];
  chunks: Uint8Array[];
  form: LengthPrefixedDecoderOptions;
}> {
  const length = fc.oneof(fc.nat(20), fc.nat(300), fc.constantFrom(127, 128, 4096, 4097, 20_000));
  return fc
    .record({
      lengths: fc.array(length, { maxLength: 12 }),
      cuts: fc.array(fc.nat(1_000_000), { maxLength: 20 }),
      wireForm: fc.constantFrom(...wireForms),
      copy: fc.boolean(),
    })
    .map(({ lengths, cuts, wireForm, copy }) => {
      const longest = wireForm.prefix === 1 ? 254 : 20_000;
      const payloads = lengths.map((each, frame) =>
        Uint8Array.from({ length: Math.min(each, longest) }, (_, index) => (index * 7 + frame) & 255),
      );
      const wire = join(...payloads.map((payload) => encodeFrame(payload, wireForm)));
      const at = [0, ...cuts.map((cut) => cut % (wire.length + 1)).toSorted((a, b) => a - b), wire.length];
      return {
        payloads,
        chunks: at.slice(1).map((end, index) => wire.slice(at[index], end)),
        form: { ...wireForm, copy },
      };
    });
}

function decodeAll(chunks: Uint8Array[], form: LengthPrefixedDecoderOptions): Uint8Array[] {
  const decoder = new LengthPrefixedDecoder(form);
  const frames = chunks.flatMap((chunk) => decoder.push(chunk));
  decoder.end();
  return frames;
}

function visitAll(chunks: Uint8Array[], form: LengthPrefixedDecoderOptions): Uint8Array[] {
  const decoder = new LengthPrefixedDecoder(form);
  const frames: Uint8Array[] = [];
  for (const chunk of chunks)
    decoder.forEach(chunk, (bytes, start, end) => frames.push(bytes.slice(start, end)));
  decoder.end();
  return frames;
}

/** Bit `n` of `cuts` set: a cut behind byte `n`. */
function cutByBits(wire: Uint8Array, cuts: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let start = 0;
  for (let at = 1; at <= wire.length; at++) {
    if (at < wire.length && (cuts & (1 << (at - 1))) === 0) continue;
    chunks.push(wire.subarray(start, at));
    start = at;
  }
  return chunks;
}

/** toEqual is too slow for tens of thousands of comparisons. */
function same(frames: readonly Uint8Array[], expected: readonly Uint8Array[]): boolean {
  return (
    frames.length === expected.length &&
    frames.every((frame, index) => Buffer.compare(frame, expected[index]!) === 0)
  );
}

function join(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
