import { frame, request, type Asked } from "./caller.ts";

/** No payments: each field as strangers send it. */
export const noPayments: Asked[] = [
  { amount: 0 },
  { amount: -300 },
  { amount: 1.5 },
  { amount: "300" },
  { account: 7 },
  { remaining: "soon" },
];

/** What is sent, as a failure names it: no JSON first. */
export const refusals = [
  "no JSON",
  "amount 0",
  "amount -300",
  "amount 1.5",
  'amount "300"',
  "account 7",
  'remaining "soon"',
  "remaining 0",
  "remaining -20",
];

/** Payments that nobody waits for any more. */
export const tooLate: Asked[] = [{ remaining: 0 }, { remaining: -20 }];

/** A request of 4,096 bytes, which is not too long yet: blanks behind the JSON are JSON. */
export function longest(asked: Asked): Uint8Array {
  const text = new TextDecoder().decode(request(asked).slice(4));
  return frame(text + " ".repeat(4096 - Buffer.byteLength(text)));
}

/** The header of a frame of 4,097 bytes, and not one byte more. */
export const tooLong = Uint8Array.of(0, 0, 0x10, 0x01);
