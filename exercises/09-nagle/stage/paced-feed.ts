import { quietly } from "@tcpip-workshop/grader/suite";
import type { Connection } from "../sender.ts";
import { readTable } from "./connection-table.ts";
import { End, shortestDelay, type Look } from "./end.ts";
import { charge, nothing, order, text } from "./frames.ts";
import { Receiver } from "./receiver.ts";

type Client = Pick<Connection, "call" | "upload">;

/**
 * Feeds of single records, each with its control: a connection of the suite's own, with Nagle on, that writes the same at
 * the same pace. Where the control is held and the answer is not, or where all is over before a delayed ACK
 * could be sent, the answer has shown that nothing holds it.
 */
export class PacedFeed implements AsyncDisposable {
  static async start(): Promise<PacedFeed> {
    return new PacedFeed(await Receiver.start());
  }

  readonly #server: Receiver;
  readonly #controls: { caller: End; end: End }[] = [];

  private constructor(server: Receiver) {
    this.#server = server;
  }

  /**
   * On each connection calls, so that the kernel delays its ACKs, and then an upload.
   *
   * @param ends the suite's ends of the answer's connections, which are told what the uploads have shown
   * @param turn resolves when the answer's event loop has gone round
   */
  async run(ends: End[], clients: Client[], turn: () => Promise<void>): Promise<void> {
    for (let at = this.#controls.length; at < clients.length; at++) {
      const caller = await End.connect(this.#server.port, { noDelay: false });
      await caller.exchange();
      this.#controls.push({ caller, end: this.#server.last });
    }
    await Promise.all(
      clients.map((client, at) => this.#runOne(ends[at]!, client, this.#controls[at]!, turn)),
    );
  }

  async #runOne(
    end: End,
    client: Client,
    control: { caller: End; end: End },
    turn: () => Promise<void>,
  ): Promise<void> {
    for (let count = 0; count < 2; count++) {
      await control.caller.exchange();
      await quietly(() => client.call(charge, order));
    }
    const began = performance.now();
    const table = readTable();
    const isReady = end.delaysAcks(table) && control.end.delaysAcks(table);
    let [bytes, isControlHeld] = [0, false];
    const look = () => {
      bytes ||= end.heldNow();
      isControlHeld ||= control.end.heldNow() > 0;
    };
    control.caller.begin(2);
    async function* feed(): AsyncGenerator<Uint8Array> {
      for (const [at, record] of ["record 1", "record 2", "record 3"].map(text).entries()) {
        control.caller.send(at === 0 ? [text("upload"), record] : [record]);
        yield record;
        // Nothing is waited for here: who is slow to write the next one has the ACK by then.
        look();
      }
      await turn();
      look();
    }
    await quietly(() => client.upload(feed()));
    const milliseconds = performance.now() - began;
    control.caller.send([nothing]);
    await control.caller.whole("The suite's own uploads get replies");
    const isPrompt = milliseconds < shortestDelay || (bytes === 0 && isControlHeld);
    const kind: Look["kind"] = isPrompt ? "prompt" : bytes > 0 ? "held" : "unclear";
    if (isReady) end.looks.push({ kind, bytes, milliseconds });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { caller } of this.#controls) await caller[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}
