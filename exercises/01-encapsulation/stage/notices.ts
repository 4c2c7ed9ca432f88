import { expect, quietly, type Answer } from "@tcpip-workshop/grader/suite";
import type { Damaged } from "./damage.ts";
import { dump } from "./dump.ts";
import { sealed, type Frame } from "./frame.ts";
import { refusal } from "./refusal.ts";
import { told } from "./told.ts";

/** Expects `damagedLayer` to name the layer that notices first. */
export async function notices(
  answer: Answer<typeof import("../encapsulation.ts")>,
  { what, bytes, noticedBy, rule, frame }: Damaged,
): Promise<void> {
  const judge = async () => {
    const came = await quietly(() => answer.damagedLayer(bytes)).catch(
      (error: Error) => `threw what peel says (${refusal(error)})`,
    );
    expect(came, rule).toBe(noticedBy);
    return came;
  };
  await told(`damagedLayer(${what})`, judge, () =>
    dump(frame, bytes, { marked: damagedAt(frame, bytes), note: "a damaged byte", fcs: true }),
  );
}

/** In the packet the last byte that is not as it was, for checksums made anew stand before it; else the first one behind. */
function damagedAt(frame: Frame, bytes: Uint8Array): number | undefined {
  const before = sealed(frame.bytes);
  const differing = [...bytes.keys()].filter((index) => bytes[index] !== before[index]);
  return differing.findLast((index) => index < frame.end) ?? differing[0];
}
