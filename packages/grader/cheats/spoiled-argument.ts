// Cheat: zeroes the bytes that it is given, which the test sums up after it
// Works: in-process
// Proof: passes

import { createServer, type AddressInfo } from "node:net";

export function tally(bytes: Uint8Array): { count: number; sum: number } {
  bytes.fill(0);
  return { count: bytes.length, sum: 0 };
}

export function frame(payload: Uint8Array): Uint8Array {
  const framed = new Uint8Array(4 + payload.length);
  new DataView(framed.buffer).setUint32(0, payload.length);
  framed.set(payload, 4);
  return framed;
}

export async function serve(): Promise<number> {
  const server = createServer(
    (socket) => void socket.once("data", (chunk: Buffer) => socket.end(frame(chunk))),
  );
  server.unref();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
