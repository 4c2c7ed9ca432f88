import type { AddressLike } from "./address.ts";
import { parseCidr } from "./cidr.ts";
import type { Cidr } from "./cidr.ts";
import { PrefixTable } from "./prefix-table.ts";
import { SPECIAL_REGISTRY } from "./special-registry.ts";

/** A row of IANA's registry. A flag is undefined where the registry leaves it open. */
export interface SpecialRange {
  readonly cidr: Cidr;
  /** As the registry spells it: `"Private-Use"`, `"Loopback"`. */
  readonly name: string;
  /** The RFC that asked for the block. */
  readonly source: string;
  /** May stand as the source of a datagram that crosses two devices. */
  readonly validSource: boolean | undefined;
  /** May stand as its destination. */
  readonly validDestination: boolean | undefined;
  /** A router may forward it between its outer interfaces. */
  readonly forwardable: boolean | undefined;
  /** May leave an administrative domain. */
  readonly globallyReachable: boolean | undefined;
  /** Every implementation of IP must treat it so. */
  readonly reservedByProtocol: boolean | undefined;
}

/**
 * What an address is set aside for, or undefined for an ordinary one: the narrowest block of IANA's special-purpose
 * registries (RFC 6890) that holds it, or multicast. `::ffff:10.0.0.1` is "IPv4-mapped Address": ask about
 * `unmapAddress(...)` to learn of 10.0.0.1.
 * @throws NetError `ADDRESS_INVALID` for text that is no address.
 */
export function specialRange(address: AddressLike): SpecialRange | undefined {
  return registry().lookup(address);
}

/** Every block with a special purpose: IPv4 first, by address. */
export function specialRanges(): SpecialRange[] {
  return Array.from(registry(), (entry) => entry.value);
}

let table: PrefixTable<SpecialRange> | undefined;

/** Built at the first question, so that importing this package costs nothing. */
function registry(): PrefixTable<SpecialRange> {
  table ??= new PrefixTable(SPECIAL_REGISTRY.map((row) => [row[0], specialRangeOf(...row)] as const));
  return table;
}

function specialRangeOf(block: string, name: string, source: string, flags: string): SpecialRange {
  const [validSource, validDestination, forwardable, globallyReachable, reservedByProtocol] = Array.from(
    flags,
    flagOf,
  );
  return {
    cidr: parseCidr(block),
    name,
    source,
    validSource,
    validDestination,
    forwardable,
    globallyReachable,
    reservedByProtocol,
  };
}

function flagOf(letter: string): boolean | undefined {
  return letter === "-" ? undefined : letter === "T";
}
