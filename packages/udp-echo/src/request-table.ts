import { NetError } from "@tcpip-workshop/core/net-error";
import { type Backoff, backoffDelay } from "./backoff.ts";
import { emptyClientStats, type UdpEchoClientStats } from "./client-stats.ts";
import { decodeMessage, encodeMessage, type MessageKind } from "./message.ts";
import { NoReplyError } from "./no-reply-error.ts";
import { RecentWindow } from "./recent-window.ts";
import type { Timers } from "./timers.ts";

export interface RequestTableOptions {
  /** Sends one datagram. A failure is told to `sendFailed`, with the same id. */
  send: (datagram: Uint8Array, id: bigint) => void;
  timers: Timers;
  /** From 0 to below 1, as `Math.random`. */
  random: () => number;
  /** The first request's id; the next ones count up from it. */
  firstId: bigint;
  /** What an answer looks like: `"reply"`, or `"request"` where the server sends back what it got. */
  answerKind: MessageKind;
  totalTimeout: number;
  attempts: number;
  maxInFlight: number;
  backoff: Backoff;
  /** What ECONNREFUSED does to the requests under way. */
  whenRefused: "fail" | "retry";
}

export interface RequestOptions {
  /** Milliseconds from the call until `NO_REPLY`, retries and all. Default: the client's. */
  totalTimeout?: number;
  /** Ends the wait with the signal's reason. */
  signal?: AbortSignal | undefined;
}

interface Exchange {
  id: bigint;
  datagram: Uint8Array;
  attempts: number;
  refusal: Error | undefined;
  resolve(payload: Uint8Array): void;
  reject(reason: unknown): void;
  /** Timers. */
  retry: unknown;
  deadline: unknown;
  stopListening(): void;
}

/** Ended requests that are remembered, to tell a late reply from a stranger's. */
const REMEMBERED = { maxAge: 60_000, maxEntries: 4096, maxBytes: Number.POSITIVE_INFINITY };

/** Requests under way: sent, sent again, matched with their replies, given up. Knows no socket. */
export class RequestTable {
  readonly stats: UdpEchoClientStats = emptyClientStats();
  readonly #options: RequestTableOptions;
  readonly #inFlight = new Map<bigint, Exchange>();
  /** In the order of asking; a Set, so that one can leave the middle. */
  readonly #line = new Set<Exchange>();
  readonly #ended = new RecentWindow<bigint, "answered" | "lost">(REMEMBERED);
  #nextId: bigint;
  #closed = false;

  constructor(options: RequestTableOptions) {
    this.#options = options;
    this.#nextId = BigInt.asUintN(64, options.firstId);
  }

  /**
   * The reply's payload. Rejects with `NO_REPLY` (a `NoReplyError`), `CONNECTION_REFUSED`, `DATAGRAM_TOO_LARGE`,
   * `CONNECTION_FAILED`, `CLOSED`, or the signal's reason.
   */
  async request(payload: Uint8Array, options: RequestOptions = {}): Promise<Uint8Array> {
    const { totalTimeout = this.#options.totalTimeout, signal } = options;
    if (this.#closed) throw closedError();
    signal?.throwIfAborted();
    this.stats.requests++;
    const id = this.#nextId;
    this.#nextId = BigInt.asUintN(64, id + 1n);

    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const exchange: Exchange = {
      id,
      datagram: encodeMessage({ kind: "request", id, payload }),
      attempts: 0,
      refusal: undefined,
      resolve,
      reject,
      retry: undefined,
      deadline: this.#options.timers.setTimeout(() => {
        const { attempts, refusal } = exchange;
        const cause = refusal && { cause: refusal };
        this.#lose(exchange, new NoReplyError(totalTimeout, attempts, cause));
      }, totalTimeout),
      stopListening() {},
    };
    if (signal) {
      const abort = () => this.#lose(exchange, signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      exchange.stopListening = () => signal.removeEventListener("abort", abort);
    }
    this.#line.add(exchange);
    this.#sendNext();
    return promise;
  }

  /** A datagram came from the server. */
  receive(datagram: Uint8Array): void {
    this.stats.received++;
    const message = decodeMessage(datagram);
    if (message?.kind !== this.#options.answerKind) {
      this.stats.malformed++;
      return;
    }
    const exchange = this.#inFlight.get(message.id);
    if (!exchange) {
      const outcome = this.#ended.get(message.id, this.#options.timers.now())?.value;
      this.stats[outcome === "answered" ? "duplicates" : outcome === "lost" ? "late" : "unknown"]++;
      return;
    }
    this.stats.answered++;
    this.#end(exchange, "answered");
    exchange.resolve(message.payload);
  }

  /** The system did not take a datagram of that request. */
  sendFailed(id: bigint, error: NodeJS.ErrnoException): void {
    this.stats.sendErrors++;
    // What an earlier datagram brought back is told to whoever sends next (udp(7), "Error handling"): not this one's own.
    if (error.code === "ECONNREFUSED") return this.refused(error);
    // Full buffers on the way out are a loss like any other.
    if (error.code === "ENOBUFS" || error.code === "ENOMEM" || error.code === "EAGAIN") return;
    const exchange = this.#inFlight.get(id);
    if (!exchange) return;
    const length = exchange.datagram.length;
    this.#lose(
      exchange,
      error.code === "EMSGSIZE"
        ? new NetError(
            "DATAGRAM_TOO_LARGE",
            `Expected a datagram that the socket can send, got one of ${length} bytes`,
            { cause: error },
          )
        : new NetError("CONNECTION_FAILED", `Expected to send a datagram, got ${error.message}`, {
            cause: error,
          }),
    );
  }

  /** ICMP said that nobody listens there. It does not say which datagram it is about: it concerns all that are under way. */
  refused(cause: Error): void {
    this.stats.refused++;
    // Only those of now: ending one sends the next in line, which this refusal is not about
    const underWay = Array.from(this.#inFlight.values());
    for (const exchange of underWay) {
      exchange.refusal = cause;
      if (this.#options.whenRefused === "fail") {
        const message = "Expected a reply, got ICMP port unreachable: nobody listens there";
        this.#lose(exchange, new NetError("CONNECTION_REFUSED", message, { cause }));
      }
    }
  }

  /** Ends all requests with `CLOSED`, and every later one. */
  close(): void {
    this.#closed = true;
    for (const exchange of [...this.#line, ...this.#inFlight.values()]) this.#lose(exchange, closedError());
  }

  #sendNext(): void {
    for (const exchange of this.#line) {
      if (this.#inFlight.size >= this.#options.maxInFlight) return;
      this.#line.delete(exchange);
      this.#inFlight.set(exchange.id, exchange);
      this.#transmit(exchange);
    }
  }

  #transmit(exchange: Exchange): void {
    const { timers, backoff, random, attempts, send } = this.#options;
    if (exchange.attempts > 0) this.stats.retries++;
    this.stats.sent++;
    exchange.attempts++;
    if (exchange.attempts < attempts) {
      const wait = backoffDelay(exchange.attempts, backoff, random);
      exchange.retry = timers.setTimeout(() => this.#transmit(exchange), wait);
    }
    send(exchange.datagram, exchange.id);
  }

  #lose(exchange: Exchange, reason: unknown): void {
    this.stats.lost++;
    this.#end(exchange, "lost");
    exchange.reject(reason);
  }

  #end(exchange: Exchange, outcome: "answered" | "lost"): void {
    const { timers } = this.#options;
    timers.clearTimeout(exchange.retry);
    timers.clearTimeout(exchange.deadline);
    exchange.stopListening();
    this.#line.delete(exchange);
    this.#inFlight.delete(exchange.id);
    this.#ended.add(exchange.id, outcome, 0, timers.now());
    this.#sendNext();
  }
}

function closedError(): NetError {
  return new NetError("CLOSED", "Expected an open client, got a request to one that is closed");
}
