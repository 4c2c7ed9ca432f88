// Mistake: the system brings an error when a connection cannot be made
// Caught by: gets no answer where the accept queue is full, and leaves no SYN behind
// Tell: Your limit begins when the socket is connected. A SYN that nobody answers brings no event at all,
//   until the kernel gives up after about two minutes: the handshake needs a limit of yours.
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

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
  // 0 as well: Node asks for 511 then.
  const asked = backlog || 511;
  return Math.min(asked, somaxconn) + 1;
}

/**
 * Whether anything listens: tries a handshake, and leaves no socket behind.
 *
 * Rejects with the system's error when the SYN did not leave this host (`ENETUNREACH` and others).
 */
export async function probe(
  port: number,
  { host = "127.0.0.1", timeout = 1000 }: ProbeOptions = {},
): Promise<Reachability> {
  const socket = await reach(port, host, AbortSignal.timeout(timeout));
  if (typeof socket === "string") return socket;
  socket.destroy();
  return "accepted";
}

/**
 * Whether a service works: sends "ping\n", and wants "pong\n". Leaves no socket behind, and rejects where `probe` does.
 */
export async function checkHealth(
  port: number,
  { host = "127.0.0.1", timeout = 1000 }: ProbeOptions = {},
): Promise<Health> {
  // One limit for the handshake and the reply.
  const limit = AbortSignal.timeout(timeout);
  const socket = await reach(port, host, limit);
  if (typeof socket === "string") return socket;
  try {
    socket.write("ping\n");
    let reply = "";
    for await (const text of socket.setEncoding("latin1") as AsyncIterable<string>) {
      reply += text;
      if (reply.includes("\n")) return reply.startsWith("pong\n") ? "healthy" : "sick";
      if (reply.length > LONGEST_REPLY) break;
    }
  } catch {
    // A reset ends it, as FIN does.
    if (limit.aborted) return "mute";
  } finally {
    socket.destroy();
  }
  return "sick";
}

/** Characters without a line feed: nobody should fill our memory. */
const LONGEST_REPLY = 1024;

/** A connected socket, which `limit` will destroy, or what became of the SYN instead. */
async function reach(
  port: number,
  host: string,
  limit: AbortSignal,
): Promise<Socket | "refused" | "no answer"> {
  const socket = connect({ port, host });
  // Whoever reads gets it too. Without a listener it would end the process.
  socket.on("error", () => {});
  try {
    await once(socket, "connect");
    limit.addEventListener("abort", () => socket.destroy(new Error("late")));
    return socket;
  } catch (error) {
    // The signal has destroyed the socket: no SYN is left that the kernel would send again.
    if (limit.aborted) return "no answer";
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ECONNREFUSED") return "refused";
    if (code === "ETIMEDOUT") return "no answer"; // the kernel was the first to give up
    throw error;
  }
}

/**
 * Starts the service: resolves when it is ready for a burst.
 *
 * Rejects with a RangeError for a `backlog` that is no integer from 1 on, with the warm-up's own error, and with the
 * system's (`EADDRINUSE`). Nothing listens then.
 */
export async function startService({ warmUp, port = 0, backlog = 511 }: ServiceOptions): Promise<Service> {
  if (!Number.isSafeInteger(backlog) || backlog < 1) {
    throw new RangeError(`Expected a backlog that is an integer from 1 on, got ${backlog}`);
  }
  await warmUp();
  const { server, close } = createPingServer();
  server.listen({ port, host: "127.0.0.1", backlog });
  // Rejects with what "error" brings.
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, close };
}

/**
 * Asks until the service is healthy, or `attempts` are over; resolves to what it was at last.
 *
 * Between two attempts it waits. The ceiling of the wait is `firstDelay`, then twice that, and so on, up to `maxDelay`;
 * the wait itself is a random time from half of its ceiling up to all of it. Rejects, at once, with what `checkHealth`
 * rejects with.
 */
export async function waitUntilHealthy(
  port: number,
  { attempts = 5, firstDelay = 100, maxDelay = 2000, sleep = delay, ...limits }: RetryOptions = {},
): Promise<Health> {
  for (let attempt = 1; ; attempt++) {
    const health = await checkHealth(port, limits);
    if (health === "healthy" || attempt >= attempts) return health;
    const ceiling = Math.min(maxDelay, firstDelay * 2 ** (attempt - 1));
    await sleep(ceiling * (0.5 + Math.random() / 2));
  }
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
