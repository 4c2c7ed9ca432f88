import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

export function frame(payload: Uint8Array): Uint8Array {
  const framed = new Uint8Array(4 + payload.length);
  new DataView(framed.buffer).setUint32(0, payload.length);
  framed.set(payload, 4);
  return framed;
}

export function tally(bytes: Uint8Array): { count: number; sum: number } {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  return { count: bytes.length, sum };
}

export async function serve(): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (chunk: Buffer) => socket.end(frame(chunk)));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  // Whoever started this process may end it: the server holds nobody.
  server.unref();
  return (server.address() as AddressInfo).port;
}
