import { expect, Random, seed } from "@tcpip-workshop/grader/suite";

export const mebibyte = 1_048_576;

export const [hello, nothing] = [text("hello"), new Uint8Array(0)];

/** For `addEqualityTesters`: a Buffer is a Uint8Array, only the bytes count. */
export function sameBytes(a: unknown, b: unknown): boolean | undefined {
  return a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : undefined;
}

export function text(characters: string): Uint8Array {
  return new TextEncoder().encode(characters);
}

/** For text that is compared byte by byte, and read. */
export function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

/** `"hello" (68 65 6c 6c 6f)`, or how many they are. */
export function inWords(bytes: Uint8Array): string {
  if (bytes.length > 8) return `${bytes.length} bytes`;
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
  return `${JSON.stringify(latin(bytes))} (${pairs.join(" ")})`;
}

/** Mebibytes of random bytes. The period is a prime, so that no chunk is like another one. Made where it is needed: a module's constants stay. */
export function flood(mebibytes: number): Uint8Array {
  const { buffer } = Buffer.alloc(mebibytes * mebibyte, new Random(seed()).bytes(65_521));
  return new Uint8Array(buffer);
}

/** What is shown of megabytes: how many are missing, or where the first other one is. */
export function isWhole(received: Uint8Array, sent: Uint8Array, rule: string): void {
  const missing = sent.length - received.length;
  const count = `≈${received.length} of ≈${sent.length} bytes`;
  const all = "every byte that was sent";
  if (missing > 0) expect(`${count}: the last ≈${missing} never came`, rule).toBe(all);
  expect(missing < 0 ? `${count}: more than were sent` : all, rule).toBe(all);
  const same = "Bytes that wait to be sent are still the bytes that came: nothing else is written over them";
  const at = Buffer.compare(received, sent) === 0 ? -1 : received.findIndex((byte, i) => byte !== sent[i]);
  expect(at < 0 ? "the same bytes" : `other bytes, from byte ≈${at} on`, same).toBe("the same bytes");
}
