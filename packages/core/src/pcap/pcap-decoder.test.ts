import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodePcap } from "./decode-pcap.ts";
import { PcapDecoder } from "./pcap-decoder.ts";
import { encodePcap } from "./pcap-encoder.ts";
import type { PcapRecord } from "./pcap-record.ts";

const first = { timestamp: 1_000_000_000_500_000_000n, data: Uint8Array.of(1, 2, 3), originalLength: 60 };
const empty = { timestamp: 0n, data: new Uint8Array(0), originalLength: 0 };
const last = { timestamp: 4_294_967_295_999_999_000n, data: Uint8Array.of(4, 5), originalLength: 2 };
const packets = [first, empty, last];
const capture = encodePcap(packets);
/** Where a packet ends: only here may a capture stop. */
const ends = [24, 24 + 16 + 3, 24 + 16 + 3 + 16, capture.length];

const resolutions = fc.constantFrom("us" as const, "ns" as const);
const order = fc.constantFrom("big" as const, "little" as const);

describe("PcapDecoder", () => {
  test("gives back the packets of a capture and what it says of itself", () => {
    const decoder = new PcapDecoder();
    expect(decoder.push(capture)).toEqual(packets);
    expect(decoder.header).toEqual({
      linkType: 1,
      resolution: "us",
      endian: "little",
      snapLength: 262_144,
      fcsLength: undefined,
    });
    decoder.end();
  });

  test.each(Array.from({ length: capture.length + 1 }, (_, at) => at))(
    "gives the same packets when the stream is cut at byte %i",
    (at) => {
      const decoder = new PcapDecoder();
      const records = [...decoder.push(capture.subarray(0, at)), ...decoder.push(capture.subarray(at))];
      decoder.end();
      expect(records).toEqual(packets);
    },
  );

  test("gives the same packets byte by byte", () => {
    const decoder = new PcapDecoder();
    expect([...capture].flatMap((byte) => decoder.push(Uint8Array.of(byte)))).toEqual(packets);
    decoder.end();
  });

  test("tells its header as soon as 24 bytes are there", () => {
    const decoder = new PcapDecoder();
    decoder.push(capture.subarray(0, 23));
    expect(decoder.header).toBeUndefined();
    decoder.push(capture.subarray(23, 24));
    expect(decoder.header).toMatchObject({ linkType: 1 });
  });

  test("calls a capture truncated at every byte except behind a packet, and gives what is whole", () => {
    for (let length = 0; length <= capture.length; length++) {
      const decoder = new PcapDecoder();
      const records = decoder.push(capture.subarray(0, length));
      expect(records).toEqual(packets.slice(0, Math.max(0, ends.filter((end) => end <= length).length - 1)));
      if (ends.includes(length)) expect(() => decoder.end()).not.toThrow();
      else expect(() => decoder.end()).toThrow(code("CAPTURE_TRUNCATED"));
    }
  });

  test("names the byte at which the part begins that is cut off", () => {
    const decoder = new PcapDecoder();
    decoder.push(capture.subarray(0, capture.length - 1));
    const message = "Expected 2 bytes of packet data at byte 75, got 1 before the end";
    expect(() => decoder.end()).toThrow(expect.objectContaining({ message, offset: 75 }) as object);
  });

  test("gives back whatever was written, at every resolution and order, however cut", () => {
    fc.assert(
      fc.property(
        fc.record({ resolution: resolutions, endian: order, linkType: fc.integer({ min: 0, max: 65_535 }) }),
        fc.array(packet(), { maxLength: 8 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
        (options, wanted, cuts) => {
          const records = wanted.map((one) => (options.resolution === "ns" ? one : microseconds(one)));
          const bytes = encodePcap(records, options);
          const decoder = new PcapDecoder();
          const got: PcapRecord[] = [];
          let from = 0;
          for (const cut of [...cuts].toSorted((a, b) => a - b).concat(1)) {
            const to = Math.floor(cut * bytes.length);
            // a Buffer, as a file stream gives it
            got.push(...decoder.push(Buffer.from(bytes.subarray(from, to))));
            from = to;
          }
          decoder.end();
          expect(got).toEqual(records);
          expect(decoder.header).toMatchObject(options);
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([
    ["pcapng", "0a0d0d0a1c0000004d3c2b1a", /pcapng/],
    ["the longer packet headers of a patched libpcap", "34cdb2a1020004", /patched libpcap/],
    ["text", "68656c6c6f", /got 68656c6c$/],
  ])("refuses %s by name at its fourth byte", (_, hex, message) => {
    const bytes = Buffer.from(hex, "hex");
    const decoder = new PcapDecoder();
    expect(decoder.push(bytes.subarray(0, 3))).toEqual([]);
    expect(() => decoder.push(bytes.subarray(3))).toThrow(code("CAPTURE_INVALID"));
    expect(decoder.error?.message).toMatch(message);
    expect(() => decoder.push(bytes)).toThrow(code("CAPTURE_INVALID"));
    expect(() => decoder.end()).toThrow(code("CAPTURE_INVALID"));
  });

  test.each([
    ["version 2.3", 6, 3, 4],
    ["version 3.4", 4, 3, 4],
    ["reserved bits of the link type", 22, 1, 20],
    ["the reserved bit of the link type", 23, 8, 20],
  ])("refuses %s, with the offset of the field", (_, at, value, offset) => {
    const refusal = expect.objectContaining({ code: "CAPTURE_INVALID", offset }) as object;
    expect(() => new PcapDecoder().push(capture.with(at, value))).toThrow(refusal);
  });

  test("takes values in the two fields that once meant a time zone and an accuracy", () => {
    expect(new PcapDecoder().push(capture.with(8, 0x10).with(13, 0x0e))).toEqual(packets);
  });

  test("tells the length of the frame check sequence where the file does", () => {
    const decoder = new PcapDecoder();
    decoder.push(capture.with(23, 0x24)); // FCS length of 2 × 16 bits, present
    expect(decoder.header).toMatchObject({ linkType: 1, fcsLength: 4 });
  });

  test("refuses a million microseconds, and takes them for nanoseconds", () => {
    const million = [0x40, 0x42, 0x0f, 0];
    const bytes = encodePcap([{ ...first, timestamp: 0n }]);
    bytes.set(million, 28);
    expect(() => new PcapDecoder().push(bytes)).toThrow(code("CAPTURE_INVALID"));
    bytes.set(Uint8Array.of(0x4d, 0x3c));
    expect(new PcapDecoder().push(bytes)).toEqual([{ ...first, timestamp: 1_000_000n }]);
  });

  test("refuses more captured bytes than the packet had", () => {
    const bytes = capture.slice();
    bytes[24 + 12] = 2;
    expect(() => new PcapDecoder().push(bytes)).toThrow(code("CAPTURE_INVALID"));
  });

  test("takes a packet at the limit and refuses one byte more from its header alone, before anything is stored", () => {
    const header = encodePcap([{ timestamp: 0n, data: new Uint8Array(10) }]).subarray(0, 40);
    const fits = new PcapDecoder({ maxCapturedLength: 10 });
    expect(fits.push(header)).toEqual([]);
    expect(fits.error).toBeUndefined();
    const refuses = new PcapDecoder({ maxCapturedLength: 9 });
    expect(() => refuses.push(header)).toThrow(code("CAPTURE_TOO_LARGE"));
    expect(refuses.error?.offset).toBe(32);
    expect(refuses.error?.message).toBe("Expected a packet of at most 9 captured bytes at byte 32, got 10");
  });

  test("believes a gigabyte of no stranger unless told to, and then takes memory only for what comes", () => {
    const header = encodePcap([{ timestamp: 0n, data: new Uint8Array(0) }]);
    header.fill(0xff, 32, 40);
    expect(() => new PcapDecoder().push(header)).toThrow(code("CAPTURE_TOO_LARGE"));
    header.fill(0x3f, 32, 40);
    const before = process.memoryUsage().arrayBuffers;
    const decoder = new PcapDecoder({ maxCapturedLength: 2 ** 32 - 1 });
    for (const chunk of [header, new Uint8Array(1000)]) expect(decoder.push(chunk)).toEqual([]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
    expect(() => decoder.end()).toThrow(code("CAPTURE_TRUNCATED"));
  });

  test("takes packets longer than the file's own snapshot length, which some writers set too low", () => {
    const bytes = capture.slice();
    bytes.fill(0, 16, 20);
    expect(new PcapDecoder().push(bytes)).toEqual(packets);
  });

  test("returns the good packets in front of a bad one; the next call throws", () => {
    const bytes = capture.slice();
    bytes[43 + 7] = 0xff; // the second packet's microseconds
    const decoder = new PcapDecoder();
    expect(decoder.push(bytes)).toEqual([first]);
    expect(decoder.error).toMatchObject({ code: "CAPTURE_INVALID" });
    expect(() => decoder.push(new Uint8Array(0))).toThrow(code("CAPTURE_INVALID"));
  });

  test("gives data that later chunks do not change and that pins nothing else", () => {
    const chunk = capture.slice();
    const records = new PcapDecoder().push(chunk);
    chunk.fill(0);
    expect(records).toEqual(packets);
    expect(records.map(({ data }) => data.buffer.byteLength)).toEqual([3, 0, 2]);
  });

  test("takes no chunk after the end", () => {
    const decoder = new PcapDecoder();
    decoder.push(capture);
    decoder.end();
    expect(() => decoder.push(capture)).toThrow(code("DECODER_CLOSED"));
  });

  test.each([-1, 1.5, NaN, 2 ** 32])("refuses a limit of %d", (maxCapturedLength) => {
    expect(() => new PcapDecoder({ maxCapturedLength })).toThrow(code("ARGUMENT_INVALID"));
  });
});

describe("decodePcap", () => {
  test("reads more packets than it looks at ahead", () => {
    const many = Array.from({ length: 300 }, (_, index) => ({
      timestamp: BigInt(index) * 1000n,
      data: new Uint8Array(1500).fill(index),
      originalLength: 1500,
    }));
    const { header, records } = decodePcap(encodePcap(many, { linkType: 101 }));
    expect(header.linkType).toBe(101);
    expect([...records]).toEqual(many);
  });

  test("throws at once for a bad file header, and behind the last whole packet for a capture that was cut off", () => {
    for (let length = 0; length < 24; length++) {
      expect(() => decodePcap(capture.subarray(0, length))).toThrow(code("CAPTURE_TRUNCATED"));
    }
    expect(() => decodePcap(Uint8Array.of(10, 13, 13, 10))).toThrow(code("CAPTURE_INVALID"));
    const { records } = decodePcap(capture.subarray(0, capture.length - 1));
    expect([records.next().value, records.next().value]).toEqual([first, empty]);
    expect(() => records.next()).toThrow(code("CAPTURE_TRUNCATED"));
  });
});

function packet(): fc.Arbitrary<PcapRecord> {
  return fc
    .record({
      timestamp: fc.bigInt({ min: 0n, max: 4_294_967_295_999_999_999n }),
      data: fc.uint8Array({ maxLength: 40 }),
      more: fc.integer({ min: 0, max: 70_000 }),
    })
    .map(({ timestamp, data, more }) => ({ timestamp, data, originalLength: data.length + more }));
}

function microseconds(record: PcapRecord): PcapRecord {
  return { ...record, timestamp: record.timestamp - (record.timestamp % 1000n) };
}

function code(expected: string): object {
  return expect.objectContaining({ name: "NetError", code: expected }) as object;
}
