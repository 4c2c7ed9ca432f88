import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { End } from "./end.ts";
import { replyTo, text } from "./frames.ts";
import { WireLog } from "./wire-log.ts";

/** A server of the suite's that replies to calls and uploads, each time with one write. */
export class Receiver implements AsyncDisposable {
  static async start({ isWatched = false } = {}): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.#isWatched = isWatched;
    receiver.#server.listen(0, "127.0.0.1");
    await once(receiver.#server, "listening");
    return receiver;
  }

  readonly ends: End[] = [];
  readonly #log = new WireLog();
  #isWatched = false;
  readonly #server: Server = createServer({ noDelay: true }, (socket) => {
    const end = new End(socket, this.#log);
    end.isWatched = this.#isWatched;
    end.onComplete = () => end.send([text("ok"), replyTo(end.frames)]);
    this.ends.push(end);
  });

  timeline(): string[] {
    return this.#log.timeline();
  }

  /** The connection that came last. */
  get last(): End {
    return this.ends.at(-1)!;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const end of this.ends) await end[Symbol.asyncDispose]();
  }
}
