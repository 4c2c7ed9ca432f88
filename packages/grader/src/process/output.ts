import type { Readable } from "node:stream";

/** The most that is kept of what an answer prints in one test, in bytes; the rest is read, so that the answer does not stall, and counted. */
export const outputLimit = 64 * 1024;

/** Bytes of the end that are kept for the reason of a death. */
const endLimit = 8 * 1024;

/** The most characters of a line that are looked at for the reason of a death. */
const lineShown = 1000;

/** What an answer's process printed, stdout and stderr in the order they came. */
export class Output {
  /** What nobody has taken yet, cut off at {@link outputLimit}. */
  #kept: Buffer[] = [];
  #length = 0;
  /** The end of all that was printed. */
  #end: Buffer = Buffer.alloc(0);

  collect(stream: Readable): void {
    stream.on("data", (chunk: Buffer) => {
      const room = Math.max(0, outputLimit - this.#length);
      if (room > 0) this.#kept.push(chunk.subarray(0, room));
      this.#length += chunk.length;
      this.#end = Buffer.concat([this.#end, chunk.subarray(-endLimit)]).subarray(-endLimit);
    });
    stream.on("error", () => {});
  }

  /** What was printed since it was last taken, and a line that says how much of it was not kept. For what comes there is as much room. */
  take(): string {
    const text = Buffer.concat(this.#kept).toString("utf8");
    const lost = this.#length - outputLimit;
    this.#kept = [];
    this.#length = 0;
    return lost > 0 ? `${text}\n… and ${lost.toLocaleString("en")} bytes more, not kept\n` : text;
  }

  /** The last lines, for the reason of a death. */
  tail(lines: number): string {
    const last = this.#end.toString("utf8").trimEnd().split("\n").slice(-lines);
    return last.map((line) => (line.length > lineShown ? `${line.slice(0, lineShown)}…` : line)).join("\n");
  }
}
