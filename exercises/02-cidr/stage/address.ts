import type { Random } from "@tcpip-workshop/grader/suite";

/** An address as text; anything else as what it is instead. No two values are spelled alike. */
export function spell(value: unknown): string {
  if (isAddress(value)) return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
  if (typeof value === "number")
    return `${value}, ${value < 0 ? "negative" : "no whole number below 2 ** 32"}`;
  if (typeof value === "bigint") return `${value}n, a bigint`;
  if (typeof value === "string") return `the text ${JSON.stringify(value)}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** As a number is best compared: the four bytes are seen, and a sign is. */
export function inHex(value: unknown): string {
  return isAddress(value) ? `0x${value.toString(16).padStart(8, "0")} = ${value}` : spell(value);
}

/** The suite's own reader, for texts of its own. */
export function numberOf(text: string): number {
  return text.split(".").reduce((address, octet) => address * 256 + Number(octet), 0);
}

/** What a right answer returns: no sign, no fraction, and no −0. */
export function isAddress(value: unknown): value is number {
  return (
    typeof value === "number" &&
    Number.isInteger(value) &&
    value >= 0 &&
    value < 2 ** 32 &&
    !Object.is(value, -0)
  );
}

/** Every octet in every place: an odd factor runs through all 256. */
export const everyOctet = Array.from({ length: 256 }, (_, n) =>
  numberOf([n, n * 3, n * 5, n * 7].map((octet) => octet % 256).join(".")),
);

export function anyAddress(random: Random): number {
  return random.integer(0, 2 ** 32 - 1);
}
