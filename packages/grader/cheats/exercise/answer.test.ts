import { connect } from "node:net";
import { answer, eventually, expect, Random, seed, test } from "@tcpip-workshop/grader/suite";

// With a folder to write in: what an answer may do with one is a part of what is tried here.
const module = answer<typeof import("./answer.ts")>("./answer.ts", { scratch: true });
const random = new Random(seed());

const why = "Two ends that count differently wait for each other.";
const read = "RFC 9293, section 3.8";

test("puts the payload's length in front of it", { why, read }, async () => {
  const payload = random.bytes(300);
  const rule = "A frame is the payload's length in four bytes, and then the payload";
  expect(Buffer.from(await module.frame(payload)), rule).toEqual(framed(payload));
});

test("counts the bytes and sums them", { why, read }, async () => {
  const bytes = random.bytes(40);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  expect(await module.tally(bytes), "Every byte counts once").toEqual({ count: 40, sum });
});

test("answers each connection with a frame", { why, read }, async () => {
  const port = await module.serve();
  const payload = random.bytes(30);
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("error", () => {}).on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.write(payload);
  try {
    const due = framed(payload);
    const rule = "The first chunk comes back as a frame";
    await eventually(() => Buffer.concat(chunks).equals(due), rule, {
      expected: due,
      received: () => Buffer.concat(chunks),
    });
  } finally {
    socket.destroy();
  }
});

function framed(payload: Uint8Array): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(payload.length);
  return Buffer.concat([header, payload]);
}
