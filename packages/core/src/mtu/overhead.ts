import { NetError } from "../net-error.ts";
import { ipLimits } from "./ip-limits.ts";
import { tunnelLayout, type Tunnel } from "./tunnel.ts";
import { wholeNumber } from "../whole-number.ts";

const MOST = 0xffff_ffff;

/**
 * How many bytes a tunnel adds to a packet of `innerLength` bytes, padding and all. With WireGuard and ESP it depends on that
 * length. `mtu` is that of the tunnel's interface: WireGuard does not pad beyond it.
 *
 * Throws `ARGUMENT_INVALID` for a length that is no whole number, or above `mtu`; and for an unknown tunnel.
 */
export function overhead(tunnel: Tunnel, innerLength: number, mtu: number = MOST): number {
  const { parts, padTo, trailer, padsWithinMtu } = tunnelLayout(tunnel);
  wholeNumber("mtu", mtu, 0, MOST);
  wholeNumber("innerLength", innerLength, 0, mtu);
  const padded = Math.ceil((innerLength + trailer) / padTo) * padTo;
  const inside = padsWithinMtu ? Math.min(padded, mtu) : padded;
  return sum(parts) + inside - innerLength;
}

export interface InnerMtuOptions {
  /** Of the link or path that carries it all, in bytes, e.g. 1500. */
  outerMtu: number;
  /** From the outermost to the innermost: PPPoE before the WireGuard that runs over it. */
  tunnels: readonly Tunnel[];
}

/**
 * The longest packet that goes through without any of the tunnels' own packets being fragmented, in bytes.
 *
 * Throws `ARGUMENT_INVALID` when a tunnel leaves no room, is unknown, or the MTU is no whole number from 68.
 */
export function innerMtu({ outerMtu, tunnels }: InnerMtuOptions): number {
  let mtu = wholeNumber("outerMtu", outerMtu, 68, MOST);
  for (const tunnel of tunnels) {
    const { parts, padTo, trailer, padsWithinMtu, counted } = tunnelLayout(tunnel);
    if (!counted) continue;
    // However large the MTU (a loopback's is 65,536), the packet around it ends where its own length field does.
    const longest = "outer" in tunnel ? ipLimits(tunnel.outer).maxPacket : mtu;
    const room = Math.min(mtu, longest) - sum(parts);
    const inner = padsWithinMtu ? room : Math.floor(room / padTo) * padTo - trailer;
    if (inner < 1) {
      const expected = `Expected room for a packet inside ${tunnel.type}`;
      throw new NetError("ARGUMENT_INVALID", `${expected}, got an MTU of ${mtu} around it`);
    }
    mtu = inner;
  }
  return mtu;
}

function sum(parts: readonly { readonly length: number }[]): number {
  return parts.reduce((length, part) => length + part.length, 0);
}
