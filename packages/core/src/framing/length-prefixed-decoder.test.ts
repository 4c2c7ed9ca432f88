import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { encodeFrame } from "./encode-frame.ts";
import { LengthPrefixedDecoder, type LengthPrefixedDecoderOptions } from "./length-prefixed-decoder.ts";

const hello = Uint8Array.of(104, 101, 108, 108, 111);
const world = Uint8Array.of(119, 111, 114, 108, 100);
const empty = new Uint8Array(0);

describe("LengthPrefixedDecoder", () => {
  test("returns the payload of a whole frame", () => {
    expect(new LengthPrefixedDecoder().push(encodeFrame(hello))).toEqual([hello]);
  });

  test("returns the payload once its last byte has come", () => {
    const decoder = new LengthPrefixedDecoder();
    const completed = Array.from(encodeFrame(hello), (byte) => decoder.push(Uint8Array.of(byte)));
    expect(completed.slice(0, -1)).toEqual(Array.from({ length: 8 }, () => []));
    expect(completed.at(-1)).toEqual([hello]);
  });

  test("returns every frame of a chunk that carries several", () => {
    const wire = join(encodeFrame(hello), encodeFrame(world), encodeFrame(hello).subarray(0, 6));
    const decoder = new LengthPrefixedDecoder();
    expect(decoder.push(wire)).toEqual([hello, world]);
    expect(decoder.push(encodeFrame(hello).subarray(6))).toEqual([hello]);
  });

  // length-prefixed-stream, framed-stream and two more stream packages lose these
  test("returns an empty frame for a length of zero", () => {
    const decoder = new LengthPrefixedDecoder();
    expect(decoder.push(new Uint8Array(8))).toEqual([empty, empty]);
    decoder.end();
  });

  test("takes chunks without bytes for nothing", () => {
    const decoder = new LengthPrefixedDecoder();
    expect(
      [empty, encodeFrame(hello).subarray(0, 7), empty, encodeFrame(hello).subarray(7), empty].flatMap(
        (chunk) => decoder.push(chunk),
      ),
    ).toEqual([hello]);
  });
});

describe("a length from a stranger", () => {
  test("is believed up to the limit", () => {
    const decoder = new LengthPrefixedDecoder({ maxFrameLength: 5 });
    expect(decoder.push(encodeFrame(hello))).toEqual([hello]);
  });

  test("is refused above the limit as soon as the header is whole, before any payload", () => {
    const decoder = new LengthPrefixedDecoder({ maxFrameLength: 5 });
    decoder.push(Uint8Array.of(0, 0, 0));
    expect(() => decoder.push(Uint8Array.of(6))).toThrow(code("FRAME_TOO_LARGE"));
  });

  test("is refused above 1 MiB by default", () => {
    expect(() => new LengthPrefixedDecoder().push(Uint8Array.of(0, 16, 0, 1))).toThrow(
      code("FRAME_TOO_LARGE"),
    );
    expect(new LengthPrefixedDecoder().push(Uint8Array.of(0, 16, 0, 0))).toEqual([]);
  });

  test("is read without a sign: ff ff ff ff is 4 GiB, not −1", () => {
    expect(() =>
      new LengthPrefixedDecoder({ maxFrameLength: 1e9 }).push(new Uint8Array(4).fill(255)),
    ).toThrow(/4294967295/);
  });

  // length-prefixed-stream and framed-stream reserve what a header declares
  test("takes no memory until its bytes arrive, be it 1 GiB", () => {
    const decoder = new LengthPrefixedDecoder({ maxFrameLength: 2 ** 30 });
    const before = process.memoryUsage().arrayBuffers;
    decoder.push(Buffer.from([64, 0, 0, 0, 1, 2, 3]));
    decoder.push(Buffer.alloc(3000));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
    expect(() => decoder.end()).toThrow("Expected 1073741824 bytes of payload, got 3003");
  });

  test("does not cost the good frames in front of it in the same chunk: the next push throws", () => {
    const decoder = new LengthPrefixedDecoder({ maxFrameLength: 5 });
    expect(decoder.push(join(encodeFrame(hello), encodeFrame(world), Uint8Array.of(9, 9, 9, 9)))).toEqual([
      hello,
      world,
    ]);
    expect(decoder.error).toMatchObject({ code: "FRAME_TOO_LARGE" });
    expect(() => decoder.push(encodeFrame(hello))).toThrow(code("FRAME_TOO_LARGE"));
  });

  test("leaves the decoder in error: push, forEach and end go on throwing the same", () => {
    const decoder = new LengthPrefixedDecoder({ maxFrameLength: 5 });
    const error = thrownBy(() => decoder.push(Uint8Array.of(0, 0, 0, 6)));
    expect(thrownBy(() => decoder.push(empty))).toBe(error);
    expect(thrownBy(() => decoder.forEach(encodeFrame(hello), () => {}))).toBe(error);
    expect(thrownBy(() => decoder.end())).toBe(error);
    expect(decoder.error).toBe(error);
  });

  test.each([1, 2, 4] as const)("may not be too small to count its own prefix of %i bytes", (prefix) => {
    const header = new Uint8Array(prefix);
    header[prefix - 1] = prefix - 1;
    expect(() => new LengthPrefixedDecoder({ prefix, countsItself: true }).push(header)).toThrow(
      code("FRAME_INVALID"),
    );
  });

  test("is a varint of at most 5 bytes", () => {
    const decoder = new LengthPrefixedDecoder({ prefix: "varint" });
    decoder.push(Uint8Array.of(0x80, 0x80, 0x80, 0x80));
    expect(() => decoder.push(Uint8Array.of(0x80))).toThrow(code("FRAME_INVALID"));
  });

  test("may be a varint with padding, as some encoders reserve room for one", () => {
    const decoder = new LengthPrefixedDecoder({ prefix: "varint" });
    expect(decoder.push(Uint8Array.of(0x81, 0x80, 0x00, 7))).toEqual([Uint8Array.of(7)]);
  });
});

describe("the end of the stream", () => {
  test("is fine between frames", () => {
    const decoder = new LengthPrefixedDecoder();
    expect(() => decoder.end()).not.toThrow();
    const other = new LengthPrefixedDecoder();
    other.push(encodeFrame(hello));
    expect(() => other.end()).not.toThrow();
  });

  test.each([1, 2, 3, 4, 5, 8])("is an error after %i of a frame's 9 bytes", (length) => {
    const decoder = new LengthPrefixedDecoder();
    decoder.push(join(encodeFrame(world), encodeFrame(hello).subarray(0, length)));
    expect(() => decoder.end()).toThrow(code("FRAME_TRUNCATED"));
    expect(() => decoder.push(encodeFrame(hello).subarray(length))).toThrow(code("FRAME_TRUNCATED"));
  });

  test("may be said twice, but no bytes may follow", () => {
    const decoder = new LengthPrefixedDecoder();
    decoder.end();
    decoder.end();
    expect(() => decoder.push(encodeFrame(hello))).toThrow(code("DECODER_CLOSED"));
  });
});

describe("forEach", () => {
  test("says where each payload lies", () => {
    const wire = join(encodeFrame(hello), encodeFrame(empty), encodeFrame(world));
    const seen: unknown[] = [];
    new LengthPrefixedDecoder().forEach(wire, (bytes, start, end) => seen.push([bytes === wire, start, end]));
    expect(seen).toEqual([
      [true, 4, 9],
      [true, 13, 13],
      [true, 17, 22],
    ]);
  });

  test("throws for a bad header at once: the frames in front of it have been seen", () => {
    const decoder = new LengthPrefixedDecoder({ maxFrameLength: 5 });
    let seen = 0;
    expect(() => decoder.forEach(join(encodeFrame(hello), Uint8Array.of(9, 9, 9, 9)), () => seen++)).toThrow(
      code("FRAME_TOO_LARGE"),
    );
    expect(seen).toBe(1);
  });

  test("may take turns with push", () => {
    const decoder = new LengthPrefixedDecoder();
    const wire = join(encodeFrame(hello), encodeFrame(world));
    const seen: Uint8Array[] = [];
    decoder.push(wire.subarray(0, 7));
    decoder.forEach(wire.subarray(7, 15), (bytes, start, end) => seen.push(bytes.slice(start, end)));
    expect([...seen, ...decoder.push(wire.subarray(15))]).toEqual([hello, world]);
  });

  test("closes the decoder when the visitor throws: the rest of the chunk was not read", () => {
    const decoder = new LengthPrefixedDecoder();
    const error = new Error("not today");
    const visit = () => {
      throw error;
    };
    expect(thrownBy(() => decoder.forEach(encodeFrame(hello), visit))).toBe(error);
    expect(() => decoder.push(encodeFrame(hello))).toThrow(code("DECODER_CLOSED"));
    expect(() => decoder.end()).toThrow(code("DECODER_CLOSED"));
  });

  test("does not let the visitor push into the decoder that calls it", () => {
    const decoder = new LengthPrefixedDecoder();
    expect(() => decoder.forEach(encodeFrame(hello), () => decoder.push(encodeFrame(world)))).toThrow(
      code("DECODER_CLOSED"),
    );
  });
});

describe("LengthPrefixedDecoder's options", () => {
  test.each([
    { prefix: 3 },
    { prefix: 8 },
    { endian: "middle" },
    { maxFrameLength: -1 },
    { maxFrameLength: 1.5 },
    { maxFrameLength: Infinity },
    { maxFrameLength: 2 ** 32 },
  ])("may not be %j", (options) => {
    expect(() => new LengthPrefixedDecoder(options as LengthPrefixedDecoderOptions)).toThrow(
      code("ARGUMENT_INVALID"),
    );
  });
});

function join(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function code(expected: string): object {
  return expect.objectContaining({ name: "NetError", code: expected }) as object;
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
