import { NetError } from "../net-error.ts";
import { ipLimits, optionBytes, type IpVersion } from "./ip-limits.ts";
import { wholeNumber } from "../whole-number.ts";

/** How ESP encrypts and authenticates. `aes-gcm` is AES-GCM with a 16-byte ICV. */
export type EspCipher = "aes-gcm" | "chacha20-poly1305" | "aes-cbc-hmac-sha1" | "aes-cbc-hmac-sha256";

/** What is put around a packet. `outer` is the IP version of the packet that carries it. */
export type Tunnel =
  /** 802.1Q; two `tags` are 802.1ad ("QinQ"). Not `counted`, as switches are built: the frame grows, the MTU stays. */
  | { type: "vlan"; tags?: 1 | 2; counted?: boolean }
  | { type: "pppoe" }
  /** Each of the three optional fields takes 4 bytes. */
  | { type: "gre"; outer: IpVersion; checksum?: boolean; key?: boolean; sequence?: boolean }
  /** IP in IP without anything between: IPIP, 6in4, 4in6, 6in6. */
  | { type: "ip-in-ip"; outer: IpVersion }
  | { type: "vxlan"; outer: IpVersion }
  /** `options` in bytes, a multiple of 4 up to 252. */
  | { type: "geneve"; outer: IpVersion; options?: number }
  | { type: "wireguard"; outer: IpVersion }
  /** Tunnel mode. `natTraversal` puts UDP in front. */
  | { type: "esp"; outer: IpVersion; cipher: EspCipher; natTraversal?: boolean };

export interface TunnelPart {
  readonly name: string;
  /** In bytes. */
  readonly length: number;
}

export interface TunnelLayout {
  /** What is added at a fixed length, from the outside in, and behind the packet. */
  readonly parts: readonly TunnelPart[];
  /** The packet and `trailer` are padded to a multiple of so many bytes; 1 is no padding. */
  readonly padTo: number;
  /** Bytes behind the packet that are padded with it. */
  readonly trailer: number;
  /** Padding stops at the tunnel's MTU, so that the longest packet needs none. */
  readonly padsWithinMtu: boolean;
  /** The MTU inside is smaller for it; false where the link makes room. */
  readonly counted: boolean;
  readonly source: string;
}

/** What a tunnel puts around each packet. Throws `ARGUMENT_INVALID` for a tunnel that is none of `Tunnel`. */
export function tunnelLayout(tunnel: Tunnel): TunnelLayout {
  switch (tunnel.type) {
    case "vlan": {
      const tags = wholeNumber("tags", tunnel.tags ?? 1, 1, 2);
      const parts = Array.from({ length: tags }, () => part("VLAN tag", 4));
      // IEEE 802.3 lets a tagged frame be 4 bytes longer ("baby giant"); a link that does not know that counts the tag.
      return layout("IEEE 802.1Q, 802.1ad", parts, { counted: tunnel.counted ?? false });
    }
    case "pppoe":
      return layout("RFC 2516, section 7", [part("PPPoE", 6), part("PPP protocol", 2)]);
    case "gre": {
      const fields = (["checksum", "key", "sequence"] as const).filter((name) => tunnel[name] === true);
      const optional = fields.map((name) => part(`GRE ${name}`, 4)); // the checksum's 2 come with 2 reserved
      return layout("RFC 2784, section 2; RFC 2890, section 2", [
        ip(tunnel.outer),
        part("GRE", 4),
        ...optional,
      ]);
    }
    case "ip-in-ip":
      return layout("RFC 2003, section 3; RFC 4213, section 3; RFC 2473, section 3", [ip(tunnel.outer)]);
    case "vxlan":
      return layout("RFC 7348, section 5", [ip(tunnel.outer), UDP, part("VXLAN", 8), INNER_ETHERNET]);
    case "geneve": {
      const length = optionBytes("options", tunnel.options ?? 0, 4, 252);
      const options = length === 0 ? [] : [part("Geneve options", length)];
      return layout("RFC 8926, section 3", [
        ip(tunnel.outer),
        UDP,
        part("Geneve", 8),
        ...options,
        INNER_ETHERNET,
      ]);
    }
    case "wireguard":
      // Linux, drivers/net/wireguard/send.c: min(mtu, the length to the next multiple of 16)
      return layout(
        "WireGuard whitepaper, section 5.4.6",
        [ip(tunnel.outer), UDP, part("type, receiver and counter", 16), part("authentication tag", 16)],
        { padTo: 16, padsWithinMtu: true },
      );
    case "esp": {
      if (!Object.hasOwn(ESP_CIPHERS, tunnel.cipher)) {
        const expected = `Expected a cipher of ${Object.keys(ESP_CIPHERS).join(", ")}`;
        throw new NetError("ARGUMENT_INVALID", `${expected}, got ${tunnel.cipher}`);
      }
      const { iv, icv, padTo, source } = ESP_CIPHERS[tunnel.cipher];
      const udp = tunnel.natTraversal === true ? [UDP] : [];
      return layout(
        `RFC 4303, section 2; ${source}${udp.length === 0 ? "" : "; RFC 3948, section 2"}`,
        [ip(tunnel.outer), ...udp, part("SPI and sequence number", 8), part("IV", iv), part("ICV", icv)],
        { padTo, trailer: 2 }, // pad length and next header
      );
    }
    default: {
      const { type } = tunnel as { type: unknown };
      throw new NetError("ARGUMENT_INVALID", `Expected a type of tunnel that is known, got ${String(type)}`);
    }
  }
}

const UDP = part("UDP", 8);

/** VXLAN and Geneve carry whole frames, so the inner packet brings its Ethernet header; a VLAN tag in it is one more tunnel. */
const INNER_ETHERNET = part("inner Ethernet", 14);

/** ESP pads to 4 bytes at least, a block cipher to its block (RFC 4303, section 2.4). Lengths in bytes. */
const ESP_CIPHERS: Record<EspCipher, { iv: number; icv: number; padTo: number; source: string }> = {
  "aes-gcm": { iv: 8, icv: 16, padTo: 4, source: "RFC 4106, sections 3 and 6" },
  "chacha20-poly1305": { iv: 8, icv: 16, padTo: 4, source: "RFC 7634, section 2" },
  "aes-cbc-hmac-sha1": { iv: 16, icv: 12, padTo: 16, source: "RFC 3602, section 3; RFC 2404, section 2" },
  "aes-cbc-hmac-sha256": { iv: 16, icv: 16, padTo: 16, source: "RFC 3602, section 3; RFC 4868, section 2" },
};

function ip(version: IpVersion): TunnelPart {
  return part(`outer IPv${version}`, ipLimits(version).header);
}

function part(name: string, length: number): TunnelPart {
  return { name, length };
}

function layout(
  source: string,
  parts: readonly TunnelPart[],
  rest: Partial<TunnelLayout> = {},
): TunnelLayout {
  return { parts, padTo: 1, trailer: 0, padsWithinMtu: false, counted: true, source, ...rest };
}
