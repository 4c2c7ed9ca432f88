import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { eventually } from "./eventually.ts";

/** A bare socket that sends what a test says, word for word, and keeps what comes. */
export class Peer implements AsyncDisposable {
  readonly got: Uint8Array[] = [];
  readonly socket: Socket;

  /** Connected to `address`: hears nobody else. */
  static async open({ address, port, family }: AddressInfo): Promise<Peer> {
    const peer = new Peer(createSocket(family === "IPv6" ? "udp6" : "udp4"));
    peer.socket.connect(port, address);
    await once(peer.socket, "connect");
    return peer;
  }

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("message", (datagram) => this.got.push(Uint8Array.from(datagram)));
  }

  /** One after the other, each accepted by the kernel. */
  async send(...datagrams: Uint8Array[]): Promise<void> {
    for (const datagram of datagrams) {
      await new Promise<void>((resolve, reject) => {
        this.socket.send(datagram, (error) => (error ? reject(error) : resolve()));
      });
    }
  }

  /** What has come, once it is so many. */
  async has(count: number): Promise<Uint8Array[]> {
    await eventually(() => this.got.length, count);
    return this.got;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.socket.close(() => resolve()));
  }
}
