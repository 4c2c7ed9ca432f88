import { setTimeout } from "node:timers/promises";
import { LossyRelay, seededDatagrams } from "@tcpip-workshop/faults/udp";
import { awaitEvidence, seed, timeline } from "@tcpip-workshop/grader/suite";

/** A relay that does all that a network may do, to three of ten datagrams each. */
export async function storm(server: { port: number }): Promise<LossyRelay> {
  const faults = seededDatagrams({ seed: seed().fold(), drop: 0.3, duplicate: 0.3, reorder: 0.3 });
  const relay = await LossyRelay.start(server, faults, { holdLimit: 5 });
  timeline(relay);
  return relay;
}

export async function hasStormed({ counts }: LossyRelay): Promise<void> {
  const all = () =>
    [counts.toServer, counts.toClient].every(
      ({ dropped, duplicated, reordered }) => dropped > 0 && duplicated > 0 && reordered > 0,
    );
  await awaitEvidence(all, "the relay drops, doubles and reorders both ways");
}

/** The client's `wait` in it: hundreds of attempts take no longer than they must. */
export function wait(_: number, signal: AbortSignal): Promise<unknown> {
  return setTimeout(2, undefined, { signal });
}
