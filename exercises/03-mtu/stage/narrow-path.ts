import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import type { Outcome, Path } from "../mtu.ts";
import { linesOf } from "./runs.ts";

/** One link of the way, which begins behind a router. */
export interface Link {
  /** Longest IPv4 packet, in bytes. */
  mtu: number;
  /** Whether ICMP from the router in front of it comes back. */
  answers: boolean;
}

/** A packet as the router got it. */
export interface Packet {
  /** From 1. */
  number: number;
  kind: "probe" | "piece";
  /** Bytes, the headers of IPv4 and UDP counted. */
  size: number;
  /** Of the message; of a probe, -1. */
  offset: number;
  /** How many of that kind, size and offset have come, this one included. */
  nth: number;
  /** As the sender knows it. */
  outcome: Outcome;
  /** What the router did with it, in words. */
  fate: string;
}

/** What happens to a packet that would fit: nothing when undefined. "unheard": it arrives, its acknowledgment does not. */
export type Fault = "lost" | "unheard" | { tooBig: number } | undefined;

/** Headers in front of a UDP payload, in bytes: IPv4 20, UDP 8. */
const ipAndUdp = 28;
/** These, and the offset. */
const ourHeaders = 32;
/** The offset, in the first four bytes, that says "padding". */
const padding = 0xffffffff;
/** More than any right answer needs; what goes on for ever ends here. */
const mostPackets = 300;
/** The message of what is thrown then. */
export const tooMany = `The path has carried ${mostPackets} datagrams`;

/** A way through a router with narrow links, for packets that must not be fragmented: three UDP sockets on loopback. */
export class NarrowPath implements AsyncDisposable {
  links: readonly Link[];
  readonly packets: Packet[] = [];
  /** How many packets were too long for a link, and how many met a fault. */
  dropped = 0;
  faults = 0;
  /** The most packets that were to be under way at once. */
  peak = 0;
  /** Asked for each packet that fits; it may change `links` for those that follow. */
  fault: (packet: Packet) => Fault = () => undefined;
  readonly #pieces = new Map<number, Buffer>();
  #isForgotten = false;
  readonly #sockets = {
    sender: createSocket("udp4"),
    router: createSocket("udp4"),
    receiver: createSocket("udp4"),
  };
  /** For each packet on its way to the receiver, whether its acknowledgment will be passed on. */
  readonly #heard: boolean[] = [];
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();
  #told: (outcome: Outcome) => void = () => {};

  static async open(...links: Link[]): Promise<NarrowPath> {
    const path = new NarrowPath(links);
    for (const socket of Object.values(path.#sockets)) {
      socket.bind(0, "127.0.0.1");
      await once(socket, "listening");
    }
    return path;
  }

  private constructor(links: readonly Link[]) {
    this.links = links;
    const { sender, router, receiver } = this.#sockets;
    // What anybody else sends here, on purpose or not, was never on this path.
    router.on("message", (bytes: Buffer, from) => {
      if (isOf(sender, from)) return this.#forward(bytes);
      if (!isOf(receiver, from)) return;
      if (this.#heard.shift() === true) router.send(bytes, portOf(sender), "127.0.0.1");
      else this.#told("lost"); // the acknowledgment is
    });
    receiver.on("message", (bytes: Buffer, from) => {
      if (!isOf(router, from)) return;
      const offset = bytes.readUInt32BE();
      if (offset !== padding) this.#pieces.set(offset, bytes.subarray(4));
      receiver.send("acked", portOf(router), "127.0.0.1");
    });
    sender.on("message", (bytes: Buffer, from) => {
      if (!isOf(router, from)) return;
      const text = bytes.toString("latin1");
      this.#told(text === "acked" ? "acked" : { tooBig: Number(text) });
    });
  }

  /** To be lent to the answer. One datagram is under way at a time, whoever is impatient. */
  get lent(): Path {
    return {
      probe: (size) => this.#next(() => this.#send(padding, new Uint8Array(checked(size) - ourHeaders))),
      send: (offset, piece) => {
        checked(piece.length + ourHeaders);
        return this.#next(() => this.#send(offset, piece));
      },
    };
  }

  /** The longest packet that gets through. */
  get mtu(): number {
    return Math.min(...this.links.map(({ mtu }) => mtu));
  }

  /** The largest packet whose acknowledgment the sender has got; 0 without one. */
  get largestAcked(): number {
    return Math.max(0, ...this.packets.filter(({ outcome }) => outcome === "acked").map(({ size }) => size));
  }

  /** The packets' sizes, in the order they came. */
  get sizes(): number[] {
    return this.packets.map(({ size }) => size);
  }

  /** How many packets were probes. */
  get probes(): number {
    return this.packets.filter(({ kind }) => kind === "probe").length;
  }

  /** What the receiver has put together, up to the first gap. */
  get message(): Buffer {
    const whole: Buffer[] = [];
    for (let end = 0; ;) {
      const [offset, piece] =
        [...this.#pieces].find(([start, bytes]) => start <= end && start + bytes.length > end) ?? [];
      if (offset === undefined || piece === undefined) return Buffer.concat(whole);
      whole.push(piece.subarray(end - offset));
      end = offset + piece.length;
    }
  }

  timeline(): string[] {
    return this.#isForgotten ? [] : linesOf(this.packets);
  }

  /** What it has seen is no longer of interest: all was right. */
  forget(): void {
    this.#isForgotten = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#told("lost");
    const closed = Object.values(this.#sockets).map((socket) => once(socket, "close"));
    for (const socket of Object.values(this.#sockets)) socket.close();
    await Promise.all(closed);
  }

  async #next(send: () => Promise<Outcome>): Promise<Outcome> {
    this.peak = Math.max(this.peak, ++this.#waiting);
    const sent = this.#last.then(send);
    this.#last = sent.catch(() => {});
    try {
      return await sent;
    } finally {
      this.#waiting--;
    }
  }

  async #send(offset: number, piece: Uint8Array): Promise<Outcome> {
    if (this.packets.length >= mostPackets) throw new Error(tooMany);
    const header = Buffer.alloc(4);
    header.writeUInt32BE(offset);
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#told = resolve;
    const { sender, router } = this.#sockets;
    sender.send([header, piece], portOf(router), "127.0.0.1");
    const outcome = await promise;
    const packet = this.packets.at(-1);
    if (packet !== undefined) packet.outcome = outcome;
    return outcome;
  }

  /** The router's work. */
  #forward(bytes: Buffer): void {
    const { sender, router, receiver } = this.#sockets;
    const packet = this.#packet(bytes);
    const narrow = this.links.find(({ mtu }) => packet.size > mtu);
    const fault = narrow === undefined ? this.fault(packet) : undefined;
    if (narrow !== undefined) this.dropped++;
    if (fault !== undefined) this.faults++;
    const refusal = narrow?.answers === true ? { tooBig: narrow.mtu } : fault;
    if (typeof refusal === "object") {
      packet.fate = `${narrow === undefined ? "an untrue report" : "dropped, with ICMP"}: too big, ${refusal.tooBig}`;
      router.send(String(refusal.tooBig), portOf(sender), "127.0.0.1");
    } else if (narrow !== undefined) {
      packet.fate = `dropped without ICMP, link ${narrow.mtu}`;
      this.#told("lost");
    } else if (fault === "lost") {
      packet.fate = "lost, whatever its size";
      this.#told("lost");
    } else {
      packet.fate = fault === "unheard" ? "arrived, its acknowledgment was lost" : "arrived";
      this.#heard.push(fault !== "unheard");
      router.send(bytes, portOf(receiver), "127.0.0.1");
    }
  }

  #packet(bytes: Buffer): Packet {
    const header = bytes.readUInt32BE();
    const [kind, offset] = header === padding ? (["probe", -1] as const) : (["piece", header] as const);
    const size = bytes.length + ipAndUdp;
    const before = this.packets.filter((each) => each.size === size && each.offset === offset);
    const [number, nth] = [this.packets.length + 1, before.length + 1];
    const packet: Packet = { number, kind, size, offset, nth, outcome: "lost", fate: "" };
    this.packets.push(packet);
    return packet;
  }
}

function checked(size: number): number {
  if (Number.isInteger(size) && size >= ourHeaders && size <= 65_535) return size;
  throw new Error(`Expected a packet of ${ourHeaders} to 65535 bytes, got ${size}`);
}

function isOf(socket: Socket, { address, port }: RemoteInfo): boolean {
  return address === "127.0.0.1" && port === portOf(socket);
}

function portOf(socket: Socket): number {
  return socket.address().port;
}
