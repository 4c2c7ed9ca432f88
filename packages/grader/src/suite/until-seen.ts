import { NoEvidence } from "./statistics.ts";
import { story } from "./story.ts";
import { markWire, rewindWire } from "./wire.ts";

/**
 * Stages something that a busy machine may spoil. Where its own evidence is missing, what was done is forgotten and it is
 * staged again, with times twice as long, so that a learner reads one attempt whatever the machine had to do.
 *
 * ```ts
 * await untilSeen(async (factor) => {
 *   const reply = request({ idleTimeout: 50 * factor });
 *   await awaitEvidence(() => peer.receivedBytes > 0, "the request arrive before its time is over", 50 * factor);
 *   …
 * });
 * ```
 *
 * @param stage is told 1, then 2, 4, 8
 * @throws {NoEvidence} the last attempt's
 */
export async function untilSeen<T>(stage: (factor: number) => Promise<T>, { attempts = 4 } = {}): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const [steps, wire] = [story().mark(), markWire()];
    try {
      return await stage(2 ** (attempt - 1));
    } catch (error) {
      if (!(error instanceof NoEvidence) || attempt === attempts) throw error;
      story().rewind(steps);
      rewindWire(wire);
    }
  }
}
