import leven from "leven";

/**
 * What was perhaps meant, best first, three at the most: of names that differ in more than half of their letters none is.
 *
 * @param spelling what of a name is compared
 */
export function nearestOf(
  typed: string,
  names: string[],
  spelling: (name: string) => string = (name) => name,
): string[] {
  const wanted = typed.toLowerCase();
  return names
    .map((name) => {
      const spelt = spelling(name).toLowerCase();
      return { name, distance: leven(wanted, spelt), most: Math.max(wanted.length, spelt.length) / 2 };
    })
    .filter(({ distance, most }) => distance <= most)
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}
