import { connect } from "node:net";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { Random, seed } from "../../src/suite/random.ts";

// The same three tests as most graders have them: the answer is a guest in the process that judges it.
const { frame, tally, serve } = (await import(
  join(inject("answerFolder") ?? "", "answer.ts")
)) as typeof import("../exercise/answer.ts");
const random = new Random(seed());

test("puts the payload's length in front of it", async () => {
  const payload = random.bytes(300);
  expect(Buffer.from(await Promise.resolve(frame(payload)))).toEqual(framed(payload));
});

test("counts the bytes and sums them", async () => {
  const bytes = random.bytes(40);
  expect(await Promise.resolve(tally(bytes))).toEqual({
    count: bytes.length,
    sum: bytes.reduce((total, byte) => total + byte, 0),
  });
});

test("answers each connection with a frame", async () => {
  const payload = random.bytes(30);
  const socket = connect(await serve(), "127.0.0.1");
  socket.write(payload);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks)).toEqual(framed(payload));
});

function framed(payload: Uint8Array): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(payload.length);
  return Buffer.concat([header, payload]);
}
