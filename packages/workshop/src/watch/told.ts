import type { LiveEvent } from "../live/live-event.ts";

/** Said once for whatever was pasted within so many milliseconds: a long text comes in several chunks. */
const onePaste = 1000;

/** What the session says of itself. */
export class Told {
  #pasted = Number.NEGATIVE_INFINITY;

  readonly paste = ["", "What is pasted is no keys: nothing was done. Keys come one by one; ? lists them."];

  /** Whether this is not the rest of what has been told already. */
  isNewPaste(now = performance.now()): boolean {
    const isNew = now - this.#pasted > onePaste;
    this.#pasted = now;
    return isNew;
  }

  broken({ label, message, isUnreadable }: Extract<LiveEvent, { kind: "broken" }>): string[] {
    return isUnreadable === true
      ? ["", `${label} cannot be read: ${message}. It is graded as soon as it can be.`]
      : ["", `The grader broke: ${message}. It starts anew when you save, or with t.`];
  }

  polling(why: string | undefined): string[] {
    const because = why === undefined ? "" : ` (${why})`;
    return [
      "",
      `File events do not arrive here${because}: your files are looked at 5 times a second instead.`,
    ];
  }
}
