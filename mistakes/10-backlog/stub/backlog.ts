import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

/** What becomes of a SYN. */
export type Reachability = "accepted" | "refused" | "no answer";

/** What becomes of a question. Two of them are known before it is asked. */
export type Health = "healthy" | "sick" | "mute" | "refused" | "no answer";

export interface ProbeOptions {
  /** An IPv4 address. Default "127.0.0.1". */
  host?: string | undefined;
  /** Milliseconds for all of it together, 1000 without it. */
  timeout?: number | undefined;
}

export interface ServiceOptions {
  /** What has to be done before the first client comes. Called once. */
  warmUp: () => Promise<void>;
  /** Without it, a free one. */
  port?: number;
  /** How long the accept queue may be: an integer from 1 on. Without it, enough for 300 clients at once. */
  backlog?: number;
}

export interface Service {
  /** On 127.0.0.1. */
  port: number;
  /** Ends all connections; resolves when nothing is left of them. */
  close(): Promise<void>;
}

/** `host` and `timeout` are those of each attempt. */
export interface RetryOptions extends ProbeOptions {
  /** How often to ask, at most. Default 5. */
  attempts?: number;
  /** Milliseconds: the ceiling of the first wait. Default 100. */
  firstDelay?: number;
  /** Milliseconds: no wait is longer, however often it was doubled. Default 2000. */
  maxDelay?: number;
  /** Waits; `setTimeout` of node:timers/promises without it. */
  sleep?: (milliseconds: number) => Promise<unknown>;
}

/**
 * How many clients get connected while the process accepts nobody.
 *
 * @param backlog as handed to Node's `listen`, an integer from 0 on, or undefined
 * @param somaxconn what /proc/sys/net/core/somaxconn says
 */
export function queueRoom(backlog: number | undefined, somaxconn: number): number {
  // TODO: Node has a rule, Linux has two
  throw new Error("not implemented");
}

/**
 * Whether anything listens: tries a handshake, and leaves no socket behind.
 *
 * Rejects with the system's error when the SYN did not leave this host (`ENETUNREACH` and others).
 */
export async function probe(port: number, options: ProbeOptions = {}): Promise<Reachability> {
  // TODO: three things can become of a SYN
  throw new Error("not implemented");
}

/**
 * Whether a service works: sends "ping\n", and wants "pong\n". Leaves no socket behind, and rejects where `probe` does.
 */
export async function checkHealth(port: number, options: ProbeOptions = {}): Promise<Health> {
  // TODO: what a connection proves, and what only a reply proves
  throw new Error("not implemented");
}

/**
 * Starts the service: resolves when it is ready for a burst.
 *
 * Rejects with a RangeError for a `backlog` that is no integer from 1 on, with the warm-up's own error, and with the
 * system's (`EADDRINUSE`). Nothing listens then.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  // TODO: in which order? `createPingServer`, below, is given
  throw new Error("not implemented");
}

/**
 * Asks until the service is healthy, or `attempts` are over; resolves to what it was at last.
 *
 * Between two attempts it waits. The ceiling of the wait is `firstDelay`, then twice that, and so on, up to `maxDelay`;
 * the wait itself is a random time from half of its ceiling up to all of it. Rejects, at once, with what `checkHealth`
 * rejects with.
 */
export async function waitUntilHealthy(port: number, options: RetryOptions = {}): Promise<Health> {
  // TODO: not in a tight loop, and not in step with everybody else
  throw new Error("not implemented");
}

/** Given: the service, not yet listening. It answers each "ping\n" with "pong\n". */
export function createPingServer(): { server: Server; close: () => Promise<void> } {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    let unfinished = "";
    sockets.add(socket);
    socket.setEncoding("latin1");
    socket.on("close", () => sockets.delete(socket));
    // Whoever resets is gone, and Node closes our socket.
    socket.on("error", () => {});
    socket.on("data", (text: string) => {
      const lines = (unfinished + text).split("\n");
      unfinished = (lines.pop() ?? "").slice(-16);
      for (const line of lines) socket.write(line === "ping" ? "pong\n" : "what?\n");
    });
  });
  return {
    server,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
