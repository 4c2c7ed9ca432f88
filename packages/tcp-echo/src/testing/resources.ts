import { setImmediate as turn } from "node:timers/promises";

/** Sockets, servers and timers that keep this process alive. */
export function resources(): number {
  return process.getActiveResourcesInfo().filter((name) => /TCP|Timeout/.test(name)).length;
}

/** Waits until there are no more than `count`, and says how many. By turns of the event loop: a timer to wait with would be counted too. */
export async function resourcesAtMost(count: number): Promise<number> {
  const end = performance.now() + 30_000;
  while (resources() > count) {
    if (performance.now() > end) {
      throw new Error(`Expected at most ${count}, got ${process.getActiveResourcesInfo().join(", ")}`);
    }
    await turn();
  }
  return resources();
}
