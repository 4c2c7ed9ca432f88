import type { Cidr } from "../cidr.ts";
import { spell } from "./address.ts";

/** `10.0.0.0/8`; of a field that is no address, what it is instead. */
export function spellBlock({ network, prefixLength }: Cidr): string {
  return `${spell(network)}/${prefixLength}`;
}

export function spellBlocks(value: unknown): string[] {
  if (!Array.isArray(value)) return [`${spell(value)}, which is no array`];
  return value.map((each) =>
    typeof each === "object" && each !== null ? spellBlock(each as Cidr) : spell(each),
  );
}

/** `{ network: "10.0.0.0", prefixLength: 8 }`, `{ first: "10.0.0.0", last: "10.255.255.255" }`. */
export function spellFields(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return spell(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, key === "prefixLength" ? field : spell(field)]),
  );
}

export function isBlock(value: unknown): value is Cidr {
  return typeof value === "object" && value !== null && "network" in value && "prefixLength" in value;
}
