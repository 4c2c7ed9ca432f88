import { readUint16, uint, writeUint16 } from "./bytes.ts";
import type { DecodeOptions } from "./decode-options.ts";
import { type MacAddress, readMac, toMac, writeMac } from "./mac-address.ts";
import { invalid, truncated } from "./refusal.ts";
import { view } from "../framing/view.ts";

/**
 * Ethernet II header, with IEEE 802.1Q tags (drawn here: one) between the addresses and the type:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                      Destination Address                      |
 *     +                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                               |                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
 *     |                        Source Address                         |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |         TPID (0x8100)         | PCP |D|        VLAN ID        |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |           EtherType           |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * The frame check sequence behind the payload is the adapter's business: it is neither expected nor written.
 */
export interface EthernetHeader {
  readonly destination: MacAddress;
  readonly source: MacAddress;
  /** The outermost first; two at most (IEEE 802.1ad), a third one's TPID is left as the EtherType. */
  readonly tags: readonly VlanTag[];
  /** What the payload is; below 1536 it is a length instead (IEEE 802.3), and the payload is LLC's. */
  readonly etherType: number;
}

/** A tag of IEEE 802.1Q. */
export interface VlanTag {
  /** Tag protocol identifier: {@link EtherType}'s VLAN or SERVICE_VLAN. */
  readonly tpid: number;
  /** Priority code point, 0 to 7. */
  readonly priority: number;
  /** May be dropped first when there is congestion. */
  readonly dropEligible: boolean;
  /** 1 to 4094; 0 says that the tag is only about priority. */
  readonly vlanId: number;
}

/** A header as one writes it: addresses may be text, and a tag needs no more than its VLAN. */
export interface EthernetFields {
  readonly destination: MacAddress | string;
  readonly source: MacAddress | string;
  readonly tags?: readonly (Partial<VlanTag> & Pick<VlanTag, "vlanId">)[];
  readonly etherType: number;
}

/** EtherTypes (IANA's "IEEE 802 Numbers") that are decoded here. */
export const EtherType = {
  IPV4: 0x0800,
  ARP: 0x0806,
  VLAN: 0x8100,
  IPV6: 0x86dd,
  SERVICE_VLAN: 0x88a8,
} as const;

/** A header, and what it carries: a view of the bytes given, not a copy. */
export interface Decoded<Header> {
  readonly header: Header;
  readonly payload: Uint8Array;
}

/**
 * Reads the Ethernet header. The payload is the rest of the frame: padding up to the minimum of 60 bytes is part of it, since
 * only the next header says where it ends.
 * @throws NetError `PACKET_TRUNCATED`, `PACKET_INVALID`, with the `offset`.
 */
export function decodeEthernet(
  frame: Uint8Array,
  { cut = false }: Pick<DecodeOptions, "cut"> = {},
): Decoded<EthernetHeader> {
  const header = readEthernet(frame);
  const start = ethernetLength(header);
  return { header, payload: view(frame, start, ethernetEnd(frame, header, start, cut)) };
}

/**
 * The header and a copy of the payload. Not padded to the 60 bytes that the medium asks for, unless `pad` is set: adapters do that.
 * @throws NetError `ARGUMENT_INVALID`, `ADDRESS_INVALID`.
 */
export function encodeEthernet(
  fields: EthernetFields,
  payload: Uint8Array,
  { pad = false }: { readonly pad?: boolean } = {},
): Uint8Array {
  const { tags = [] } = fields;
  const start = HEADER_LENGTH + tags.length * TAG_LENGTH;
  const frame = new Uint8Array(Math.max(start + payload.length, pad ? MINIMUM_LENGTH : 0));
  writeMac(frame, 0, toMac(fields.destination));
  writeMac(frame, 6, toMac(fields.source));
  let at = 12;
  for (const { tpid = EtherType.VLAN, priority = 0, dropEligible = false, vlanId } of tags) {
    writeUint16(frame, at, uint("a TPID", tpid, 16));
    const control = (uint("a priority", priority, 3) << 13) | (Number(dropEligible) << 12);
    writeUint16(frame, at + 2, control | uint("a VLAN id", vlanId, 12));
    at += TAG_LENGTH;
  }
  writeUint16(frame, at, uint("an EtherType", fields.etherType, 16));
  frame.set(payload, start);
  return frame;
}

/** @internal The header alone. */
export function readEthernet(frame: Uint8Array): EthernetHeader {
  if (frame.length < HEADER_LENGTH) throw truncated("an Ethernet header", HEADER_LENGTH, frame.length, 0);
  let etherType = readUint16(frame, 12);
  let tags = NO_TAGS;
  if (etherType === EtherType.VLAN || etherType === EtherType.SERVICE_VLAN) {
    tags = readTags(frame);
    etherType = readUint16(frame, 12 + tags.length * TAG_LENGTH);
  }
  return { destination: readMac(frame, 0), source: readMac(frame, 6), tags, etherType };
}

/** @internal In bytes. */
export function ethernetLength(header: EthernetHeader): number {
  return HEADER_LENGTH + header.tags.length * TAG_LENGTH;
}

/** @internal Where the payload ends: with an IEEE 802.3 length there, otherwise with the frame. */
export function ethernetEnd(
  frame: Uint8Array,
  { etherType }: EthernetHeader,
  start: number,
  cut: boolean,
): number {
  if (etherType >= MINIMUM_TYPE) return frame.length;
  if (etherType > MAXIMUM_LENGTH) {
    throw invalid(
      `a length up to ${MAXIMUM_LENGTH} or an EtherType from ${MINIMUM_TYPE}`,
      etherType,
      start - 2,
    );
  }
  if (etherType > frame.length - start) {
    if (cut) return frame.length;
    throw truncated("an IEEE 802.3 payload", etherType, frame.length - start, start - 2);
  }
  return start + etherType;
}

const HEADER_LENGTH = 14;
const TAG_LENGTH = 4;
const MAXIMUM_TAGS = 2;
/** IEEE 802.3 §3.2.8, without the frame check sequence. */
const MINIMUM_LENGTH = 60;
/** Up to here the type field is a length, and from there a type (IEEE 802.3 §3.2.6); in between it is neither. */
const MAXIMUM_LENGTH = 1500;
const MINIMUM_TYPE = 1536;
const NO_TAGS: readonly VlanTag[] = Object.freeze([]);

function readTags(frame: Uint8Array): readonly VlanTag[] {
  const tags: VlanTag[] = [];
  for (let at = 12; tags.length < MAXIMUM_TAGS; at += TAG_LENGTH) {
    const tpid = readUint16(frame, at);
    if (tpid !== EtherType.VLAN && tpid !== EtherType.SERVICE_VLAN) break;
    // The tag's own two bytes, and the type behind it.
    if (frame.length < at + 6) throw truncated("a VLAN tag and a type", 6, frame.length - at, at);
    const control = readUint16(frame, at + 2);
    tags.push({
      tpid,
      priority: control >>> 13,
      dropEligible: (control & 0x1000) !== 0,
      vlanId: control & 0xfff,
    });
  }
  return tags;
}
