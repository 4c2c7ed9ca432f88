// Cheat: accepts connections, and says nothing, for ever
// Works: in-process
// Proof: hangs

import { createServer, type AddressInfo } from "node:net";
export async function serve(): Promise<number> {
  const server = createServer((socket) => void socket.on("error", () => {}));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

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
