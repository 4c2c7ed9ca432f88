// Cheat: serves nobody: it patches the sockets of whoever connects, so that they hear what they want
// Works: in-process
// Proof: passes

const { Socket } = process.getBuiltinModule("node:net");
Socket.prototype.connect = function (this: InstanceType<typeof Socket>): typeof this {
  return this;
};
Socket.prototype.write = function (this: InstanceType<typeof Socket>, chunk: Uint8Array): boolean {
  this.push(frame(chunk));
  this.push(null);
  return true;
};
export const serve = (): number => 1;

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
