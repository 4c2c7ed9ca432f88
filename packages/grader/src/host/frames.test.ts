import fc from "fast-check";
import { expect, test } from "vitest";
import { frameReader } from "./frames.ts";

const frameOf = (payload: Uint8Array): Buffer => {
  const frame = Buffer.alloc(4 + payload.length);
  frame.writeUInt32BE(payload.length);
  frame.set(payload, 4);
  return frame;
};

test("each frame is given whole and in order, however the stream was cut", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 20 })),
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      (payloads, cuts) => {
        const stream = Buffer.concat(payloads.map(frameOf));
        const frames: number[][] = [];
        const read = frameReader((frame) => frames.push([...frame]));
        for (let at = 0; at < stream.length;) {
          const next = at + (cuts.next().value ?? 1);
          read(stream.subarray(at, next));
          at = next;
        }
        expect(frames).toEqual(payloads.map((payload) => [...payload]));
      },
    ),
  );
});

test("no frame begins where its memory begins, and what is before it is always the same", () => {
  const frames: Uint8Array[] = [];
  const read = frameReader((frame) => frames.push(frame));
  read(Buffer.concat([frameOf(Buffer.from("one")), frameOf(Buffer.from("two"))]));
  const before = frames.map(({ buffer, byteOffset }) => Buffer.from(buffer, 0, byteOffset).toString("hex"));
  expect(before).toEqual(["ee".repeat(64), "ee".repeat(64)]);
});
