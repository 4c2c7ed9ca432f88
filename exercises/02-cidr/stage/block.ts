import type { Cidr } from "../cidr.ts";
import { numberOf, spell } from "./address.ts";

/** The suite's own reader of `10.0.0.0/8`; bits after the prefix stay as they are. */
export function block(text: string): Cidr {
  const [address = "", length] = text.split("/");
  return { network: numberOf(address), prefixLength: Number(length) };
}

/** All 33 prefix lengths. */
export const lengths = Array.from({ length: 33 }, (_, length) => length);

/** Every bit set, every other bit set, and the same without the top bit: a sign shows in the first two. */
export const patterns = [0xffffffff, 0xaaaaaaaa, 0x55555555];

/** These, cut to every length. */
export const ofEveryLength = patterns.flatMap((pattern) => lengths.map((length) => masked(pattern, length)));

/** After a prefix of every length but 32 the last bit alone, and the first one alone. */
export const strayBits = lengths
  .slice(0, 32)
  .flatMap((length) => [
    `${spell(masked(0xffffffff, length).network + 1)}/${length}`,
    `${spell(2 ** (31 - length))}/${length}`,
  ]);

/** The block of this length that holds `address`, in BigInt: nothing here is shared with the arithmetic under test. */
export function masked(address: number, prefixLength: number): Cidr {
  const hostBits = BigInt(32 - prefixLength);
  return { network: Number((BigInt(address) >> hostBits) << hostBits), prefixLength };
}

/** All 15 blocks within the 8 addresses from `start` on. */
export function blocksIn(start: number): Cidr[] {
  return [29, 30, 31, 32].flatMap((prefixLength) =>
    Array.from({ length: 2 ** (prefixLength - 29) }, (_, index) => ({
      network: start + index * 2 ** (32 - prefixLength),
      prefixLength,
    })),
  );
}

/** `00000101 00000000` for 10.0.5.0/16. */
export function bitsAfter(text: string): string {
  const { network, prefixLength } = block(text);
  const bits = network.toString(2).padStart(32, "0");
  return bits.slice(prefixLength).replace(/(?!^)(?=(?:.{8})+$)/g, " ");
}
