import { encodeFrame, LengthPrefixedDecoder } from "@tcpip-workshop/core/framing";
import { ConnectionTap, type TappedConnection } from "@tcpip-workshop/faults/tcp";
import { timeline } from "@tcpip-workshop/grader/suite";
import type { PaymentReply, PaymentRequest } from "../gateway.ts";

/** What the gateway does with a request. */
export type Action =
  /** Nothing, until `release`. */
  | "hold"
  /** 201, with a receipt of its own. */
  | "charge"
  /** The same, with a pause behind the first two bytes, and another inside. */
  | "charge in pieces"
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

  #act(action: Action, heard: Heard): void {
    const { request, connection } = heard;
    const { socket } = connection;
    const charged: PaymentReply = { key: request.key, status: 201, receipt: `receipt of ${request.key}` };
    if (action === "hold") this.#held.push(heard);
    else if (action === "charge") this.charge(heard);
    else if (action === "RST") socket.resetAndDestroy();
    else if (action === "FIN") socket.end();
    else if (action === "half a reply") socket.end(frame(charged).subarray(0, 20));
    else if (action === "charge in pieces") pieces(frame(charged), (piece) => socket.write(piece));
    else if (action !== "silence") socket.write(frame({ key: request.key, status: action }));
  }
}

/** Five milliseconds apart: a reader that has a CPU gets them one by one. */
function pieces(bytes: Uint8Array, write: (piece: Uint8Array) => void): void {
  for (const [index, [from, to]] of [
    [0, 2],
    [2, 9],
    [9, bytes.length],
  ].entries()) {
    setTimeout(() => write(bytes.subarray(from, to)), index * 5);
  }
}

function frame(reply: PaymentReply): Uint8Array {
  return encodeFrame(new TextEncoder().encode(JSON.stringify(reply)));
}
