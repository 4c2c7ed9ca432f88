import * as codec from "@leichtgewicht/ip-codec";
import { parseAddress, parseCidr } from "@tcpip-workshop/core/cidr";
import { parseCidr as cidrToolsParse } from "cidr-tools";
import * as fast from "fast-cidr-tools";
import { Address4, Address6 } from "ip-address";
import { IPv4, IPv4CidrRange, IPv6, IPv6CidrRange } from "ip-num";
import IPSet from "ip-set";
import ipaddr from "ipaddr.js";
import { ip2long, Netmask } from "netmask";
import { BlockList } from "node:net";

/** Reads text the way its README shows, and says what it understood as `Spelling.means` does. Throws what it throws. */
export interface Reader {
  readonly name: string;
  readonly address: (text: string) => string;
  /** Absent where the library takes a block's length as a number only. */
  readonly block?: (text: string) => string;
  readonly ipv4Only?: boolean;
}

const isIpv6 = (text: string) => text.includes(":");
const means = (ipv6: boolean, value: number | bigint, length?: number | bigint | string) =>
  `${ipv6 ? 6 : 4}:${value.toString(16)}${length === undefined ? "" : `/${length}`}`;
const bytes = (values: ArrayLike<number>) =>
  BigInt(`0x${Array.from(values, (value) => value.toString(16).padStart(2, "0")).join("")}`);

export const readers: readonly Reader[] = [
  {
    name: "@tcpip-workshop/core",
    address: (text) => {
      const address = parseAddress(text);
      return means(typeof address === "bigint", address);
    },
    block: (text) => {
      const { address, prefixLength } = parseCidr(text);
      return means(typeof address === "bigint", address, prefixLength);
    },
  },
  {
    name: "net.BlockList",
    address: (text) => {
      const list = new BlockList();
      list.addAddress(text, isIpv6(text) ? "ipv6" : "ipv4");
      const read = parseAddress(list.rules[0]!.split(" ")[2]!);
      return means(typeof read === "bigint", read);
    },
  },
  {
    name: "ip-num",
    address: (text) => means(isIpv6(text), isIpv6(text) ? new IPv6(text).value : new IPv4(text).value),
    block: (text) => {
      const range = isIpv6(text) ? IPv6CidrRange.fromCidr(text) : IPv4CidrRange.fromCidr(text);
      return means(isIpv6(text), range.getFirst().value, range.cidrPrefix.value);
    },
  },
  {
    name: "ip-address",
    address: (text) => means(isIpv6(text), (isIpv6(text) ? new Address6(text) : new Address4(text)).bigInt()),
    block: (text) => {
      const address = isIpv6(text) ? new Address6(text) : new Address4(text);
      return means(isIpv6(text), address.startAddress().bigInt(), address.subnetMask);
    },
  },
  {
    name: "ipaddr.js",
    address: (text) => {
      const address = ipaddr.parse(text);
      return means(address.kind() === "ipv6", bytes(address.toByteArray()));
    },
    block: (text) => {
      const [address, length] = ipaddr.parseCIDR(text);
      return means(address.kind() === "ipv6", bytes(address.toByteArray()), length);
    },
  },
  {
    name: "netmask",
    address: (text) => (isIpv6(text) ? netmask(text).replace(/\/128$/, "") : means(false, ip2long(text))),
    block: netmask,
  },
  {
    name: "cidr-tools",
    address: (text) => {
      const { start, version } = cidrToolsParse(text);
      return means(version === 6, start);
    },
    block: (text) => {
      const { start, version, prefix } = cidrToolsParse(text);
      return means(version === 6, start, prefix);
    },
  },
  {
    name: "fast-cidr-tools",
    address: (text) => means(isIpv6(text), fast.ip2bigint(text)),
    block: (text) => {
      const [start, end, version] = fast.parse(text);
      const hostBits = (end - start + 1n).toString(2).length - 1;
      return means(version === 6, start, (version === 6 ? 128 : 32) - hostBits);
    },
  },
  {
    name: "@leichtgewicht/ip-codec",
    address: (text) => {
      const encoded = codec.encode(text);
      return means(encoded.length === 16, bytes(encoded));
    },
  },
  {
    name: "ip-set",
    ipv4Only: true,
    address: (text) => means(false, tree(text).start),
    block: (text) => {
      const { start, end } = tree(text);
      return means(false, start, 32 - Math.log2(end - start + 1));
    },
  },
];

function netmask(text: string): string {
  const { base, bitmask } = new Netmask(text);
  return means(isIpv6(base), parseAddress(base), bitmask);
}

/** What an `IPSet` stored, or an error where it stored nothing, so that silence counts as refusing. */
function tree(text: string): { start: number; end: number } {
  const set = new IPSet([text]) as unknown as { tree: { start: number; end: number } | null };
  if (set.tree === null) throw new Error("Nothing was stored");
  return set.tree;
}
