import { expect, quietly, type Answer } from "@tcpip-workshop/grader/suite";
import type { Damaged } from "./damage.ts";
import { dump } from "./dump.ts";
import { refusal } from "./refusal.ts";
import { told } from "./told.ts";

/** Expects `damagedLayer` to name the layer that notices first. */
export async function notices(
  answer: Answer<typeof import("../encapsulation.ts")>,
  { what, bytes, noticedBy, rule, frame }: Damaged,
): Promise<void> {
  const fits =
    noticedBy === "none"
      ? "Nothing happened to this frame: FCS, IPv4, UDP or TCP, and the message's own CRC fit"
      : `The first check, counted from below, that does not fit is the ${noticedBy} layer's`;
  const judge = async () => {
    const came = await quietly(() => answer.damagedLayer(bytes)).catch(
      (error: Error) => `threw what peel says (${refusal(error)})`,
    );
    expect(came, rule ?? fits).toBe(noticedBy);
    return came;
  };
  await told(`damagedLayer(${what})`, judge, () => dump(frame, bytes));
}
