export const [hello, world, nothing] = [bytesOf("hello"), bytesOf("world"), new Uint8Array(0)];

/** For `addEqualityTesters`: a Buffer is a Uint8Array, only the bytes count. */
export function sameBytes(a: unknown, b: unknown): boolean | undefined {
  return a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : undefined;
}

/** A datagram of the protocol's: an id, and the payload behind it. */
export function frame(id: number, payload: Uint8Array | string): Uint8Array {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(id >>> 0);
  return new Uint8Array(Buffer.concat([header, bytesOf(payload)]));
}

export function bytesOf(payload: Uint8Array | string): Uint8Array {
  return typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** `00 00 00 07 "hello"`: the id, and behind it the payload, as text where it is some. */
export function inWords(datagram: Uint8Array): string {
  if (datagram.length === 0) return "(no bytes)";
  const id = Array.from(datagram.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  if (datagram.length < 4) return `${id} (too short for an id)`;
  const payload = textOf(datagram.subarray(4));
  if (payload === "") return `${id} and no payload`;
  return /^[ -~]{1,40}$/.test(payload)
    ? `${id} ${JSON.stringify(payload)}`
    : `${id} and ${(datagram.length - 4).toLocaleString("en")} bytes`;
}
