import { NetError } from "../net-error.ts";
import { readUint16, readUint32, uint, writeUint16, writeUint32 } from "./bytes.ts";
import { NO_OPTIONS } from "./header-options.ts";
import { invalid, truncated } from "./refusal.ts";
import { view } from "../framing/view.ts";

/**
 * An extension header of IPv6, RFC 8200 §4. All but the fragment header begin alike:
 *
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |  Next Header  |  Hdr Ext Len  |                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
 *     |                              data                             |
 *
 * where the length counts units of 8 bytes beyond the first 8. The fragment header (§4.5) always has 8:
 *
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |  Next Header  |   Reserved    |      Fragment Offset    |Res|M|
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                         Identification                        |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
export type Ipv6Extension =
  /** 0 (first of all, for every router) and 60: options, as the bytes behind the length. */
  | { readonly kind: "hop-by-hop" | "destination-options"; readonly data: Uint8Array }
  /** 43. While segments are left, the header's destination is a stop on the way and not the end. */
  | {
      readonly kind: "routing";
      readonly routingType: number;
      readonly segmentsLeft: number;
      readonly data: Uint8Array;
    }
  /** 44. The offset in bytes, as in IPv4. */
  | {
      readonly kind: "fragment";
      readonly fragmentOffset: number;
      readonly moreFragments: boolean;
      readonly identification: number;
    };

/** At most so many in a chain: RFC 8200 §4.1 lists six, destination options twice. */
export const MAX_EXTENSION_HEADERS = 8;

interface Chain {
  readonly headers: readonly Ipv6Extension[];
  readonly protocol: number;
  /** Where the payload begins. */
  readonly end: number;
}

/** The chain in `bytes[start, end)`; `nextHeaderAt` is where it says what comes first. */
export function readIpv6Extensions(
  bytes: Uint8Array,
  start: number,
  end: number,
  nextHeaderAt: number,
): Chain {
  let protocol = bytes[nextHeaderAt]!;
  if (KINDS[protocol] === undefined) return { headers: NO_OPTIONS, protocol, end: start };
  const headers: Ipv6Extension[] = [];
  let at = start;
  for (let fieldAt = nextHeaderAt; ;) {
    const kind = KINDS[protocol];
    if (kind === undefined) break;
    if (headers.length === MAX_EXTENSION_HEADERS) {
      throw invalid(`at most ${MAX_EXTENSION_HEADERS} extension headers`, "one more", fieldAt);
    }
    if (kind === "hop-by-hop" && headers.length > 0) {
      throw invalid("hop-by-hop options right behind the IPv6 header only", "them", fieldAt);
    }
    const length = extensionLength(bytes, at, end, kind);
    const header = readExtension(bytes, at, length, kind);
    headers.push(header);
    protocol = bytes[at]!;
    fieldAt = at;
    at += length;
    // The rest of the chain, if any, was in the first fragment.
    if (header.kind === "fragment" && header.fragmentOffset > 0) break;
  }
  return { headers, protocol, end: at };
}

/** In bytes. @throws NetError `ARGUMENT_INVALID` for data that do not fill units of 8 bytes with what stands before. */
export function ipv6ExtensionsLength(headers: readonly Ipv6Extension[]): number {
  let length = 0;
  for (const header of headers) length += encodedLength(header);
  return length;
}

/** What `Next Header` says before such a header. */
export function ipv6ExtensionNumber({ kind }: Ipv6Extension): number {
  return NUMBERS[kind];
}

export function writeIpv6Extensions(
  bytes: Uint8Array,
  start: number,
  headers: readonly Ipv6Extension[],
  protocol: number,
): void {
  let at = start;
  for (const [index, header] of headers.entries()) {
    const next = headers[index + 1];
    bytes[at] = next === undefined ? protocol : ipv6ExtensionNumber(next);
    writeExtension(bytes, at, header);
    at += encodedLength(header);
  }
}

const NUMBERS = { "hop-by-hop": 0, routing: 43, fragment: 44, "destination-options": 60 } as const;
const KINDS: Readonly<Record<number, Ipv6Extension["kind"]>> = {
  0: "hop-by-hop",
  43: "routing",
  44: "fragment",
  60: "destination-options",
};
const UNIT = 8;

function extensionLength(bytes: Uint8Array, at: number, end: number, kind: Ipv6Extension["kind"]): number {
  if (end - at < UNIT) throw truncated(`a ${kind} header`, UNIT, end - at, at);
  const length = kind === "fragment" ? UNIT : UNIT + bytes[at + 1]! * UNIT;
  if (length > end - at) throw truncated(`a ${kind} header`, length, end - at, at + 1);
  return length;
}

function readExtension(
  bytes: Uint8Array,
  at: number,
  length: number,
  kind: Ipv6Extension["kind"],
): Ipv6Extension {
  switch (kind) {
    case "fragment": {
      const offset = readUint16(bytes, at + 2);
      return {
        kind,
        fragmentOffset: offset & 0xfff8,
        moreFragments: (offset & 1) !== 0,
        identification: readUint32(bytes, at + 4),
      };
    }
    case "routing":
      return {
        kind,
        routingType: bytes[at + 2]!,
        segmentsLeft: bytes[at + 3]!,
        data: view(bytes, at + 4, at + length),
      };
    case "hop-by-hop":
    case "destination-options":
      break;
  }
  return { kind, data: view(bytes, at + 2, at + length) };
}

function encodedLength(header: Ipv6Extension): number {
  if (header.kind === "fragment") return UNIT;
  const length = (header.kind === "routing" ? 4 : 2) + header.data.length;
  if (length % UNIT === 0 && length > 0 && length <= 256 * UNIT) return length;
  throw new NetError(
    "ARGUMENT_INVALID",
    `Expected a ${header.kind} header of 8 to 2048 bytes in units of 8, got ${length}`,
  );
}

function writeExtension(bytes: Uint8Array, at: number, header: Ipv6Extension): void {
  if (header.kind === "fragment") {
    const { fragmentOffset, moreFragments } = header;
    const units = uint("a fragment offset / 8", fragmentOffset / UNIT, 13);
    writeUint16(bytes, at + 2, (units << 3) | Number(moreFragments));
    writeUint32(bytes, at + 4, uint("an identification", header.identification, 32));
    return;
  }
  bytes[at + 1] = encodedLength(header) / UNIT - 1;
  if (header.kind === "routing") {
    bytes[at + 2] = uint("a routing type", header.routingType, 8);
    bytes[at + 3] = uint("segments left", header.segmentsLeft, 8);
  }
  bytes.set(header.data, at + (header.kind === "routing" ? 4 : 2));
}
