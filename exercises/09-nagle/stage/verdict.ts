import { evidence, expect, step } from "@tcpip-workshop/grader/suite";
import { control } from "./control.ts";
import { starved } from "./counters.ts";
import { shortestDelay, type End, type Look } from "./end.ts";

const atOnce = "all of it is sent at once";

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

const delayedAck =
  "the other end's kernel delays the ACK, for data may carry it; some 40 ms later its timer sends the ACK alone";

export const bodyHeld: Story = {
  rule: "A call's body must not wait in your kernel until its header is acknowledged",
  steps: [
    "in most of the calls the header arrives alone",
    "the kernel's table: you have written the body; it lies in your socket's Send-Q, not sent",
    delayedAck,
    "the ACK arrives, and the body leaves",
  ],
  isTimed: true,
};

export const replyHeld: Story = {
  rule: "A reply's body must not wait in your kernel until its `ok` is acknowledged",
  steps: [
    "in most of the replies `ok` arrives alone",
    "the kernel's table: you have written the body; it lies in your socket's Send-Q, not sent",
    delayedAck,
    "the ACK arrives, and the body leaves",
  ],
  isTimed: true,
};

export const recordHeld: Story = {
  rule: "What an upload writes must not wait in your kernel until what it wrote before is acknowledged",
  steps: [
    "a first part of the upload arrives, and no more",
    "the kernel's table: you have written more; it lies in your socket's Send-Q, not sent",
    delayedAck,
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
  story: Story,
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
      const found = `≈${first.bytes} bytes written and not sent; all was there after ≈${Math.round(first.milliseconds)} ms`;
      expect(found, story.rule).toBe(atOnce);
    }
    if (prompt.length > held.length || (!story.isTimed && batch === 9)) return;
    // Who had a CPU all the time, and was slow, waited for something else.
    if (performance.now() - starved(pid) - began > 4 * shortestDelay) slow++;
    if (story.isTimed && slow === 2 && prompt.length === 0)
      expect("as late as a delayed ACK lets it go, or later", story.rule).toBe(atOnce);
  }
}
