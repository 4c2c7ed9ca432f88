/** Points in hundredths, whole: sums of these are exact. */
export function cents(count: number): number {
  return Math.round(count * 100);
}

export function points(inCents: number): number {
  return inCents / 100;
}

/**
 * Shares out a whole number by weight, without a rest: each gets its share rounded down, and what is left goes one by one to
 * those who lost most by that (the largest remainder, Hamilton's method), of equals to the first. Weights of nothing but 0
 * share alike.
 *
 * @param weights at most two decimals each
 */
export function shareOut(total: number, weights: number[]): number[] {
  const whole = weights.map(cents);
  const sum = whole.reduce((all, weight) => all + weight, 0);
  const parts = sum === 0 ? weights.map(() => 1) : whole;
  const all = sum === 0 ? weights.length : sum;
  const shares = parts.map((part) => Math.floor((total * part) / all));
  const left = total - shares.reduce((given, share) => given + share, 0);
  const neediest = parts
    .map((part, index) => ({ index, lost: (total * part) % all }))
    .toSorted((a, b) => b.lost - a.lost || a.index - b.index);
  for (const { index } of neediest.slice(0, left)) shares[index] = (shares[index] ?? 0) + 1;
  return shares;
}
