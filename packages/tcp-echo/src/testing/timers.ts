import { createHook } from "node:async_hooks";
import { setImmediate as turn } from "node:timers/promises";

/**
 * Watches every timer that is begun from now on: `running` counts them, `allGone` waits until those begun before its call have
 * been cleared or have fired, and throws when one is left. Exact, where a count before and a count after would take the end of
 * a stranger's timer, such as the test runner's, for the end of ours.
 */
export function watchTimers(): { running: () => number; allGone: () => Promise<void> } {
  const running = new Map<number, string>();
  const hook = createHook({
    init: (id, type) => {
      if (type === "Timeout") running.set(id, new Error().stack ?? "");
    },
    destroy: (id) => void running.delete(id),
  }).enable();
  return {
    running: () => running.size,
    async allGone(): Promise<void> {
      const watched = new Map(running);
      const end = performance.now() + 30_000;
      for (;;) {
        const left = [...watched].find(([id]) => running.has(id));
        if (left === undefined) break;
        if (performance.now() > end) throw new Error(`Expected every timer to end, got one begun ${left[1]}`);
        await turn();
      }
      hook.disable();
    },
  };
}
