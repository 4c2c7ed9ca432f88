import * as codec from "@leichtgewicht/ip-codec";
import { contains, parseAddress, parseCidr, PrefixTable } from "@tcpip-workshop/core/cidr";
import { containsCidr, parseCidr as cidrToolsParse } from "cidr-tools";
import * as fast from "fast-cidr-tools";
import { Address4, Address6 } from "ip-address";
import { IPv4, IPv4CidrRange, IPv6, IPv6CidrRange } from "ip-num";
import IPSet from "ip-set";
import ipaddr from "ipaddr.js";
import { ip2long, Netmask } from "netmask";
import { BlockList } from "node:net";
import type { Lane } from "./race.ts";

export const OURS = "core";
type Lanes = Record<string, Lane>;

/** Text of an address → whatever form the library computes with. */
export function parsing(texts: string[], family: 4 | 6): Lanes {
  const lanes: Lanes = {
    [OURS]: each(texts, (text) => Number(parseAddress(text) > 9)),
    "@leichtgewicht/ip-codec": each(texts, (text) => codec.encode(text)[3]!),
    "ipaddr.js": each(texts, (text) => ipaddr.parse(text).kind().length),
    "cidr-tools": each(texts, (text) => cidrToolsParse(text).version),
    "cidr-tools, validate: false": each(texts, (text) => cidrToolsParse(text, { validate: false }).version),
    "fast-cidr-tools": each(texts, (text) => Number(fast.ip2bigint(text) > 9)),
  };
  if (family === 4) {
    lanes["ip-address"] = each(texts, (text) => new Address4(text).subnetMask);
    lanes["ip-num"] = each(texts, (text) => Number(new IPv4(text).value > 9));
    lanes["netmask"] = each(texts, (text) => ip2long(text));
  } else {
    lanes["ip-address"] = each(texts, (text) => new Address6(text).subnetMask);
    lanes["ip-num"] = each(texts, (text) => Number(new IPv6(text).value > 9));
  }
  return lanes;
}

/** Text of a block → the library's block. */
export function parsingBlocks(blocks: string[]): Lanes {
  return {
    [OURS]: each(blocks, (block) => parseCidr(block).prefixLength),
    "ipaddr.js": each(blocks, (block) => ipaddr.parseCIDR(block)[1]),
    netmask: each(blocks, (block) => new Netmask(block).bitmask),
    "ip-address": each(blocks, (block) => new Address4(block).subnetMask),
    "ip-num": each(blocks, (block) => Number(IPv4CidrRange.fromCidr(block).cidrPrefix.value)),
    "cidr-tools": each(blocks, (block) => cidrToolsParse(block).version),
    "cidr-tools, validate: false": each(
      blocks,
      (block) => cidrToolsParse(block, { validate: false }).version,
    ),
    "fast-cidr-tools": each(blocks, (block) => fast.parse(block)[2]),
  };
}

/** Block and address both in text, both read in every call: block i against address i. */
export function containing(blocks: string[], texts: string[], family: 4 | 6): Lanes {
  const lanes: Lanes = {
    [OURS]: pairs(blocks, texts, (block, text) => contains(block, text)),
    "ipaddr.js": pairs(blocks, texts, (block, text) => ipaddr.parse(text).match(ipaddr.parseCIDR(block))),
    "cidr-tools": pairs(blocks, texts, (block, text) => containsCidr(block, text)),
    "cidr-tools, validate: false": pairs(blocks, texts, (block, text) =>
      containsCidr(block, text, { validate: false }),
    ),
    "fast-cidr-tools": pairs(blocks, texts, (block, text) => fast.contains([block], [text])),
  };
  if (family === 4) {
    lanes["netmask"] = pairs(blocks, texts, (block, text) => new Netmask(block).contains(text));
    lanes["ip-address"] = pairs(blocks, texts, (block, text) =>
      new Address4(text).isInSubnet(new Address4(block)),
    );
    lanes["ip-num"] = pairs(blocks, texts, (block, text) =>
      IPv4CidrRange.fromCidr(block).contains(new IPv4(text)),
    );
  } else {
    lanes["ip-address"] = pairs(blocks, texts, (block, text) =>
      new Address6(text).isInSubnet(new Address6(block)),
    );
    lanes["ip-num"] = pairs(blocks, texts, (block, text) =>
      IPv6CidrRange.fromCidr(block).contains(new IPv6(text)),
    );
  }
  return lanes;
}

/** The block made beforehand, only the address read in every call. */
export function containingPrepared(blocks: string[], texts: string[]): Lanes {
  const ours = blocks.map(parseCidr);
  const ipaddrs = blocks.map((block) => ipaddr.parseCIDR(block));
  const netmasks = blocks.map((block) => new Netmask(block));
  const address4s = blocks.map((block) => new Address4(block));
  const ranges = blocks.map((block) => IPv4CidrRange.fromCidr(block));
  const lists = blocks.map((block) => blockList([block]));
  const sets = blocks.map((block) => new IPSet([block]));
  return {
    [OURS]: pairs(ours, texts, (block, text) => contains(block, text)),
    "ipaddr.js": pairs(ipaddrs, texts, (block, text) => ipaddr.parse(text).match(block)),
    netmask: pairs(netmasks, texts, (block, text) => block.contains(text)),
    "ip-address": pairs(address4s, texts, (block, text) => new Address4(text).isInSubnet(block)),
    "ip-num": pairs(ranges, texts, (block, text) => block.contains(new IPv4(text))),
    "net.BlockList": pairs(lists, texts, (list, text) => list.check(text)),
    "ip-set": pairs(sets, texts, (set, text) => set.contains(text)),
  };
}

/** Block and address both made beforehand. */
export function containingParsed(blocks: string[], texts: string[]): Lanes {
  const ours = blocks.map(parseCidr);
  const numbers = texts.map(parseAddress);
  const ipaddrs = blocks.map((block) => ipaddr.parseCIDR(block));
  const ipaddrTexts = texts.map((text) => ipaddr.parse(text));
  const address4s = blocks.map((block) => new Address4(block));
  const address4Texts = texts.map((text) => new Address4(text));
  const ranges = blocks.map((block) => IPv4CidrRange.fromCidr(block));
  const rangeTexts = texts.map((text) => new IPv4(text));
  return {
    [OURS]: pairs(ours, numbers, (block, address) => contains(block, address)),
    "ipaddr.js": pairs(ipaddrs, ipaddrTexts, (block, address) => address.match(block)),
    "ip-address": pairs(address4s, address4Texts, (block, address) => address.isInSubnet(block)),
    "ip-num": pairs(ranges, rangeTexts, (block, address) => block.contains(address)),
  };
}

export interface Index {
  /** Built to be asked about many blocks. */
  readonly lanes: Lanes;
  /** Libraries without such a thing: one block after the other. Ask them little, and last: their blocks fill the heap. */
  readonly linear: (few: string[]) => Lanes;
}

/** Whether any of the blocks holds the address. */
export function membership(blocks: string[], texts: string[]): Index {
  const table = new PrefixTable(blocks.map((block) => [block, true] as const));
  const list = blockList(blocks);
  const set = new IPSet(blocks);
  return {
    lanes: {
      [OURS]: each(texts, (text) => Number(table.covers(text))),
      "net.BlockList": each(texts, (text) => Number(list.check(text))),
      "ip-set": each(texts, (text) => Number(set.contains(text))),
    },
    linear: (few) => {
      const ipaddrs = blocks.map((block) => ipaddr.parseCIDR(block));
      const netmasks = blocks.map((block) => new Netmask(block));
      const address4s = blocks.map((block) => new Address4(block));
      const ranges = blocks.map((block) => IPv4CidrRange.fromCidr(block));
      return {
        "ipaddr.js": anyOf(
          few,
          (text) => ipaddr.parse(text),
          ipaddrs,
          (block, ip) => ip.match(block),
        ),
        netmask: anyOf(
          few,
          (text) => text,
          netmasks,
          (block, text) => block.contains(text),
        ),
        "ip-address": anyOf(
          few,
          (text) => new Address4(text),
          address4s,
          (block, ip) => ip.isInSubnet(block),
        ),
        "ip-num": anyOf(
          few,
          (text) => new IPv4(text),
          ranges,
          (block, ip) => block.contains(ip),
        ),
        "cidr-tools": each(few, (text) => Number(containsCidr(blocks, text, { validate: false }))),
        "fast-cidr-tools": each(few, (text) => Number(fast.contains(blocks, [text]))),
      };
    },
  };
}

/** The value of the longest prefix that holds the address. Nobody else here keeps an index for that question. */
export function longestMatch(blocks: string[], texts: string[]): Index {
  const table = new PrefixTable(blocks.map((block, value) => [block, value] as const));
  return {
    lanes: { [OURS]: each(texts, (text) => table.lookup(text) ?? -1) },
    linear: (few) => {
      const ipaddrs = blocks.map((block) => ipaddr.parseCIDR(block));
      const netmasks = blocks.map((block) => new Netmask(block));
      const address4s = blocks.map((block) => new Address4(block));
      const ranges = blocks.map((block) => IPv4CidrRange.fromCidr(block));
      const parsed = blocks.map((block) => cidrToolsParse(block));
      const fasts = blocks.map((block) => fast.parse(block));
      return {
        "ipaddr.js": longestOf(
          few,
          (text) => ipaddr.parse(text),
          ipaddrs,
          (block, ip) => (ip.match(block) ? block[1] : -Infinity),
        ),
        netmask: longestOf(
          few,
          (text) => text,
          netmasks,
          (block, text) => (block.contains(text) ? block.bitmask : -Infinity),
        ),
        "ip-address": longestOf(
          few,
          (text) => new Address4(text),
          address4s,
          (block, ip) => (ip.isInSubnet(block) ? block.subnetMask : -Infinity),
        ),
        "ip-num": longestOf(
          few,
          (text) => new IPv4(text),
          ranges,
          (block, ip) => (block.contains(ip) ? Number(block.cidrPrefix.value) : -Infinity),
        ),
        "cidr-tools": longestOf(
          few,
          (text) => cidrToolsParse(text).start,
          parsed,
          (block, ip) => (block.start <= ip && ip <= block.end ? Number(block.prefix) : -Infinity),
        ),
        "fast-cidr-tools": longestOf(
          few,
          (text) => fast.ip2bigint(text),
          fasts,
          ([start, end], ip) => (start <= ip && ip <= end ? Number(start - end) : -Infinity),
        ),
      };
    },
  };
}

/** IPv6: of the others only BlockList has an index. */
export function membership6(blocks: string[], texts: string[]): Lanes {
  const table = new PrefixTable(blocks.map((block) => [block, true] as const));
  const list = blockList(blocks);
  return {
    [OURS]: each(texts, (text) => Number(table.covers(text))),
    "net.BlockList": each(texts, (text) => Number(list.check(text, "ipv6"))),
  };
}

export function blockList(blocks: string[]): BlockList {
  const list = new BlockList();
  for (const block of blocks) {
    const [network, length] = block.split("/") as [string, string];
    list.addSubnet(network, Number(length), block.includes(":") ? "ipv6" : "ipv4");
  }
  return list;
}

function each<T>(items: T[], work: (item: T) => number): Lane {
  const loop = ownCopy(sum<T>);
  return () => loop(items, work);
}

function pairs<A, B>(as: A[], bs: B[], holds: (a: A, b: B) => boolean): Lane {
  const loop = ownCopy(count<A, B>);
  return () => loop(as, bs, holds);
}

function sum<T>(items: T[], work: (item: T) => number): number {
  let total = 0;
  for (let index = 0; index < items.length; index++) total += work(items[index]!);
  return total;
}

function count<A, B>(as: A[], bs: B[], holds: (a: A, b: B) => boolean): number {
  let total = 0;
  for (let index = 0; index < as.length; index++) if (holds(as[index]!, bs[index]!)) total++;
  return total;
}

/**
 * Compiled anew, so that V8 may inline each library's work into its loop; a shared loop would allow it for none. The
 * number makes the text new, or V8 would find the copy it has, with what it learned there.
 */
function ownCopy<F>(loop: F): F {
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is our own
  return new Function(`return ${String(loop)} // ${copies++}`)() as F;
}

let copies = 0;

function anyOf<A, B>(
  texts: string[],
  read: (text: string) => A,
  blocks: B[],
  holds: (block: B, address: A) => boolean,
): Lane {
  return each(texts, (text) => {
    const address = read(text);
    return Number(blocks.some((block) => holds(block, address)));
  });
}

function longestOf<A, B>(
  texts: string[],
  read: (text: string) => A,
  blocks: B[],
  length: (block: B, address: A) => number,
): Lane {
  return each(texts, (text) => {
    const address = read(text);
    let longest = -Infinity;
    let value = -1;
    for (const [index, block] of blocks.entries()) {
      const found = length(block, address);
      if (found > longest) [longest, value] = [found, index];
    }
    return value;
  });
}
