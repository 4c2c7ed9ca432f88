import { evidence, expect, step } from "@tcpip-workshop/grader/suite";
import { control } from "./control.ts";
import { starved } from "./counters.ts";
import { shortestDelay, type End, type Look } from "./end.ts";

/** What may be held: the rule that breaks, and how it comes about. */
export interface Story {
  rule: string;
  steps: string[];
  /**
   * Whether who is slow, without having been short of CPU, must have waited for an ACK. Otherwise ten batches that show
   * nothing are let pass: between two records lie two processes, and a busy machine may take 40 ms for them each time.
   */
  isTimed: boolean;
}

const bodyHeld: Story = {
  rule: "The body must not wait in the sender's kernel until the header is acknowledged",
  steps: [
    "in most of them the header arrives, and no body",
    "the kernel's table: the body has been written, and lies in the sender's Send-Q",
    "the receiver's kernel waits for a reply that could carry its ACK; then its timer ends the wait",
    "the ACK arrives, and the body leaves",
  ],
  isTimed: true,
};

export const recordHeld: Story = {
  rule: "What an upload writes must not wait in the sender's kernel until what it wrote before is acknowledged",
  steps: [
    "a first part arrives, and no more, though you had more and wrote it",
    "the kernel's table: it lies in the sender's Send-Q, not sent",
    "the receiver's kernel waits for a reply that could carry its ACK; then its timer ends the wait",
    "the ACK arrives, and the rest leaves",
  ],
  isTimed: false,
};

/**
 * Judges by exchanges that were held, or that were too quick to have been. Where there is neither, it makes more of them.
 *
 * @param pid of the process that sends
 * @param exchanges makes some; their calls are no steps, for nobody knows how often it takes
 */
export async function nothingIsHeld(
  pid: number,
  ends: End[],
  exchanges: () => Promise<unknown>,
  story = bodyHeld,
): Promise<void> {
  await control();
  const those = (kind: Look["kind"]) => ends.flatMap((end) => end.looks).filter((look) => look.kind === kind);
  for (let batch = 0, slow = 0; ; batch++) {
    evidence(batch < 30, "one exchange on a machine that is not too busy to tell");
    const began = performance.now() - starved(pid);
    await exchanges();
    const [held, prompt] = [those("held"), those("prompt")];
    const [first] = held;
    // One alone may have been on its way: a busy machine delivers late, even to itself.
    if (first !== undefined && held.length > Math.max(1, prompt.length)) {
      for (const line of story.steps) step(line);
      const found = `≈${first.bytes} bytes in Send-Q, not sent; the reader had all after ≈${Math.round(first.milliseconds)} ms`;
      expect(found, story.rule).toBe("sent");
    }
    if (prompt.length > held.length || (!story.isTimed && batch === 9)) return;
    // Who had a CPU all the time, and was slow, waited for something else.
    if (performance.now() - starved(pid) - began > 4 * shortestDelay) slow++;
    if (story.isTimed && slow === 2 && prompt.length === 0)
      expect("as slow as a delayed ACK", story.rule).toBe("sent");
  }
}
