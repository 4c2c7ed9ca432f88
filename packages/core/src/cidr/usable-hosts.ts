import { NetError } from "../net-error.ts";
import type { Address } from "./address.ts";
import { formatCidr, toCidr } from "./cidr.ts";
import type { Cidr, CidrLike } from "./cidr.ts";
import { range } from "./range.ts";
import type { Range } from "./range.ts";

/** How many addresses at either end of a subnet a host cannot have. */
export interface Reserved {
  readonly first: number;
  readonly last: number;
}

/** Who takes addresses from a subnet. See {@link usableHosts}. */
export type HostRule = "classic" | "aws" | "azure" | "gcp" | "oracle" | "scaleway";

/** What is left for hosts. `range` is undefined where nothing is. */
export interface UsableHosts<A extends Address = Address> {
  readonly count: A;
  readonly range: Range<A> | undefined;
}

/**
 * The addresses of a subnet that hosts can have.
 *
 * - `classic`, IPv4: all but the network's and the broadcast address (RFC 922); both of a /31 (RFC 3021), the one of a
 *   /32. IPv6 has no broadcast: all but the Subnet-Router anycast address, the lowest (RFC 4291 §2.6.1); both of a /127
 *   (RFC 6164), the one of a /128.
 * - `aws`: the first four and the last, in IPv6 too (Amazon VPC user guide, "Subnet CIDR blocks").
 * - `azure`: the first four and the last (Azure Virtual Network FAQ).
 * - `gcp`: the first two and the last two (Google Cloud VPC, "Subnets").
 * - `oracle`: the first two and the last (OCI, "Overview of VCNs and Subnets").
 * - `scaleway`: the first two and the last two (Scaleway IPAM, "Concepts").
 * - your own: `{ first: 10, last: 1 }`.
 *
 * It counts; whether the provider lets you create a subnet of this size is the provider's to say (AWS: /16 to /28).
 * @throws NetError `ARGUMENT_INVALID` for IPv6 under a rule that is published for IPv4 only, or an unknown rule.
 */
export function usableHosts<A extends Address>(cidr: Cidr<A>, rule?: HostRule | Reserved): UsableHosts<A>;
export function usableHosts(cidr: CidrLike, rule?: HostRule | Reserved): UsableHosts;
export function usableHosts(cidr: CidrLike, rule: HostRule | Reserved = "classic"): UsableHosts {
  const block = toCidr(cidr);
  const reserved = typeof rule === "string" ? reservedBy(rule, block) : rule;
  checkReserved(reserved);
  const { first, last } = range(block);
  if (typeof first === "number" && typeof last === "number") {
    const count = Math.max(0, last - first + 1 - reserved.first - reserved.last);
    return {
      count,
      range: count === 0 ? undefined : { first: first + reserved.first, last: last - reserved.last },
    };
  }
  const low = BigInt(first) + BigInt(reserved.first);
  const high = BigInt(last) - BigInt(reserved.last);
  return low > high
    ? { count: 0n, range: undefined }
    : { count: high - low + 1n, range: { first: low, last: high } };
}

const IPV4: Record<HostRule, Reserved> = {
  classic: { first: 1, last: 1 },
  aws: { first: 4, last: 1 },
  azure: { first: 4, last: 1 },
  gcp: { first: 2, last: 2 },
  oracle: { first: 2, last: 1 },
  scaleway: { first: 2, last: 2 },
};

const IPV6: Partial<Record<HostRule, Reserved>> = {
  classic: { first: 1, last: 0 },
  aws: { first: 4, last: 1 },
};

const NONE: Reserved = { first: 0, last: 0 };

function reservedBy(rule: HostRule, block: Cidr): Reserved {
  const ipv4 = typeof block.address === "number";
  // A block of two or one has no room for reserved addresses: point-to-point links and single hosts.
  if (rule === "classic" && block.prefixLength >= (ipv4 ? 31 : 127)) return NONE;
  const table = ipv4 ? IPV4 : IPV6;
  const reserved = Object.hasOwn(table, rule) ? table[rule] : undefined;
  if (reserved !== undefined) return reserved;
  const known = Object.keys(table).join(", ");
  throw new NetError(
    "ARGUMENT_INVALID",
    `Expected a rule for ${formatCidr(block)} among ${known}, got ${rule}`,
  );
}

function checkReserved({ first, last }: Reserved): void {
  if (Number.isSafeInteger(first) && Number.isSafeInteger(last) && first >= 0 && last >= 0) return;
  throw new NetError(
    "ARGUMENT_INVALID",
    `Expected whole numbers of reserved addresses, got ${first} and ${last}`,
  );
}
