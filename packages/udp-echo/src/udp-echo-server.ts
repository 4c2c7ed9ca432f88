import type { RemoteInfo, Socket } from "node:dgram";
import type { AddressInfo } from "node:net";
import { NetError } from "@tcpip-workshop/core/net-error";
import { AtMostOnce } from "./at-most-once.ts";
import { bindSocket } from "./bind-socket.ts";
import { type KernelDrops, KernelDropCounter } from "./kernel-drops.ts";
import { fiveTuple, type LogRecord } from "./log.ts";
import { LogBudget } from "./log-budget.ts";
import { decodeMessage, encodeMessage, type Message } from "./message.ts";
import { runHandler } from "./run-handler.ts";
import { serverSettings, type UdpEchoServerOptions, type UdpEchoServerSettings } from "./server-options.ts";
import { emptyServerStats, type UdpEchoServerStats } from "./server-stats.ts";

/**
 * Binds and answers. Throws `ADDRESS_IN_USE`, `ADDRESS_UNAVAILABLE`, `ADDRESS_INVALID` (a name that leads nowhere) or
 * `ARGUMENT_INVALID`. Whatever comes over the wire afterwards is counted, and throws nothing.
 */
export async function startUdpEchoServer(options: UdpEchoServerOptions = {}): Promise<UdpEchoServer> {
  const settings = serverSettings(options);
  const socket = await bindSocket(settings.host, settings.port, settings.receiveBufferBytes);
  const drops = await KernelDropCounter.start(socket.address().port);
  return new UdpEchoServer(socket, settings, drops);
}

/** Lines of one kind a second, in the log. */
const LINES_PER_SECOND = 10;

/** A server that runs until it is closed or disposed of. Started by `startUdpEchoServer`. */
export class UdpEchoServer implements AsyncDisposable {
  /** Where it listens. */
  readonly address: AddressInfo;
  readonly #socket: Socket;
  readonly #settings: UdpEchoServerSettings;
  readonly #drops: KernelDropCounter;
  readonly #stats = emptyServerStats();
  readonly #requests: AtMostOnce;
  readonly #budget: LogBudget;
  readonly #running = new Map<string, AbortController>();
  #sending = 0;
  #closed: Promise<void> | undefined;
  #drained: (() => void) | undefined;

  constructor(socket: Socket, settings: UdpEchoServerSettings, drops: KernelDropCounter) {
    this.address = socket.address();
    this.#socket = socket;
    this.#settings = settings;
    this.#drops = drops;
    this.#budget = new LogBudget(LINES_PER_SECOND, settings.clock);
    const { maxRunning, windowMs, windowEntries, windowBytes } = settings;
    this.#requests = new AtMostOnce({
      maxRunning,
      maxAgeMs: windowMs,
      maxEntries: windowEntries,
      maxBytes: windowBytes,
    });
    socket.on("message", (datagram, peer) => this.#receive(datagram, peer));
    // On a socket that is not connected no ICMP error comes here (udp(7)); what does concerns the host.
    socket.on("error", (error) => this.#log("error", "socket-error", { message: error.message }));
    this.#log("info", "listening", {
      protocol: "udp",
      localAddress: this.address.address,
      localPort: this.address.port,
      mode: settings.mode,
    });
  }

  /** Counts up to now. */
  get stats(): Readonly<UdpEchoServerStats> {
    return { ...this.#stats, evicted: this.#requests.evicted };
  }

  /** Handlers that run now. */
  get running(): number {
    return this.#running.size;
  }

  /** Datagrams that the kernel dropped before they could be read; undefined where there is no /proc/net. */
  kernelDrops(): Promise<KernelDrops | undefined> {
    return this.#drops.read();
  }

  /**
   * Takes no further datagram, waits for the handlers that run and sends their replies, at most `drainTimeoutMs`; then
   * closes the socket. What still lies in the kernel's buffer is dropped: its clients retry. Never rejects.
   */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #receive(datagram: Uint8Array, peer: RemoteInfo): void {
    const stats = this.#stats;
    stats.received++;
    stats.receivedBytes += datagram.length;
    if (this.#closed) {
      stats.afterClose++;
    } else if (peer.port < this.#settings.minSourcePort) {
      this.#drop("reflected", datagram, peer);
    } else if (datagram.length > this.#settings.maxDatagramBytes) {
      this.#drop("oversized", datagram, peer);
    } else if (this.#settings.mode === "echo") {
      stats.echoed++;
      this.#send(datagram, peer);
    } else {
      const message = decodeMessage(datagram);
      if (message?.kind === "request") this.#admit(message, peer);
      else this.#drop("malformed", datagram, peer);
    }
  }

  #admit(message: Message, peer: RemoteInfo): void {
    const key = `${peer.address} ${peer.port} ${message.id.toString(16)}`;
    const admission = this.#requests.admit(key, this.#settings.clock.now());
    if (admission.status === "execute") {
      this.#stats.executed++;
      void this.#execute(key, message, peer);
    } else if (admission.status === "overloaded") {
      this.#drop("overloaded", message.payload, peer);
    } else {
      this.#stats.duplicates++;
      if (admission.status === "answered" && admission.reply) this.#send(admission.reply, peer);
    }
  }

  async #execute(key: string, message: Message, peer: RemoteInfo): Promise<void> {
    const { handler, clock, handlerTimeoutMs: timeoutMs } = this.#settings;
    const controller = new AbortController();
    this.#running.set(key, controller);
    let reply: Uint8Array | undefined;
    try {
      const payload = await runHandler(handler, message, peer, { controller, clock, timeoutMs });
      reply = this.#reply(message.id, payload, peer);
    } catch (error) {
      this.#stats.failed++;
      this.#warn("request-failed", peer, { id: message.id.toString(16), message: String(error) });
    }
    this.#running.delete(key);
    this.#requests.finish(key, reply, clock.now());
    if (reply) this.#send(reply, peer);
    this.#checkDrained();
  }

  #reply(id: bigint, payload: Uint8Array, peer: RemoteInfo): Uint8Array {
    const reply = encodeMessage({ kind: "reply", id, payload });
    const most = peer.size * this.#settings.maxAmplification;
    if (reply.length > most) {
      throw new RangeError(`Expected a reply of at most ${most} bytes to ${peer.size}, got ${reply.length}`);
    }
    return reply;
  }

  #send(datagram: Uint8Array, peer: RemoteInfo): void {
    const queued = this.#socket.getSendQueueSize();
    if (queued + datagram.length > this.#settings.maxSendQueueBytes) {
      this.#stats.sendErrors++;
      this.#warn("send-queue-full", peer, { bytes: datagram.length, queued });
      return;
    }
    this.#sending++;
    this.#socket.send(datagram, peer.port, peer.address, (error) => {
      this.#sending--;
      if (error) {
        this.#stats.sendErrors++;
        this.#warn("send-failed", peer, { bytes: datagram.length, message: error.message });
      } else {
        this.#stats.sent++;
        this.#stats.sentBytes += datagram.length;
      }
      this.#checkDrained();
    });
  }

  async #close(): Promise<void> {
    const { clock, drainTimeoutMs } = this.#settings;
    this.#log("info", "closing", { running: this.#running.size });
    const { promise: drained, resolve } = Promise.withResolvers<void>();
    const cancel = clock.after(drainTimeoutMs, resolve);
    this.#drained = resolve;
    this.#checkDrained();
    await drained;
    cancel();
    const abandoned = this.#running.size;
    const reason = new NetError(
      "CLOSED",
      `Expected to answer within ${drainTimeoutMs} ms of closing, got no answer`,
    );
    for (const controller of this.#running.values()) controller.abort(reason);
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
    this.#log("info", "closed", { abandoned, ...this.stats });
  }

  #checkDrained(): void {
    if (this.#running.size === 0 && this.#sending === 0) this.#drained?.();
  }

  #drop(
    reason: "malformed" | "oversized" | "reflected" | "overloaded",
    datagram: Uint8Array,
    peer: RemoteInfo,
  ): void {
    this.#stats[reason]++;
    this.#warn("dropped", peer, { reason, bytes: datagram.length });
  }

  #warn(event: string, peer: RemoteInfo, fields: { [field: string]: string | number }): void {
    const line = this.#budget.take(event);
    if (!line) return;
    const suppressed = line.suppressed > 0 ? { suppressed: line.suppressed } : {};
    this.#log("warn", event, { ...fiveTuple(this.address, peer), ...fields, ...suppressed });
  }

  #log(level: LogRecord["level"], event: string, fields: { [field: string]: string | number }): void {
    this.#settings.log({ time: new Date().toISOString(), level, event, ...fields });
  }
}
