import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { NetError } from "@tcpip-workshop/core/net-error";
import { registerResource } from "../open-resources.ts";
import {
  WireLog,
  type Direction,
  type TimelineOptions,
  type UntilOptions,
  type WireRecord,
} from "../record.ts";
import { listedFaults, type DatagramFaults, type DatagramSchedule } from "./datagram-faults.ts";
import { DatagramLane, type DatagramCounts } from "./datagram-lane.ts";
import { Flow } from "./flow.ts";
import { checkOptions, checkTarget, type LossyRelayOptions, type RelayTarget } from "./relay-options.ts";

/** What happens each way; left out, nothing does. */
export interface RelayFaults {
  toServer?: DatagramFaults | DatagramSchedule;
  toClient?: DatagramFaults | DatagramSchedule;
}

/**
 * A UDP relay that loses, doubles, reorders, delays and corrupts: clients send to `port`, and each has a socket of its
 * own towards the server. What it cannot pass on is ICMP: where the server's port is closed, the records and
 * `unreachable` say so, and the client hears nothing.
 */
export class LossyRelay implements AsyncDisposable {
  readonly counts: Readonly<Record<Direction, Readonly<DatagramCounts>>>;
  readonly #counts: Record<Direction, DatagramCounts> = { toServer: noCounts(), toClient: noCounts() };
  readonly #log: WireLog;
  readonly #socket: Socket;
  readonly #target: Required<RelayTarget>;
  readonly #schedules: Record<Direction, DatagramSchedule>;
  readonly #options: Required<LossyRelayOptions>;
  readonly #flows = new Map<string, Flow>();
  readonly #lanes = new Map<string, DatagramLane>();
  /** Arrived and not yet counted: their flow, or that of one before them, is still opening. */
  readonly #arrived: { flow: Flow; clientPort: number; payload: Uint8Array }[] = [];
  readonly #deregister: () => void;
  #closing: Promise<void> | undefined;
  #unreachable = 0;

  /** Binds a port on the loopback address. Throws `ARGUMENT_INVALID`, or `ADDRESS_UNAVAILABLE` with its cause. */
  static async start(
    target: RelayTarget,
    faults: RelayFaults | DatagramSchedule = {},
    options: LossyRelayOptions = {},
  ): Promise<LossyRelay> {
    const relay = new LossyRelay(target, faults, options);
    const socket = relay.#socket;
    try {
      socket.bind(0, relay.#target.host.includes(":") ? "::1" : "127.0.0.1");
      await once(socket, "listening");
    } catch (cause) {
      await relay[Symbol.asyncDispose]();
      throw new NetError("ADDRESS_UNAVAILABLE", "Expected a free port on the loopback address, got none", {
        cause,
      });
    }
    socket.on("error", (error) => relay.#log.add(`the relay's socket failed: ${error.message}`));
    socket.on("message", (payload, from) => relay.#receive(payload, from));
    for (const direction of ["toServer", "toClient"] as const) {
      relay.#log.add(`faults: ${relay.#schedules[direction].name}`, undefined, direction);
    }
    return relay;
  }

  private constructor(
    target: RelayTarget,
    faults: RelayFaults | DatagramSchedule,
    options: LossyRelayOptions,
  ) {
    this.#target = checkTarget(target);
    this.#options = checkOptions(options);
    this.#schedules = isSchedule(faults)
      ? { toServer: faults, toClient: faults }
      : { toServer: scheduleOf(faults.toServer), toClient: scheduleOf(faults.toClient) };
    const { port, host } = this.#target;
    this.#log = new WireLog(() => this.#options.timers.now());
    this.#socket = createSocket(this.#family);
    this.counts = this.#counts;
    this.#deregister = registerResource(() => `LossyRelay to ${host}:${port}`);
  }

  /** The relay's UDP port on the loopback address: what clients send to. */
  get port(): number {
    return this.#socket.address().port;
  }

  /** "127.0.0.1", or "::1" in front of an IPv6 server. */
  get host(): string {
    return this.#socket.address().address;
  }

  /** How often the server's host answered that nobody listens there (ICMP port unreachable). */
  get unreachable(): number {
    return this.#unreachable;
  }

  get records(): readonly WireRecord[] {
    return this.#log.records;
  }

  /** The records as lines to print. */
  timeline(options?: TimelineOptions): string[] {
    return this.#log.timeline(options);
  }

  /** Datagrams that are held, delayed, or wait for their flow to open. */
  get pending(): number {
    return [...this.#lanes.values()].reduce((sum, lane) => sum + lane.pending, this.#arrived.length);
  }

  /** Waits until a condition on `counts`, `records` … holds. Throws `TOTAL_TIMEOUT` with the timeline. */
  async until(condition: () => boolean, options?: UntilOptions): Promise<void> {
    await this.#log.until(condition, options);
  }

  /** Waits until nothing that has arrived is still held or delayed. Throws `TOTAL_TIMEOUT` with the timeline. */
  async settled(options?: UntilOptions): Promise<void> {
    await this.#log.until(() => this.pending === 0, options);
  }

  /** Closes every socket; what is held or delayed is lost. */
  async [Symbol.asyncDispose](): Promise<void> {
    await (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#log.end();
    for (const lane of this.#lanes.values()) lane.close();
    this.#arrived.length = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.close(resolve);
    await Promise.all([promise, ...[...this.#flows.values()].map((flow) => flow.close())]);
    this.#deregister();
  }

  get #family(): "udp4" | "udp6" {
    return this.#target.host.includes(":") ? "udp6" : "udp4";
  }

  #receive(payload: Uint8Array, from: RemoteInfo): void {
    const flow = this.#flowOf(from);
    if (flow === undefined) return this.#refuse(from.port, `${this.#options.maxFlows} flows are open`);
    this.#arrived.push({ flow, clientPort: from.port, payload });
    this.#pass();
  }

  #refuse(clientPort: number, why: string, flow?: number): void {
    this.#counts.toServer.refused++;
    this.#log.add(`datagram of port ${clientPort} refused: ${why}`, flow, "toServer");
  }

  /** In the order of arrival, also where the first one's flow takes longer to open than the second one's. */
  #pass(): void {
    for (;;) {
      const next = this.#arrived[0];
      if (next === undefined || next.flow.state === "opening") return;
      this.#arrived.shift();
      const { flow, clientPort, payload } = next;
      if (flow.state === "closed") this.#refuse(clientPort, "its flow did not open", flow.number);
      else this.#lane("toServer", flow).push(payload, flow.number, (bytes) => flow.send(bytes));
    }
  }

  #flowOf(client: RemoteInfo): Flow | undefined {
    const key = `${client.address} ${client.port}`;
    const known = this.#flows.get(key);
    if (known !== undefined || this.#flows.size >= this.#options.maxFlows) return known;
    const number = this.#flows.size + 1;
    const flow: Flow = new Flow({
      number,
      ...this.#target,
      family: this.#family,
      onOpen: () => {
        if (flow.state === "open") {
          this.#log.add(`client's port ${client.port}, server sees port ${flow.localPort}`, number);
        }
        this.#pass();
      },
      onMessage: (payload) =>
        this.#lane("toClient", flow).push(payload, number, (bytes) => {
          this.#socket.send(bytes, client.port, client.address, (error) => {
            if (error !== null) this.#log.add(`not sent: ${error.message}`, number, "toClient");
          });
        }),
      onUnreachable: () => {
        this.#unreachable++;
        this.#log.add("server's port unreachable (ICMP, ECONNREFUSED)", number, "toClient");
      },
      onError: (error) => this.#log.add(`not sent: ${error.message}`, number, "toServer"),
    });
    this.#flows.set(key, flow);
    return flow;
  }

  #lane(direction: Direction, flow: Flow): DatagramLane {
    const key = this.#options.countBy === "flow" ? `${direction} ${flow.number}` : direction;
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane = new DatagramLane({
      ...this.#options,
      direction,
      schedule: this.#schedules[direction],
      counts: this.#counts[direction],
      log: this.#log,
    });
    this.#lanes.set(key, lane);
    return lane;
  }
}

function isSchedule(faults: object): faults is DatagramSchedule {
  return "fateOf" in faults;
}

function scheduleOf(faults: DatagramFaults | DatagramSchedule | undefined): DatagramSchedule {
  return faults !== undefined && isSchedule(faults) ? faults : listedFaults(faults);
}

function noCounts(): DatagramCounts {
  return {
    received: 0,
    forwarded: 0,
    dropped: 0,
    duplicated: 0,
    reordered: 0,
    delayed: 0,
    corrupted: 0,
    refused: 0,
  };
}
