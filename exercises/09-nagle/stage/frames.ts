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
  const length = frames.reduce((sum, frame) => sum + frame.length, 0);
  return text(
    length <= 40 ? `got ${frames.map(words).join(" + ")}` : `got ${frames.length} frames, ${length} bytes`,
  );
}

/** Short, and different for different bytes. */
export function shown(value: unknown): string {
  if (!(value instanceof Uint8Array)) return `no bytes at all, but ${value === null ? "null" : typeof value}`;
  if (value.length === 0) return "an empty frame";
  if (isText(value)) return `${words(value)} (${counted(value.length)})`;
  const hex = Buffer.from(value.subarray(0, 8))
    .toString("hex")
    .replaceAll(/..(?=.)/g, "$& ");
  return value.length <= 8
    ? `${hex} (${counted(value.length)})`
    : `${hex} … (${counted(value.length)}, SHA-1 ${hash("sha1", value).slice(0, 7)})`;
}

export function counted(bytes: number): string {
  return bytes === 1 ? "1 byte" : `${bytes.toLocaleString("en")} bytes`;
}

/** What should have come and what came: all of it where it is little, and otherwise the first frame that is another. */
export function compared(due: Uint8Array[], got: Uint8Array[], unfinished: Uint8Array = nothing): Compared {
  const rest = unfinished.length > 0 ? [`${shown(unfinished)}, which is no whole frame`] : [];
  const all = due.map(shown);
  const isOther = (frame: Uint8Array | undefined, at: number) => shown(frame) !== shown(got[at]);
  const other = due.findIndex(isOther);
  if (other < 0 && due.length === got.length && rest.length === 0) return { expected: all, received: all };
  if (due.length <= 6 && got.length <= 6) return { expected: all, received: [...got.map(shown), ...rest] };
  const at = other < 0 ? due.length : other;
  const nth = (frames: Uint8Array[], none: string[]) =>
    frames[at] === undefined ? none.join() : `frame ${at + 1}: ${shown(frames[at])}`;
  return {
    expected: nth(due, [`${due.length} frames`]),
    received: nth(got, [
      got.length === 0 ? "no whole frame" : `${got.length} frames`,
      ...rest.map((more) => ` and ${more}`),
    ]),
  };
}

interface Compared {
  expected: string | string[];
  received: string | string[];
}

function words(bytes: Uint8Array): string {
  return bytes.length === 0 ? "nothing" : Buffer.from(bytes).toString("latin1");
}

function isText(bytes: Uint8Array): boolean {
  return bytes.length <= 48 && bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}
