import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { WireLog } from "../record.ts";

/** `-L` opens the interface, for which it needs the same rights as to listen. */
const tried = spawnSync("tcpdump", ["-i", "lo", "-L"], { encoding: "utf8", timeout: 10_000 });

/** Why tests with tcpdump are skipped, for their titles; else empty. */
export const noDump = tried.status === 0 ? "" : " (skipped: needs tcpdump, and the right to listen on lo)";

/** tcpdump on the loopback interface. */
export class TcpDump implements AsyncDisposable {
  static async start(filter: string): Promise<TcpDump> {
    const dump = new TcpDump(filter);
    await new WireLog().until(() => dump.#said.includes("listening on"), { timeout: 30_000 });
    return dump;
  }

  /** A line a segment. */
  printed = "";
  #said = "";
  readonly #child;

  constructor(filter: string) {
    const args = ["-i", "lo", "-nl", "--immediate-mode", `tcp and ${filter}`];
    this.#child = spawn("tcpdump", args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#child.stdout.on("data", (chunk: Buffer) => (this.printed += chunk.toString()));
    this.#child.stderr.on("data", (chunk: Buffer) => (this.#said += chunk.toString()));
  }

  /** Bytes of payload of each segment. */
  lengths(): number[] {
    return [...this.printed.matchAll(/length (\d+)$/gm)].map(([, length]) => Number(length));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#child, "close");
    this.#child.kill("SIGKILL");
    await closed;
  }
}
