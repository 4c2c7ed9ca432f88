/** How often what is odd is tried again, by itself. */
export const triedAgain = 2;

/** What is gone by, and what was odd about the first attempt. */
export interface Settled<T> {
  value: T;
  /** Empty when nothing was. */
  odd: string[];
  /** The attempts after an odd first one were all as they must be. */
  isForgiven: boolean;
}

/**
 * Goes by the first attempt, unless it is odd and the next two are not. A machine that stands still for a tenth of a second
 * in the middle of an incident does that, once in some hundreds of gradings; a suite that cannot be trusted does it again.
 */
export async function settle<T>(
  first: T,
  oddities: (value: T) => string[],
  again: () => Promise<T>,
): Promise<Settled<T>> {
  const odd = oddities(first);
  let value = first;
  for (let attempt = 0; odd.length > 0 && attempt < triedAgain; attempt++) {
    value = await again();
    if (oddities(value).length > 0) return { value: first, odd, isForgiven: false };
  }
  return { value, odd, isForgiven: odd.length > 0 };
}
