import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { connect, isIPv4, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { NetError } from "@tcpip-workshop/core/net-error";
import { registerResource } from "../open-resources.ts";
import { WireLog, type TimelineOptions, type UntilOptions, type WireRecord } from "../record.ts";
import { guardedChild, type GuardedChild } from "./guarded-child.ts";
import { listenerSockets, type ListenerSockets } from "./tcp-table.ts";

export interface FrozenListenerOptions {
  /** As in listen(2), 1 to 1023, and at most net.core.somaxconn. Default 1. Not 0: Node makes 511 of it. */
  backlog?: number;
  /** An IPv4 address of this host. Default "127.0.0.1". */
  host?: string;
}

/**
 * A listener whose process is stopped (SIGSTOP), as one that hangs in production: the kernel completes exactly
 * backlog + 1 handshakes for it (listen(2): the queue is full when it is *longer* than the backlog), and drops every SYN
 * after them, so that who dials stays in SYN-SENT. `thaw` lets it accept; it echoes.
 *
 * Linux only. The process dies with this one, however that ends.
 */
export class FrozenListener implements AsyncDisposable {
  readonly host: string;
  readonly backlog: number;
  readonly #log = new WireLog();
  readonly #deregister: () => void;
  readonly #fillers: Socket[] = [];
  #child: GuardedChild | undefined;
  #pid = 0;
  #port = 0;
  #accepted = 0;
  #frozen = false;
  #gone: string | undefined;

  /**
   * Starts the process and stops it. Throws `UNSUPPORTED` where there is no /proc/net/tcp or no `sh`,
   * `ARGUMENT_INVALID`, and `ADDRESS_UNAVAILABLE` if it cannot listen.
   */
  static async start(options: FrozenListenerOptions = {}): Promise<FrozenListener> {
    if (process.platform !== "linux" || !existsSync("/proc/net/tcp")) {
      throw new NetError(
        "UNSUPPORTED",
        `Expected Linux with /proc/net/tcp, to see the accept queue, got ${process.platform}`,
      );
    }
    const listener = new FrozenListener(options);
    try {
      await listener.#listen();
      await listener.freeze();
    } catch (error) {
      await listener[Symbol.asyncDispose]();
      throw error;
    }
    return listener;
  }

  private constructor({ backlog = 1, host = "127.0.0.1" }: FrozenListenerOptions) {
    const most = Math.min(1023, Number(readFileSync("/proc/sys/net/core/somaxconn", "latin1")));
    if (!Number.isInteger(backlog) || backlog < 1 || backlog > most) {
      throw new NetError("ARGUMENT_INVALID", `Expected a backlog from 1 to ${most}, got ${backlog}`);
    }
    if (!isIPv4(host)) throw new NetError("ARGUMENT_INVALID", `Expected an IPv4 address, got "${host}"`);
    this.host = host;
    this.backlog = backlog;
    this.#deregister = registerResource(() => `FrozenListener on port ${this.#port}`);
  }

  get port(): number {
    return this.#port;
  }

  /** The process that listens. */
  get pid(): number {
    return this.#pid;
  }

  /** Connections that the process has accepted: none before `thaw`. */
  get accepted(): number {
    return this.#accepted;
  }

  get records(): readonly WireRecord[] {
    return this.#log.records;
  }

  /** The records as lines to print. */
  timeline(options?: TimelineOptions): string[] {
    return this.#log.timeline(options);
  }

  /** What the kernel's table shows now. */
  async sockets(): Promise<ListenerSockets> {
    return await listenerSockets(this.host, this.#port);
  }

  /**
   * Waits until a condition on the kernel's table, or on `accepted`, holds: it is asked every 10 ms. Throws
   * `TOTAL_TIMEOUT` with what the table shows, and `CLOSED` if the process is gone.
   */
  async until(
    condition: (sockets: ListenerSockets) => boolean,
    { timeout = 10_000 }: UntilOptions = {},
  ): Promise<ListenerSockets> {
    const end = performance.now() + timeout;
    for (;;) {
      const sockets = await this.sockets();
      this.#expectAlive();
      if (condition(sockets)) return sockets;
      if (performance.now() >= end) {
        const seen = `${JSON.stringify(sockets)}, accepted ${this.#accepted}`;
        throw new NetError(
          "TOTAL_TIMEOUT",
          `Expected ${String(condition)} within ${timeout} ms, got ${seen}`,
        );
      }
      await sleep(10);
    }
  }

  /** Completes the handshakes that still fit, and waits until the kernel's table shows backlog + 1 in the queue. */
  async fill(options?: UntilOptions): Promise<void> {
    if (!this.#frozen)
      throw new NetError("ARGUMENT_INVALID", "Expected a frozen listener, got one that accepts");
    const room = this.backlog + 1;
    for (let { queued } = await this.sockets(); queued < room; queued++) {
      const socket = connect({ host: this.host, port: this.#port });
      socket.on("error", () => {});
      this.#fillers.push(socket);
    }
    await this.until(({ queued }) => queued === room, options);
    this.#log.add(`accept queue full: ${room} handshakes complete`);
  }

  /** Lets the process run (SIGCONT): it accepts what is queued, and SYNs that come again. */
  async thaw(options?: UntilOptions): Promise<void> {
    this.#expectAlive();
    // Noted first: it may accept before we see that it runs.
    this.#log.add("thawed");
    this.#frozen = false;
    process.kill(this.#pid, "SIGCONT");
    await this.until(() => !isStopped(this.#pid), options);
  }

  /** Stops the process (SIGSTOP), also a second time: a peer that was served, and now hangs. */
  async freeze(options?: UntilOptions): Promise<void> {
    this.#expectAlive();
    process.kill(this.#pid, "SIGSTOP");
    await this.until(() => isStopped(this.#pid), options);
    this.#frozen = true;
    this.#log.add("frozen");
  }

  /** Kills the process and destroys the sockets of `fill`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#log.end();
    for (const socket of this.#fillers) socket.resetAndDestroy();
    await this.#child?.kill();
    this.#deregister();
  }

  #expectAlive(): void {
    if (this.#gone === undefined) return;
    throw new NetError("CLOSED", `Expected the listener's process alive, got: ${this.#gone}`);
  }

  async #listen(): Promise<void> {
    const { NODE_OPTIONS: _, ...env } = process.env;
    const args = [this.host, String(this.backlog)];
    const child = guardedChild([process.execPath, "-e", PROGRAM, ...args], env);
    this.#child = child;
    child.fd3.resume();
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-2000)));
    void child.ended.then(
      (code) => (this.#gone = `exit ${code} ${stderr}`.trim()),
      (error: unknown) => (this.#gone = String(error)),
    );
    const lines = createInterface({ input: child.stdout });
    const [first] = (await Promise.race([once(lines, "line"), child.ended.then(() => [], noShell)])) as [
      string?,
    ];
    if (first === undefined) {
      throw new NetError(
        "ADDRESS_UNAVAILABLE",
        `Expected a process that listens on ${this.host}, got: ${stderr}`,
      );
    }
    [this.#pid, this.#port] = first.split(" ").map(Number) as [number, number];
    this.#log.add(`process ${this.#pid} listens on port ${this.#port}, backlog ${this.backlog}`);
    lines.on("line", () => this.#log.add(`accepted, ${++this.#accepted} in all`));
  }
}

/** Plain Node without a file: it is the same in the sources and as published. */
const PROGRAM = `
const [, host, backlog] = process.argv;
const server = require("node:net").createServer((socket) => {
  console.log("accepted");
  socket.on("error", () => {});
  socket.pipe(socket);
});
server.listen({ host, port: 0, backlog: Number(backlog) }, () => console.log(process.pid, server.address().port));
`;

function noShell(cause: unknown): never {
  throw new NetError("UNSUPPORTED", "Expected a shell, `sh`, on PATH, got none", { cause });
}

/** The third field of /proc/pid/stat, behind the name in parentheses (proc_pid_stat(5)): T is stopped. */
function isStopped(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")")).startsWith(") T");
  } catch {
    return false; // gone: `until` says so
  }
}
