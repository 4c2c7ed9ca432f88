import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";

export interface Usage {
  /** µs of CPU time since the process began. */
  cpu: number;
  /** KiB, the most ever and now. */
  maxRss: number;
  rss: number;
}

/** A lane's server in its own process. */
export class LaneServer implements AsyncDisposable {
  static async start(name: string, target?: number): Promise<LaneServer> {
    const child = fork(`${import.meta.dirname}/server-process.ts`, [name, String(target ?? 0)], {
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
    const [first] = (await Promise.race([
      once(child, "message"),
      once(child, "exit").then(([code]) => Promise.reject(new Error(`${name} ended with ${code}`))),
    ])) as [{ port: number }];
    return new LaneServer(name, child, first.port);
  }

  readonly name: string;
  readonly port: number;
  readonly #child: ChildProcess;

  constructor(name: string, child: ChildProcess, port: number) {
    this.name = name;
    this.port = port;
    this.#child = child;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  async usage(): Promise<Usage> {
    const reply = once(this.#child, "message");
    this.#child.send("usage");
    return (await reply)[0] as Usage;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exit = once(this.#child, "exit");
    this.#child.disconnect();
    await exit;
  }
}
