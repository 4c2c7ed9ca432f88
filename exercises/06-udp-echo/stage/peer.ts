import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { timeline } from "@tcpip-workshop/grader/suite";
import { bytesOf, frame, inWords, nothing } from "./bytes.ts";
import { counted } from "./figures.ts";
import type { Request } from "./request.ts";
import { until } from "./until.ts";

/** A UDP socket of the test's own, which keeps what comes. */
export class Peer implements AsyncDisposable {
  readonly received: { bytes: Uint8Array; from: number }[] = [];
  readonly #name: string;
  readonly #lines: string[] = [];
  readonly #socket: Socket;
  #asked = 0;

  static async open(name: string, at = 0): Promise<Peer> {
    const peer = new Peer(name, at);
    peer.#socket.on("message", (bytes, { port }) => {
      if (port === peer.port) return; // its own, see `settled`
      peer.received.push({ bytes, from: port });
      peer.#note(`← :${port}`, bytes);
    });
    peer.#socket.bind(at, "127.0.0.1");
    await once(peer.#socket, "listening");
    timeline(peer);
    return peer;
  }

  /** @param at a port that is its own, or one that refuses */
  constructor(name: string, at: number) {
    this.#name = name;
    this.#socket = createSocket({ type: "udp4", reuseAddr: at !== 0 });
  }

  get port(): number {
    return this.#socket.address().port;
  }

  get last(): Uint8Array {
    return this.received.at(-1)?.bytes ?? nothing;
  }

  /** All datagrams that have come, in their order. */
  get datagrams(): Uint8Array[] {
    return this.received.map(({ bytes }) => bytes);
  }

  async gets(count: number, rule: string): Promise<void> {
    const received = () => counted(this.received.length, "datagram");
    const expected = counted(count, "datagram");
    await until(() => this.received.length >= count, rule, { expected, received });
  }

  /** The request is sent: it is the one that is received as number `count`. */
  async hears(request: Request, count = 1, rule = "A request is sent as one datagram"): Promise<Request> {
    await this.gets(count, rule);
    return request;
  }

  has(bytes: Uint8Array): boolean {
    return this.received.some((datagram) => Buffer.compare(datagram.bytes, bytes) === 0);
  }

  idOf(index: number): number {
    return Buffer.from(this.received[index]?.bytes ?? frame(0, nothing)).readUInt32BE(0);
  }

  payloadOf(index: number): Uint8Array | undefined {
    return this.received[index]?.bytes.subarray(4);
  }

  /** Ids are random: a failure must not show them. */
  idBesides(one: number, other: number): string {
    return this.idOf(one) === this.idOf(other) ? "the same id" : "another id";
  }

  /** The port that the datagram received at `index` came from. */
  senderOf(index: number): number {
    return this.received[index]?.from ?? 0;
  }

  async send({ port }: { port: number }, ...datagrams: Uint8Array[]): Promise<void> {
    for (const bytes of datagrams) {
      this.#note(`→ :${port}`, bytes);
      await new Promise<void>((resolve, reject) => {
        this.#socket.send(bytes, port, "127.0.0.1", (error) => (error ? reject(error) : resolve()));
      });
    }
  }

  /** Sends a datagram and waits for as many as it has sent in this way. */
  async asks(server: { port: number }, datagram: Uint8Array, rule: string): Promise<void> {
    await this.send(server, datagram);
    await this.gets(++this.#asked, rule);
  }

  /** Sends a request or a copy of it, its id also the payload, and waits for one more datagram than it has. */
  async asksOnce(server: { port: number }, id: number): Promise<void> {
    await this.send(server, frame(id, `${id}`));
    await this.gets(this.received.length + 1, "Each request and each copy is answered");
  }

  /** To the datagram that was received at `index`, under its id. */
  async reply(index: number, payload: Uint8Array | string): Promise<void> {
    await this.send({ port: this.senderOf(index) }, frame(this.idOf(index), bytesOf(payload)));
  }

  /** Waits until what was sent to it before now has been received: behind it comes one of its own. */
  async settled(): Promise<void> {
    const own = once(this.#socket, "message");
    this.#socket.send(nothing, this.port, "127.0.0.1");
    await own;
  }

  timeline(): string[] {
    return this.#lines;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(resolve));
  }

  #note(what: string, bytes: Uint8Array): void {
    this.#lines.push(`${this.#name} ${what}  ${inWords(bytes)}`);
  }
}
