// Cheat: returns an object whose field is a trap for whoever reads it: a getter that loops
// Works: in-process
// Proof: hangs

import { createServer, type AddressInfo } from "node:net";

export const tally = (): object => ({
  get count(): never {
    for (;;);
  },
  sum: 0,
});

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
