import { connect } from "node:net";
import { decodeFrames, encodeFrame } from "@tcpip-workshop/core/framing";
import { ConnectionTap, FaultProxy } from "@tcpip-workshop/faults/tcp";
import { awaitEvidence, step, timeline } from "@tcpip-workshop/grader/suite";
import type { Payment, PaymentRequest, Reply } from "../payments.ts";
import type { Service } from "./shop.ts";
import { Till } from "./till.ts";

/** A server in front of the service, and a proxy that loses the first replies: a request is a frame of JSON each way. */
export class LossyNetwork implements AsyncDisposable {
  readonly #server: ConnectionTap;
  readonly #proxy: FaultProxy;
  readonly #toLose: number;

  /** @param lost how many replies do not come through: their connections are reset when the request has been executed */
  static async between(
    charge: (request: PaymentRequest) => Promise<Reply>,
    lost: number,
  ): Promise<LossyNetwork> {
    const server = await ConnectionTap.listen(async (socket) => {
      try {
        for await (const frame of decodeFrames(socket))
          socket.write(encodeFrame(bytes(await charge(parse(frame) as PaymentRequest))));
      } catch {
        // The proxy has reset the connection, as it was told to.
      }
    });
    const proxy = await FaultProxy.start(server, {
      faults: (nth) => (nth <= lost ? [{ kind: "dropReply", reply: 1, afterwards: "RST" }] : []),
    });
    timeline("the proxy between client and service", proxy);
    return new LossyNetwork(server, proxy, lost);
  }

  private constructor(server: ConnectionTap, proxy: FaultProxy, toLose: number) {
    [this.#server, this.#proxy, this.#toLose] = [server, proxy, toLose];
  }

  /** How many replies have been lost. */
  get lost(): number {
    return this.#proxy.records.filter(({ what }) => what.includes("the server has executed")).length;
  }

  /** Between two attempts: the last one has been executed, and its reply was swallowed. Later ones come through. */
  async #hasLost(replies: number): Promise<void> {
    if (replies > this.#toLose) return step(`attempt ${replies} gets its reply`);
    step(`the connection is reset: attempt ${replies} has been executed, and its reply is lost`);
    await awaitEvidence(() => this.lost === replies, "a reply that the proxy has swallowed");
  }

  /** The answer's client pays through it. @returns its reply, and the key it has made */
  async pay(service: Service, payment: Payment): Promise<{ reply: Reply; key: string }> {
    const till = new Till([]);
    const reply = await service.pay((request) => this.#send(request), payment, {
      attempts: 5,
      newKey: () => till.newKey(),
      wait: (failures) => this.#hasLost(failures),
    });
    return { reply, key: till.keys[0] ?? "" };
  }

  /** One request on a connection of its own. Rejects when the connection breaks before the reply. */
  async #send(request: PaymentRequest): Promise<Reply> {
    const socket = connect(this.#proxy.port, "127.0.0.1");
    socket.write(encodeFrame(bytes(request)));
    try {
      for await (const frame of decodeFrames(socket)) return parse(frame) as Reply;
      throw new Error("the connection ended without a reply");
    } finally {
      socket.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#proxy[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}

function bytes(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function parse(frame: Uint8Array): unknown {
  return JSON.parse(Buffer.from(frame).toString());
}
