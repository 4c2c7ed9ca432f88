import type { Readable } from "node:stream";

/** The most that is kept of what an answer prints, in bytes; the rest is read, so that the answer does not stall, and counted. */
export const outputLimit = 64 * 1024;

/** The most characters of a line that are looked at for the reason of a death. */
const lineShown = 1000;

/** What an answer's process printed, stdout and stderr in the order they came, cut off at {@link outputLimit}. */
export class Output {
  #kept: Buffer[] = [];
  #length = 0;

  collect(stream: Readable): void {
    stream.on("data", (chunk: Buffer) => {
      const room = Math.max(0, outputLimit - this.#length);
      if (room > 0) this.#kept.push(chunk.subarray(0, room));
      this.#length += chunk.length;
    });
    stream.on("error", () => {});
  }

  /** What was kept, and a line that says how much was not. */
  get text(): string {
    const text = Buffer.concat(this.#kept).toString("utf8");
    const lost = this.#length - outputLimit;
    return lost > 0 ? `${text}\n… and ${lost.toLocaleString("en")} bytes more, not kept\n` : text;
  }

  /** The last lines, for the reason of a death. */
  tail(lines: number): string {
    const last = this.text.trimEnd().split("\n").slice(-lines);
    return last.map((line) => (line.length > lineShown ? `${line.slice(0, lineShown)}…` : line)).join("\n");
  }
}
