/**
 * From 0 to below 1, decided by the seed and the numbers and by nothing else: a hash instead of a sequence, so that it
 * does not matter what was asked before.
 */
export function chance(seed: number, ...numbers: number[]): number {
  return numbers.reduce((hash, number) => mix(hash ^ Math.imul(number, 0x9e37_79b9)), mix(seed)) / 2 ** 32;
}

/** The finalizer of MurmurHash3 (Appleby, `fmix32`): each bit that goes in changes half of those that come out. */
function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
