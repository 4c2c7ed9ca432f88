import { lowerShare, nextSize } from "./next-size.ts";
import { wholeNumber } from "../whole-number.ts";

/** RFC 8899, section 5.2. `ERROR`: not even `base` passes, something smaller may. `DISABLED`: nothing passes. */
export type PathMtuState = "DISABLED" | "BASE" | "SEARCHING" | "SEARCH_COMPLETE" | "ERROR";

/** Send a packet of `probe` bytes; or the search is over, and `done` is the path's MTU, `undefined` when nothing passes. */
export type PathMtuStep = { probe: number } | { done: number | undefined };

/** All sizes are of whole IP packets, in bytes. */
export interface PathMtuSearchOptions {
  /** The MTU of the interface, or what the peer takes in if that is less: MAX_PLPMTU. */
  max: number;
  /** A size that nearly every path carries, BASE_PLPMTU. Default 1280, or `max` where that is less. */
  base?: number;
  /** What to try when `base` does not pass: MIN_PLPMTU. Default `base`. */
  min?: number;
  /** Most probes of one search, lost ones as well. Default 64: enough for an exact answer up to 65,535 without random loss. */
  probeBudget?: number;
  /** So many losses in a row say that a size does not pass; a single one says nothing. Default 3, MAX_PROBES. */
  maxProbes?: number;
  /** The answer may be up to this many bytes, less one, below the path's MTU. Default 1: exact. */
  granularity?: number;
}

/**
 * Finds a path's MTU without ICMP: by probes, packets of a chosen size that may not be fragmented (RFC 8899, DPLPMTUD; RFC
 * 4821). It has no clock and no socket: you send what `next` says, and tell what became of it. Only what was acknowledged
 * becomes the answer, so it is never above the path's MTU, as long as the path does not change.
 *
 * Where RFC 8899 ends a search after MAX_PROBES losses, this one takes them as a verdict about that size and goes on below
 * it, up to `probeBudget`: the algorithm is left to the implementer (section 5.3).
 */
export class PathMtuSearch {
  readonly #max: number;
  readonly #base: number;
  readonly #min: number;
  readonly #budget: number;
  readonly #maxProbes: number;
  readonly #granularity: number;
  readonly #share: number;

  /** The largest size that passed; `undefined` while none did. */
  #confirmed: number | undefined;
  /** The smallest size that does not pass, as far as losses tell. */
  #ruledOut: number;
  /** What a router said, or what it was before: tried first, and then the size above it. */
  #hint: number | undefined;
  /** PROBE_COUNT: losses in a row of the size that is due. */
  #losses = 0;
  #probes = 0;
  /** Sizes that were due since the search began: an acknowledgement of another one is not believed. */
  readonly #offered = new Set<number>();
  /** What a router's word has lowered the path to: until that proves right, the next such word is not believed. */
  #doubted: number | undefined;

  /** Throws `ARGUMENT_INVALID` unless 68 ≤ min ≤ base ≤ max ≤ 2³² − 1, and every number is whole and from 1. */
  constructor(options: PathMtuSearchOptions) {
    const { max, probeBudget = 64, maxProbes = 3, granularity = 1 } = options;
    this.#max = wholeNumber("max", max, 68, 0xffff_ffff);
    this.#base = wholeNumber("base", options.base ?? Math.min(1280, max), 68, max);
    this.#min = wholeNumber("min", options.min ?? this.#base, 68, this.#base);
    this.#budget = wholeNumber("probeBudget", probeBudget, 1, 0xffff_ffff);
    this.#maxProbes = wholeNumber("maxProbes", maxProbes, 1, 0xffff_ffff);
    this.#granularity = wholeNumber("granularity", granularity, 1, 0xffff_ffff);
    this.#share = lowerShare(maxProbes);
    this.#ruledOut = max + 1;
  }

  /** What to do now. The same until `acked`, `lost` or another event says something new. */
  next(): PathMtuStep {
    const probe = this.#due();
    if (probe === undefined) return { done: this.#confirmed };
    this.#offered.add(probe);
    return { probe };
  }

  get state(): PathMtuState {
    const due = this.#due();
    if (this.#confirmed === undefined) {
      if (due === undefined) return "DISABLED";
      return due === this.#base ? "BASE" : "ERROR";
    }
    if (this.#confirmed < this.#base) return "ERROR";
    return due === undefined ? "SEARCH_COMPLETE" : "SEARCHING";
  }

  /** The size to send data with meanwhile, PLPMTU: the largest that passed; before that `base`, or `min` when `base` failed. */
  get plpmtu(): number {
    return this.#confirmed ?? (this.#base < this.#ruledOut ? this.#base : this.#min);
  }

  /**
   * A probe of this size arrived, also a late one. False, and nothing changes, for a size that `next` never asked for.
   */
  acked(size: number): boolean {
    if (!this.#offered.has(size)) return false;
    if (size === this.#due()) this.#probes++;
    if (this.#confirmed !== undefined && size <= this.#confirmed) return true;
    this.#confirmed = size;
    this.#losses = 0;
    // It passed after all: those losses were chance, and what they said of larger sizes goes with them.
    if (size >= this.#ruledOut) this.#ruledOut = this.#max + 1;
    return true;
  }

  /** No acknowledgement came in time (PROBE_TIMER). False, and nothing changes, for a size that is not due. */
  lost(size: number): boolean {
    if (size !== this.#due() || !this.#offered.has(size)) return false;
    this.#probes++;
    this.#losses++;
    if (this.#losses < this.#maxProbes) return true;
    this.#losses = 0;
    this.#ruledOut = size;
    if (this.#doubted !== undefined && size === this.#doubted + this.#granularity) this.#doubted = undefined;
    return true;
  }

  /**
   * A router says that a packet was too big for its next link of `mtu` bytes (ICMP type 3 code 4; ICMPv6 type 2). The caller
   * has seen that it quotes a packet of ours (RFC 8899, section 4.6.1). Even so it is a hint: it chooses the next probe and is
   * never the answer.
   *
   * False, and nothing changes, when implausible: below `base`, or not below the probe (section 4.6.2); and while an earlier
   * one that lowered the path has not proved right. Below what had passed, the path may have changed: back to `base`, then
   * the hint. Forged ones so cost probes, never the answer. Throws `ARGUMENT_INVALID` unless a whole number below 2³².
   */
  packetTooBig(mtu: number): boolean {
    wholeNumber("mtu", mtu, 0, 0xffff_ffff);
    const confirmed = this.#confirmed;
    if (confirmed === undefined || mtu < this.#base || mtu >= (this.#due() ?? confirmed)) return false;
    if (mtu < confirmed) {
      if (this.#doubted !== undefined) return false;
      this.blackHole();
      this.#doubted = mtu;
    } else if (mtu === this.#hint) {
      return false; // said already: each probe may bring it again
    }
    this.#hint = mtu;
    this.#losses = 0;
    return true;
  }

  /** Packets of a size that had passed are lost, again and again (section 4.3): back to `base`, the search begins anew. */
  blackHole(): void {
    this.#confirmed = undefined;
    this.#hint = undefined;
    this.#offered.clear();
    this.#searchAgain();
  }

  /** It is time to see whether the path carries more (PMTU_RAISE_TIMER, 600 s); after `DISABLED`, whether it carries anything. */
  raise(): void {
    this.#hint = this.#confirmed;
    this.#searchAgain();
  }

  #searchAgain(): void {
    this.#ruledOut = this.#max + 1;
    this.#losses = 0;
    this.#probes = 0;
    this.#doubted = undefined;
  }

  /** PROBED_SIZE: follows from what is known, so it stays the same until more is. */
  #due(): number | undefined {
    if (this.#probes >= this.#budget) return undefined;
    if (this.#confirmed === undefined) {
      return [this.#base, this.#min].find((size) => size < this.#ruledOut);
    }
    return nextSize({
      confirmed: this.#confirmed,
      ruledOut: this.#ruledOut,
      max: this.#max,
      hint: this.#hint,
      granularity: this.#granularity,
      share: this.#share,
    });
  }
}
