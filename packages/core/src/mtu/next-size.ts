import { COMMON_MTUS } from "./common-mtus.ts";

/** What is known of a path: its MTU is from `confirmed` to `ruledOut` − 1. All in bytes. */
export interface SearchRange {
  confirmed: number;
  ruledOut: number;
  max: number;
  /** A size that is likelier than others. */
  hint: number | undefined;
  granularity: number;
  /** Where to cut the range: see `lowerShare`. */
  share: number;
}

/** The size that tells most about the path now; `undefined` when enough is known. */
export function nextSize({
  confirmed,
  ruledOut,
  max,
  hint,
  granularity,
  share,
}: SearchRange): number | undefined {
  const inside = (size: number): boolean => size > confirmed && size < ruledOut;
  if (ruledOut - confirmed <= granularity) return undefined;
  if (hint !== undefined && inside(hint)) return hint;
  // The hint was right if the size above it fails: three probes, and the search is over.
  const above = confirmed + granularity;
  if (confirmed === hint) return above;
  // Most paths carry what their first link does.
  if (ruledOut > max) return max;
  const common = COMMON_MTUS.filter(inside);
  if (common.length > 0) return common[Math.floor(common.length * share)];
  if (COMMON_MTUS.includes(confirmed)) return above;
  return Math.max(
    confirmed + 1,
    Math.min(ruledOut - 1, confirmed + Math.round((ruledOut - confirmed) * share)),
  );
}

/**
 * Where to cut a range in two. A size that passes costs one probe and one that does not costs `maxProbes`, so the middle
 * would be too high: with r for what is left above the cut, r = 1 − r ^ maxProbes shrinks the range equally for each probe.
 * 0.5 for 1 probe, 0.32 for 3.
 */
export function lowerShare(maxProbes: number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 30; step++) {
    const r = (low + high) / 2;
    if (r + r ** maxProbes < 1) low = r;
    else high = r;
  }
  return 1 - low;
}
