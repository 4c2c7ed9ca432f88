// Mistake: believes that the first attempt needs no question
// Caught by: calls nobody when the time is up already, or for what is no request
// Tell: Only the retries ask whether there is time. A request that has waited in a queue may come with no
//   time at all.

import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";

/** All times are in milliseconds. Points in time are read from a clock that only goes forward, such as `performance.now()`. */
export interface Policy {
  /** The longest that this hop works on a request, whatever its caller would wait. */
  timeout: number;
  /** The most calls to the next hop for one request, the first one counted: 1 means no retry. */
  attempts: number;
  /** The longest that this hop waits for one call. */
  attemptTimeout: number;
  /** The pause before the second call. Each further pause is twice as long as the one before it. */
  backoff: number;
  /** How much sooner the next hop has to give up than this one, so that its error still gets here. */
  margin: number;
  /** With less time than this the next hop can't do its work: it isn't called. At least 1. */
  least: number;
}

/** A hop of a chain, as somebody has configured it: it calls the next one, and waits `margin` longer than that one works. */
export interface HopPlan {
  name: string;
  timeout: number;
  attempts: number;
  backoff: number;
  margin: number;
}

/** When a call begins, and how long it has. */
export interface Attempt {
  /** When it begins: now, or after the pause. */
  at: number;
  /** When this hop stops waiting for it. */
  until: number;
  /** How long the next hop has for it: what is told on the wire. */
  budget: number;
}

export interface HopOptions extends Policy {
  /** Stands in the errors that this hop makes: `edge`. */
  name: string;
  /** The next hop's port on 127.0.0.1. */
  next: number;
}

export interface Hop {
  /** On 127.0.0.1. */
  port: number;
  /** Ends all connections, and resolves when they are gone. */
  close(): Promise<void>;
}

/**
 * The names of the hops whose time-out is shorter than what they may have to wait for: all their attempts, each as long
 * as the next hop's time-out and the margin, and the pauses between them.
 *
 * @param hops outermost first; the last one calls nobody
 */
export function tooShort(hops: HopPlan[]): string[] {
  return hops
    .filter(({ timeout, attempts, backoff, margin }, index) => {
      const inner = hops[index + 1];
      if (inner === undefined) return false;
      // 1 + 2 + 4 + … pauses
      const pauses = backoff * (2 ** (attempts - 1) - 1);
      return timeout < attempts * (inner.timeout + margin) + pauses;
    })
    .map(({ name }) => name);
}

/**
 * The next call that a request may make, or undefined when there is none: the attempts are used up, or the time that
 * would be left for the next hop is less than `policy.least`.
 *
 * @param deadline when this hop has to have answered
 * @param now the same clock as the deadline's
 * @param failures how many calls have failed for this request
 */
export function nextAttempt(
  policy: Policy,
  deadline: number,
  now: number,
  failures: number,
): Attempt | undefined {
  if (failures >= policy.attempts) return undefined;
  const at = now + (failures === 0 ? 0 : policy.backoff * 2 ** (failures - 1));
  const until = Math.min(deadline, at + policy.attemptTimeout);
  const budget = until - at - policy.margin;
  return budget >= policy.least ? { at, until, budget } : undefined;
}

/**
 * Starts a hop on a free port of 127.0.0.1: it takes one request a connection, `<budget> <text>\n`, has it answered by the
 * next hop within the budget, and ends the connection behind the reply.
 */
export async function startHop(options: HopOptions): Promise<Hop> {
  return await listen((socket) => void serve(socket, options));
}

/** Answers the one request of a connection, or drops it when the caller hangs up. */
async function serve(socket: Socket, hop: HopOptions): Promise<void> {
  const hangUp = new AbortController();
  // FIN, RST or our own close: whichever it is, nobody waits any more.
  socket.on("close", () => hangUp.abort());
  try {
    const line = await readLine(socket);
    if (line === undefined) socket.destroy();
    else socket.end(`${await answer(line, hop, hangUp.signal)}\n`);
  } catch {
    // The caller has gone, and with it whoever could be told.
    socket.destroy();
  }
}

async function answer(line: string, hop: HopOptions, hangUp: AbortSignal): Promise<string> {
  const [, budget, text] = /^(-?\d+) (.*)$/.exec(line) ?? [];
  if (budget === undefined) return `error BAD_REQUEST ${hop.name}`;
  // From here on there is one point in time, and no duration that could begin anew.
  const deadline = performance.now() + Math.min(Number(budget), hop.timeout);
  let reply = `error DEADLINE_EXCEEDED ${hop.name}`;
  for (let failures = 0; isTransient(reply); failures++) {
    const now = performance.now();
    const planned = nextAttempt(hop, deadline, now, failures);
    if (planned === undefined && failures > 0) break;
    const attempt = planned ?? { at: now, until: deadline };
    const pause = attempt.at - performance.now();
    if (pause > 0) await setTimeout(pause, undefined, { signal: hangUp });
    // The timer may have rung late: what is told is what is left.
    const left = Math.floor(attempt.until - performance.now() - hop.margin);
    if (failures > 0 && left < hop.least) break;
    reply = await call(`${left} ${text}`, attempt.until, hop, hangUp);
  }
  return reply;
}

/** One call to the next hop: its reply, or the error that we make of it. Rejects when the caller has hung up. */
async function call(request: string, until: number, hop: HopOptions, hangUp: AbortSignal): Promise<string> {
  const late = new AbortController();
  const timer = globalThis.setTimeout(() => late.abort(), Math.max(0, until - performance.now()));
  const signal = AbortSignal.any([late.signal, hangUp]);
  const socket = connect({ port: hop.next, host: "127.0.0.1", signal });
  try {
    socket.write(`${request}\n`);
    return (await readLine(socket)) ?? `error UNAVAILABLE ${hop.name}`;
  } catch (error) {
    if (hangUp.aborted) throw error;
    return `error ${late.signal.aborted ? "DEADLINE_EXCEEDED" : "UNAVAILABLE"} ${hop.name}`;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** A second try may help: the next hop was not there, or not in time. */
function isTransient(reply: string): boolean {
  return /^error (UNAVAILABLE|DEADLINE_EXCEEDED) /.test(reply);
}

/** Given. A server on a free port of 127.0.0.1 that hands over each connection. */
export async function listen(onConnection: (socket: Socket) => void): Promise<Hop> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    onConnection(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/**
 * Given. The first line that comes, without its line feed; undefined when the stream ends before it, or when it has more than
 * 1,024 characters. Reads on behind the line, so that a FIN is seen. Rejects with the socket's error.
 */
export function readLine(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let received = "";
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      if (received.length > 1024) return;
      received += text;
      const end = received.indexOf("\n");
      if (end !== -1) resolve(received.slice(0, end));
      else if (received.length > 1024) resolve(undefined);
    });
    socket.on("close", () => resolve(undefined));
    socket.on("end", () => resolve(undefined));
    socket.on("error", reject);
  });
}
