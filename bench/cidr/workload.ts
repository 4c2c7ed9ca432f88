import { addressBits, cidrOf, formatAddress, formatCidr } from "@tcpip-workshop/core/cidr";
import type { Address } from "@tcpip-workshop/core/cidr";

/** The same numbers every run: a linear congruential generator modulo 2³², its low bits left out. */
let state = 42;
function random(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

export const ipv4 = (): number => random(2 ** 32);
/** As the Internet's: in 2000::/12, with a run of zeros more often than not. */
export const ipv6 = (): bigint => {
  const interfaceId = random(2) === 0 ? BigInt(random(65_536)) : (BigInt(ipv4()) << 32n) | BigInt(ipv4());
  return (BigInt(0x20000000 + random(2 ** 20)) << 96n) | (BigInt(ipv4()) << 64n) | interfaceId;
};

export function texts(address: () => Address, count: number): string[] {
  return flat(Array.from({ length: count }, () => formatAddress(address())));
}

/** `count` different blocks with lengths in [least, most]. */
export function blocks(address: () => Address, count: number, least: number, most: number): string[] {
  const found = new Set<string>();
  while (found.size < count) found.add(formatCidr(cidrOf(address(), least + random(most - least + 1))));
  return flat([...found]);
}

/** One question for each block, every second answered with yes. */
export function questions(cidrs: string[], address: () => Address): string[] {
  const inside = (text: string) => {
    const [network, length] = text.split("/") as [string, string];
    return formatAddress(
      cidrOf(network, Math.min(addressBits(cidrOf(network, 0).address), Number(length) + 8)).address,
    );
  };
  return flat(cidrs.map((text, index) => (index % 2 === 0 ? inside(text) : formatAddress(address()))));
}

/** Strings put together from parts are trees until they are read; those off a wire or a file are not. */
export function flat(list: string[]): string[] {
  return JSON.parse(JSON.stringify(list)) as string[];
}
