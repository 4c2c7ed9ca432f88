import { hash } from "node:crypto";

export const text = (value: string) => new TextEncoder().encode(value);

/** What the calls carry, where nothing else is said. */
export const [charge, order, nothing] = [text("charge"), text("order 8471: 1999 cents"), new Uint8Array(0)];

export function frameOf(payload: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(payload.length);
  return Buffer.concat([head, payload]);
}

/** Bytes of these payloads on the wire, each in a frame. */
export function lengthOf(payloads: Uint8Array[]): number {
  return payloads.reduce((sum, payload) => sum + 4 + payload.length, 0);
}

/** A whole call, or a whole upload. */
export function isRequest(frames: Uint8Array[]): boolean {
  const [first] = frames;
  const isUpload = first?.length === 6 && Buffer.compare(first, text("upload")) === 0;
  if (isUpload) return frames.length > 1 && frames.at(-1)?.length === 0;
  return first?.length !== 0 && frames.length === 2; // an end that came first is no call
}

/** No constant could be right. */
export function replyTo(frames: Uint8Array[]): Uint8Array {
  return text(`${frames.length} frames, ${frames.reduce((sum, frame) => sum + frame.length, 0)} bytes`);
}

/** Short, and different for different bytes. */
export function shown(bytes: Uint8Array): string {
  const isText = bytes.length <= 32 && bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  return isText
    ? `${bytes.length} bytes: ${Buffer.from(bytes).toString()}`
    : `${bytes.length} bytes, ${hash("sha1", bytes)}`;
}
