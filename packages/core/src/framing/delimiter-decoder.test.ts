import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { DelimiterDecoder } from "./delimiter-decoder.ts";

const LF = Uint8Array.of(10);
const CRLF = Uint8Array.of(13, 10);

describe("DelimiterDecoder", () => {
  test("returns the bytes between delimiters, without them", () => {
    const decoder = new DelimiterDecoder({ delimiter: LF });
    expect(texts(decoder.push(bytes("one\ntwo\n")))).toEqual(["one", "two"]);
    decoder.end();
  });

  test("waits for the delimiter", () => {
    const decoder = new DelimiterDecoder({ delimiter: LF });
    expect(["o", "n", "e\nt", "wo", "\n"].map((text) => texts(decoder.push(bytes(text))))).toEqual([
      [],
      [],
      ["one"],
      [],
      ["two"],
    ]);
  });

  test("returns an empty frame between two delimiters", () => {
    expect(texts(new DelimiterDecoder({ delimiter: LF }).push(bytes("\n\na\n")))).toEqual(["", "", "a"]);
  });

  test("knows a delimiter that was cut in two", () => {
    const decoder = new DelimiterDecoder({ delimiter: CRLF });
    expect(["one\r", "\ntwo\r", "x\r\n"].map((text) => texts(decoder.push(bytes(text))))).toEqual([
      [],
      ["one"],
      ["two\rx"],
    ]);
  });

  test("tells the beginning of a delimiter from the delimiter: CR CR LF", () => {
    expect(texts(new DelimiterDecoder({ delimiter: CRLF }).push(bytes("a\r\r\n")))).toEqual(["a\r"]);
  });

  test("leaves alone bytes that are no text, and characters that the network cut in two", () => {
    const decoder = new DelimiterDecoder({ delimiter: LF });
    const wire = Uint8Array.of(0xff, 0xc3, 0xa9, 0x0a);
    expect(decoder.push(wire.subarray(0, 2))).toEqual([]);
    expect(decoder.push(wire.subarray(2))).toEqual([Uint8Array.of(0xff, 0xc3, 0xa9)]);
  });

  test("splits as a split of the whole would, for any delimiter and any cut", () => {
    // two letters and a delimiter of up to five make every kind of near miss
    const letters = (maxLength: number) => fc.array(fc.constantFrom(97, 98), { minLength: 1, maxLength });
    fc.assert(
      fc.property(
        letters(5),
        letters(200),
        fc.array(fc.nat(200)),
        fc.boolean(),
        (delimiter, wire, cuts, copy) => {
          const decoder = new DelimiterDecoder({ delimiter: Uint8Array.from(delimiter), copy });
          const at = [
            0,
            ...cuts.map((cut) => Math.min(cut, wire.length)).toSorted((a, b) => a - b),
            wire.length,
          ];
          const frames = at
            .slice(1)
            .flatMap((end, index) => texts(decoder.push(Uint8Array.from(wire.slice(at[index], end)))));
          const expected = Buffer.from(wire).toString().split(Buffer.from(delimiter).toString());
          const rest = expected.pop();
          expect(frames).toEqual(expected);
          if (rest === "") decoder.end();
          else expect(() => decoder.end()).toThrow(code("FRAME_TRUNCATED"));
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([1, 2, 3, 4, 9])(
    "accepts a frame at the limit and refuses one byte more, in chunks of %i",
    (size) => {
      const fits = new DelimiterDecoder({ delimiter: CRLF, maxFrameLength: 5 });
      expect(texts(inChunks(fits, "hello\r\n\r\n", size))).toEqual(["hello", ""]);
      const tooLong = new DelimiterDecoder({ delimiter: CRLF, maxFrameLength: 5 });
      expect(() => inChunks(tooLong, "hello!\r\n", size)).toThrow(code("FRAME_TOO_LARGE"));
    },
  );

  test("refuses a frame as soon as it must be too long, not when its delimiter comes at last", () => {
    const decoder = new DelimiterDecoder({ delimiter: CRLF, maxFrameLength: 5 });
    expect(decoder.push(bytes("hello\r"))).toEqual([]);
    expect(() => decoder.push(bytes("x"))).toThrow(code("FRAME_TOO_LARGE"));
  });

  test("returns the good frames in front of one that is too long; the next call throws, and goes on throwing", () => {
    const decoder = new DelimiterDecoder({ delimiter: LF, maxFrameLength: 5 });
    expect(texts(decoder.push(bytes("a\nb\nfar too long\nc\n")))).toEqual(["a", "b"]);
    expect(decoder.error).toMatchObject({ code: "FRAME_TOO_LARGE" });
    expect(() => decoder.push(bytes("c\n"))).toThrow(code("FRAME_TOO_LARGE"));
    expect(() => decoder.end()).toThrow(code("FRAME_TOO_LARGE"));
  });

  test("takes no chunk after the end", () => {
    const decoder = new DelimiterDecoder({ delimiter: LF });
    decoder.end();
    expect(() => decoder.push(bytes("a\n"))).toThrow(code("DECODER_CLOSED"));
  });

  test("takes no delimiter without bytes", () => {
    expect(() => new DelimiterDecoder({ delimiter: new Uint8Array(0) })).toThrow(code("ARGUMENT_INVALID"));
  });

  test("never changes a frame that it has returned", () => {
    const decoder = new DelimiterDecoder({ delimiter: LF });
    const frames = ["one", " and a half\ntwo", "\nthree\nfo", "ur\n"].flatMap((text) =>
      decoder.push(bytes(text)),
    );
    expect(texts(frames)).toEqual(["one and a half", "two", "three", "four"]);
  });

  test("gives frames that pin nothing but themselves with copy: true", () => {
    const decoder = new DelimiterDecoder({ delimiter: LF, copy: true });
    const chunk = Buffer.from("one\ntwo\nth");
    const frames = [...decoder.push(chunk), ...decoder.push(Buffer.from("ree\n"))];
    chunk.fill(0);
    expect(texts(frames)).toEqual(["one", "two", "three"]);
    expect(frames.map((frame) => frame.buffer.byteLength)).toEqual([3, 3, 5]);
  });

  // frame-stream, split2 and binary-split join everything they hold at every chunk
  test.each([1, 100, 1448])(
    "moves each byte at most four times in the course of 256 KiB in chunks of %i bytes",
    (size) => {
      const wire = new Uint8Array(2 ** 18).fill(13);
      let moved = 0;
      const spy = vi.spyOn(Uint8Array.prototype, "set").mockImplementation(function (from) {
        moved += from.length;
      });
      const decoder = new DelimiterDecoder({ delimiter: CRLF });
      for (let at = 0; at < wire.length; at += size) decoder.push(wire.subarray(at, at + size));
      const frames = decoder.push(LF);
      spy.mockRestore();
      expect(frames[0]!.length).toBe(wire.length - 1);
      expect(moved).toBeLessThan(4 * wire.length);
    },
  );
});

function inChunks(decoder: DelimiterDecoder, text: string, size: number): Uint8Array[] {
  const wire = bytes(text);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < wire.length; at += size) frames.push(...decoder.push(wire.subarray(at, at + size)));
  decoder.end();
  return frames;
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

function texts(frames: readonly Uint8Array[]): string[] {
  return frames.map((frame) => Buffer.from(frame).toString());
}

function code(expected: string): object {
  return expect.objectContaining({ name: "NetError", code: expected }) as object;
}
