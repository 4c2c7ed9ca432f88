import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { encodeFrame, LengthPrefixedDecoder } from "@tcpip-workshop/core/framing";
import { ConnectionTap, type TappedConnection } from "@tcpip-workshop/faults/tcp";
import { awaitEvidence, timeline } from "@tcpip-workshop/grader/suite";
import type { PaymentReply, PaymentRequest } from "../gateway.ts";

/** What the gateway does with a request. */
export type Action =
  /** Nothing, until `release`. */
  | "hold"
  /** 201, with a receipt of its own. */
  | "charge"
  /** The same in three pieces, each a chunk of its own. */
  | "charge in pieces"
  /** The same with blanks behind the JSON, one byte every 20 ms: it takes longer than any test. */
  | "trickle"
  | 400
  | 402
  | 422
  | 504
  | "silence"
  | "RST"
  | "FIN"
  /** The first bytes of a 201, and FIN. */
  | "half a reply";

export interface Heard {
  request: PaymentRequest;
  connection: TappedConnection;
  /** On the suite's clock. */
  at: number;
}

/** A gateway that does to each request what the test says, one after another; then it charges. */
export class ScriptedGateway implements AsyncDisposable {
  static async listen(...actions: Action[]): Promise<ScriptedGateway> {
    const gateway: ScriptedGateway = new ScriptedGateway(
      await ConnectionTap.listen((_socket, connection) => gateway.#serve(connection)),
    );
    gateway.actions.push(...actions);
    timeline("the gateway", gateway.tap);
    return gateway;
  }

  readonly tap: ConnectionTap;
  readonly heard: Heard[] = [];
  readonly actions: Action[] = [];
  /** When there is no action left. */
  otherwise: Action = "charge";
  /** When each byte of a trickle was sent, on the suite's clock. */
  readonly trickled: number[] = [];
  /** Whether the client has read all that has arrived. */
  isRead = (): boolean => true;
  readonly #held: Heard[] = [];

  private constructor(tap: ConnectionTap) {
    this.tap = tap;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tap[Symbol.asyncDispose]();
  }

  /** The keys heard so far, as letters: the first one is A, another one B. */
  get keys(): string {
    const distinct = [...new Set(this.heard.map(({ request }) => request.key))];
    return this.heard.map(({ request }) => String.fromCharCode(65 + distinct.indexOf(request.key))).join(" ");
  }

  /** Charges what is held, and holds nothing any more. */
  release(): void {
    this.otherwise = "charge";
    for (const heard of this.#held.splice(0)) this.charge(heard);
  }

  charge({ request, connection }: Heard): void {
    const reply: PaymentReply = { key: request.key, status: 201, receipt: `receipt of ${request.key}` };
    connection.socket.write(frame(reply));
  }

  #serve(connection: TappedConnection): void {
    const decoder = new LengthPrefixedDecoder();
    connection.socket.on("data", (chunk: Buffer) => {
      for (const payload of decoder.push(chunk)) {
        const request = JSON.parse(new TextDecoder().decode(payload)) as PaymentRequest;
        const heard = { request, connection, at: performance.now() };
        this.heard.push(heard);
        this.#act(this.actions.shift() ?? this.otherwise, heard);
      }
    });
  }

  /** Each when the client has read the one before. */
  async #writePieces(socket: Socket, bytes: Uint8Array): Promise<void> {
    for (const piece of [bytes.subarray(0, 2), bytes.subarray(2, 9), bytes.subarray(9)]) {
      await new Promise<unknown>((resolve) => socket.write(piece, resolve));
      await awaitEvidence(() => socket.closed || this.isRead(), "the client read each piece of a reply");
    }
  }

  async #trickle(socket: Socket, bytes: Uint8Array): Promise<void> {
    for (const byte of bytes) {
      if (socket.destroyed) return;
      socket.write(Uint8Array.of(byte));
      this.trickled.push(performance.now());
      await sleep(20);
    }
  }

  #act(action: Action, heard: Heard): void {
    const { request, connection } = heard;
    const { socket } = connection;
    const charged: PaymentReply = { key: request.key, status: 201, receipt: `receipt of ${request.key}` };
    if (action === "hold") this.#held.push(heard);
    else if (action === "charge") this.charge(heard);
    else if (action === "RST") socket.resetAndDestroy();
    else if (action === "FIN") socket.end();
    else if (action === "half a reply") socket.end(frame(charged).subarray(0, 20));
    else if (action === "charge in pieces") void this.#writePieces(socket, frame(charged));
    else if (action === "trickle") void this.#trickle(socket, frame(charged, 4000));
    else if (action !== "silence") socket.write(frame({ key: request.key, status: action }));
  }
}

/** With blanks up to this length, which are JSON. */
function frame(reply: PaymentReply, length = 0): Uint8Array {
  return encodeFrame(new TextEncoder().encode(JSON.stringify(reply).padEnd(length)));
}
