import { setTimeout as sleep } from "node:timers/promises";

/** Looks again and again until the kernel shows what is awaited; fails with what it showed instead. */
export async function until<Found>(
  look: () => Found | undefined | false,
  shown: () => unknown,
): Promise<Found> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline)
      throw new Error(`Expected a state that never came, got ${JSON.stringify(shown())}`);
    await sleep(2);
  }
}
