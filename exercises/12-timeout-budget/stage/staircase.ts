import type { HopPlan } from "../budget.ts";

/** Written as {@link staircase} reads it; the names of those that are too short; why. */
export const staircases = [
  ["600 400 200", "", "600 covers 400 + 50, and 400 covers 200 + 50"],
  ["400 400 400", "edge service", "Equal time-outs leave no time for the error to travel"],
  ["200 400 600", "edge service", "The outer hop has to wait longer, not shorter"],
  ["450 400", "", "450 is exactly 400 + 50, and that is enough"],
  ["449 400", "edge", "449 is 1 less than 400 + 50"],
  ["2x600 400 200", "edge", "Each of two attempts may take 400 + 50"],
  ["2x920 400", "", "2 × (400 + 50), and one pause of 20 between them, are 920"],
  ["2x919 400", "edge", "2 × (400 + 50), and one pause of 20 between them, are 920"],
  ["3x510 100", "", "3 × (100 + 50), and pauses of 20 and 40 between them, are 510"],
  ["3x509 100", "edge", "3 × (100 + 50), and pauses of 20 and 40 between them, are 510"],
  ["600 400 3x200", "", "The last hop calls nobody: its attempts cost nothing"],
  ["900 300 280 100", "service", "Each hop is compared with the next one, and with no other"],
  ["500+70 400+150 200", "", "The edge waits its own margin, 70, longer than the service works"],
] as const;

const names = ["edge", "service", "database", "disk"];

/**
 * Hops from the outside in: `2x600` has two attempts and a time-out of 600; `500+70` has a margin of 70, where it is not 50.
 * The first pause is 20.
 */
export function staircase(text: string): HopPlan[] {
  return text.split(" ").map((hop, index) => {
    const [, attempts = 1, timeout, margin = 50] = /^(?:(\d)x)?(\d+)(?:\+(\d+))?$/.exec(hop) ?? [];
    return {
      name: names[index] ?? "",
      timeout: Number(timeout),
      attempts: Number(attempts),
      margin: Number(margin),
      backoff: 20,
    };
  });
}

/** For the story; what is not told is the same for all: attempts 1, margin 50, backoff 20. */
export function describe(hops: HopPlan[]): string {
  const each = hops.map(({ name, timeout, attempts, margin }) => {
    const own = [attempts !== 1 && `attempts ${attempts}`, margin !== 50 && `margin ${margin}`].filter(
      Boolean,
    );
    return own.length > 0 ? `${name} ${timeout} (${own.join(", ")})` : `${name} ${timeout}`;
  });
  return each.join(", ");
}
