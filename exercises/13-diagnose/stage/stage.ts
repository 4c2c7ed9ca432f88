import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { SocketEntry } from "@tcpip-workshop/diagnostics/sockets";
import { awaitEvidence } from "@tcpip-workshop/grader/suite";
import { ownHost } from "./host.ts";
import { sockets, type View } from "./socket-table.ts";

export interface StageOptions {
  host?: string;
  backlog?: number;
  /** The server closes when the peer has; otherwise it leaks. */
  answersFin?: boolean;
  closesFirst?: boolean;
}

/** A server that does as it is told, and its clients: real sockets on loopback. */
export class Stage implements AsyncDisposable {
  readonly accepted: Socket[] = [];
  readonly clients: Socket[] = [];
  readonly #server: Server;
  readonly #host: string;

  static async listen(options: StageOptions = {}): Promise<Stage> {
    for (;;) {
      const stage = new Stage(options);
      await new Promise<void>((resolve, reject) => {
        stage.#server.once("error", reject);
        stage.#server.listen({ port: 0, host: stage.#host, backlog: options.backlog ?? 128 }, resolve);
      });
      const rows = [...sockets(stage.seenFrom("server")), ...sockets(stage.seenFrom("client"))];
      if (rows.length === 1) return stage;
      // Somebody's TIME-WAIT has this port too.
      await stage[Symbol.asyncDispose]();
    }
  }

  /** One connection whose client has sent 512 KiB to a server that does not read. */
  static async unread(host = ownHost()): Promise<Stage> {
    const stage = await Stage.listen({ host });
    const [client] = await stage.connect(1);
    client?.write(new Uint8Array(524_288));
    await stage.sees("server", ({ recvQ }) => recvQ > 65_536, 1);
    await stage.sees("client", ({ sendQ }) => sendQ > 65_536, 1);
    await awaitEvidence(() => client?.writableLength === 0, "the kernel has taken all that the client wrote");
    return stage;
  }

  private constructor({ host = ownHost(), answersFin = false, closesFirst = false }: StageOptions) {
    this.#host = host;
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: !answersFin }, (socket) => {
      this.accepted.push(socket.on("error", () => {}));
      if (answersFin) socket.resume().on("end", () => socket.end());
      if (closesFirst) socket.end();
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  seenFrom(from: View["from"]): View {
    return { host: this.#host, port: this.port, from };
  }

  async connect(count: number): Promise<Socket[]> {
    for (let index = 0; index < count; index++) {
      const client = connect(this.port, this.#host).on("error", () => {});
      this.clients.push(client.resume());
    }
    await awaitEvidence(() => this.accepted.length === count, `${count} connections accepted`);
    return this.clients;
  }

  async sees(from: View["from"], is: (entry: SocketEntry) => boolean, count: number): Promise<void> {
    // The kernel's table is read in pieces, and a socket that moves meanwhile may be in two of them: it counts once.
    const seen = () => {
      const found = sockets(this.seenFrom(from)).filter(is);
      return new Set(found.map(({ local, remote }) => `${local.port} ${remote.port}`)).size === count;
    };
    await awaitEvidence(seen, `${count} such sockets in the kernel's table`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of [...this.clients, ...this.accepted]) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
