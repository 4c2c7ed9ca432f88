import type { RemoteInfo, Socket } from "node:dgram";
import type { AddressInfo } from "node:net";
import { NetError } from "@tcpip-workshop/core/net-error";
import { AtMostOnce } from "./at-most-once.ts";
import { bindSocket } from "./bind-socket.ts";
import { EventBudget } from "./event-budget.ts";
import { type KernelDrops, KernelDropCounter } from "./kernel-drops.ts";
import { decodeMessage, encodeMessage, type Message } from "./message.ts";
import { runHandler } from "./run-handler.ts";
import {
  drainDeadline,
  serverSettings,
  type UdpEchoServerOptions,
  type UdpEchoServerSettings,
} from "./server-options.ts";
import { emptyServerStats, type UdpEchoServerStats } from "./server-stats.ts";
import { type DropReason, fiveTuple } from "./udp-echo-event.ts";

export interface DrainReport {
  /** Requests that were answered, and those that the deadline cut. */
  finished: number;
  cut: number;
  /** In ms. */
  duration: number;
}

/**
 * Binds and answers. Throws `ADDRESS_IN_USE`, `ADDRESS_UNAVAILABLE` (not this host's, a name that leads nowhere, or not
 * allowed), `ARGUMENT_INVALID`. Whatever comes over the wire afterwards is counted, and throws nothing.
 */
export async function startUdpEchoServer(options: UdpEchoServerOptions = {}): Promise<UdpEchoServer> {
  const settings = serverSettings(options);
  const socket = await bindSocket(settings);
  const drops = await KernelDropCounter.start(socket.address().port);
  return new UdpEchoServer(socket, settings, drops);
}

/** Of one event, to `onEvent`. */
const EVENTS_PER_SECOND = 10;

/** A running server, of `startUdpEchoServer`. */
export class UdpEchoServer implements AsyncDisposable {
  /** Where it listens; known also when it is closed. */
  readonly address: AddressInfo;
  readonly #socket: Socket;
  readonly #settings: UdpEchoServerSettings;
  readonly #kernel: KernelDropCounter;
  readonly #stats = emptyServerStats();
  readonly #requests: AtMostOnce;
  readonly #budget: EventBudget;
  readonly #running = new Set<AbortController>();
  readonly #drained = Promise.withResolvers<DrainReport>();
  #sending = 0;
  #draining: { since: number; running: number; cut: number } | undefined;
  #deadline: unknown;
  #closing = false;

  /** Use `startUdpEchoServer`. */
  constructor(socket: Socket, settings: UdpEchoServerSettings, kernel: KernelDropCounter) {
    this.address = socket.address();
    this.#socket = socket;
    this.#settings = settings;
    this.#kernel = kernel;
    this.#budget = new EventBudget(EVENTS_PER_SECOND, settings.timers);
    this.#requests = new AtMostOnce(settings.window);
    socket.on("message", (datagram, peer) => this.#receive(datagram, peer));
    // On a socket that is not connected no ICMP error comes here (udp(7)): what does concerns this host.
    socket.on("error", ({ code = "UNKNOWN", message }: NodeJS.ErrnoException) =>
      settings.onEvent({ event: "socket-failed", code, message }),
    );
    const { address, port } = this.address;
    const local = { protocol: "udp", localAddress: address, localPort: port } as const;
    settings.onEvent({ event: "listening", ...local, mode: settings.mode });
  }

  /** Counts up to now. */
  get stats(): Readonly<UdpEchoServerStats> {
    return { ...this.#stats, evicted: this.#requests.evicted };
  }

  /** Requests whose handlers run now. */
  get running(): number {
    return this.#running.size;
  }

  /** Datagrams that the kernel dropped before they could be read; undefined where it does not say. */
  kernelDrops(): Promise<KernelDrops | undefined> {
    return this.#kernel.read();
  }

  /**
   * Takes no further datagram, lets the handlers that run finish, sends their replies, and closes; what is left after
   * `deadline` ms (default `drainDeadline`, 0 for now) is cut. What still lies in the kernel's buffer is dropped: its
   * clients retry. Ask again with a nearer deadline to shorten it. Throws `ARGUMENT_INVALID`.
   */
  drain(deadline?: number): Promise<DrainReport> {
    const { timers, onEvent } = this.#settings;
    const duration = drainDeadline(deadline, this.#settings);
    if (this.#draining === undefined) {
      this.#draining = { since: timers.now(), running: this.#running.size, cut: 0 };
      onEvent({ event: "draining", requests: this.#running.size, deadline: duration });
    } else if (deadline === undefined) {
      return this.#drained.promise;
    }
    timers.clearTimeout(this.#deadline);
    if (duration === 0) this.#cut();
    else if (!this.#closeIfDone()) this.#deadline = timers.setTimeout(() => this.#cut(), duration);
    return this.#drained.promise;
  }

  /** `drain(0)`: closes now. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain(0);
  }

  #receive(datagram: Uint8Array, peer: RemoteInfo): void {
    this.#stats.received++;
    this.#stats.receivedBytes += datagram.length;
    const { mode, minSourcePort, maxDatagramLength } = this.#settings;
    if (this.#draining) {
      this.#stats.afterDrain++;
    } else if (peer.port < minSourcePort) {
      this.#drop("reflected", peer);
    } else if (datagram.length > maxDatagramLength) {
      this.#drop("oversized", peer);
    } else if (mode === "echo") {
      this.#stats.echoed++;
      this.#tell({ event: "received" }, peer);
      this.#send(datagram, peer);
    } else {
      const message = decodeMessage(datagram);
      if (message?.kind === "request") this.#admit(message, peer);
      else this.#drop("malformed", peer);
    }
  }

  #admit(message: Message, peer: RemoteInfo): void {
    const key = `${peer.address} ${peer.port} ${message.id.toString(16)}`;
    const admission = this.#requests.admit(key, this.#settings.timers.now());
    if (admission.status === "execute") {
      this.#stats.executed++;
      this.#tell({ event: "received" }, peer);
      void this.#execute(key, message, peer);
    } else if (admission.status === "overloaded") {
      this.#drop("overloaded", peer);
    } else {
      this.#stats.duplicates++;
      if (admission.status === "answered" && admission.reply) this.#send(admission.reply, peer);
    }
  }

  async #execute(key: string, message: Message, peer: RemoteInfo): Promise<void> {
    const { handler, timers, handlerTimeout: timeout } = this.#settings;
    const controller = new AbortController();
    this.#running.add(controller);
    let reply: Uint8Array | undefined;
    try {
      const payload = await runHandler(handler, message, peer, { controller, timers, timeout });
      reply = this.#reply(message.id, payload, peer);
    } catch (error) {
      this.#stats.failed++;
      this.#tell({ event: "failed", message: error instanceof Error ? error.message : String(error) }, peer);
    }
    this.#running.delete(controller);
    this.#requests.finish(key, reply, timers.now());
    if (reply && !this.#closing) this.#send(reply, peer);
    this.#closeIfDone();
  }

  #reply(id: bigint, payload: Uint8Array, peer: RemoteInfo): Uint8Array {
    const reply = encodeMessage({ kind: "reply", id, payload });
    const most = peer.size * this.#settings.maxAmplification;
    if (reply.length <= most) return reply;
    throw new NetError(
      "DATAGRAM_TOO_LARGE",
      `Expected a reply of at most ${most} bytes to a request of ${peer.size}, got ${reply.length}`,
    );
  }

  #send(datagram: Uint8Array, peer: RemoteInfo): void {
    if (this.#socket.getSendQueueSize() + datagram.length > this.#settings.maxSendQueueBytes) {
      this.#stats.sendErrors++;
      return this.#tell({ event: "not-sent", code: "QUEUE_FULL" }, peer);
    }
    this.#sending++;
    this.#socket.send(datagram, peer.port, peer.address, (error: NodeJS.ErrnoException | null) => {
      this.#sending--;
      if (error) {
        this.#stats.sendErrors++;
        this.#tell({ event: "not-sent", code: error.code ?? "UNKNOWN" }, peer);
      } else {
        this.#stats.sent++;
        this.#stats.sentBytes += datagram.length;
      }
      this.#closeIfDone();
    });
  }

  #drop(reason: DropReason, peer: RemoteInfo): void {
    this.#stats[reason]++;
    this.#tell({ event: "dropped", reason }, peer);
  }

  /** About the datagram that came from `peer`, unless there were too many like it. */
  #tell(what: About, peer: RemoteInfo): void {
    const suppressed = this.#budget.take(what.event);
    if (suppressed === undefined) return;
    this.#settings.onEvent({ ...what, ...fiveTuple(this.address, peer), bytes: peer.size, suppressed });
  }

  #cut(): void {
    if (!this.#draining) return;
    this.#draining.cut = this.#running.size;
    const reason = new NetError("CLOSED", "Expected an answer before the server closed, got none");
    for (const controller of this.#running) controller.abort(reason);
    this.#sending = 0;
    this.#running.clear();
    this.#closeIfDone();
  }

  #closeIfDone(): boolean {
    if (!this.#draining || this.#running.size > 0 || this.#sending > 0) return false;
    if (this.#closing) return true;
    this.#closing = true;
    const { since, running, cut } = this.#draining;
    this.#settings.timers.clearTimeout(this.#deadline);
    this.#socket.close(() => {
      const duration = Math.round(this.#settings.timers.now() - since);
      const report = { finished: running - cut, cut, duration };
      this.#settings.onEvent({ event: "drained", ...report });
      this.#drained.resolve(report);
    });
    return true;
  }
}

type About =
  | { event: "received" }
  | { event: "dropped"; reason: DropReason }
  | { event: "failed"; message: string }
  | { event: "not-sent"; code: string };
