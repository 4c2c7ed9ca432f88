import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { timeline } from "@tcpip-workshop/grader/suite";

interface Seen {
  method: string;
  path: string;
  body: string;
  /** Counted from 1. */
  connection: number;
}

/** A status to reply with, the body being the request; or what becomes of the connection instead. */
export type Action =
  | number
  | "hold"
  | "RST"
  | "FIN"
  | "half a head, then FIN"
  | "half a body, then FIN"
  | "half a body, then RST";

type Act = (request: Seen, nth: number) => Action;

/** A real HTTP server that closes no idle connection by itself. */
export class Upstream implements AsyncDisposable {
  readonly seen: Seen[] = [];
  readonly sockets: Socket[] = [];
  /** By connection: who closed first. */
  readonly endings: (string | undefined)[] = [];
  readonly #server: Server;
  readonly #held: (() => void)[] = [];
  #isReleased = false;
  readonly #lines: { request: string; action: Action }[] = [];

  static async start(act: Act): Promise<Upstream> {
    const upstream = new Upstream(act);
    upstream.#server.listen(0, "127.0.0.1");
    await once(upstream.#server, "listening");
    timeline(upstream);
    return upstream;
  }

  private constructor(act: Act) {
    this.#server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      void this.#serve(request, response, act);
    });
    this.#server.on("connection", (socket: Socket) => {
      const index = this.sockets.push(socket) - 1;
      socket.on("end", () => (this.endings[index] ??= "FIN by client"));
      socket.on("error", () => (this.endings[index] ??= "RST by client"));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  timeline(): string[] {
    const held = this.#isReleased ? "held, then 200" : "held";
    return this.#lines.map(({ request, action }) => `${request} → ${action === "hold" ? held : action}`);
  }

  /** Replies to all that is held, and holds nothing any more. */
  release(): void {
    this.#isReleased = true;
    for (const reply of this.#held) reply();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #serve(request: IncomingMessage, response: ServerResponse, act: Act): Promise<void> {
    const { method = "", url: path = "", socket } = request;
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const seen = { method, path, body, connection: this.sockets.indexOf(socket) + 1 };
    const action = act(seen, this.seen.push(seen));
    this.#lines.push({ request: `connection ${seen.connection}: ${method} ${path}`, action });
    const text = `${method} ${path} ${body}`;
    if (action === "hold" && !this.#isReleased) this.#held.push(() => void response.end(text));
    else if (action === "hold") response.end(text);
    else if (action === "RST") socket.resetAndDestroy();
    else if (action === "FIN") socket.end();
    else if (action === "half a head, then FIN") socket.end("HTTP/1.1 200 OK\r\nContent-");
    else if (typeof action === "string")
      response.writeHead(200, { "content-length": 10 }).write("half", () => {
        if (action === "half a body, then RST") socket.resetAndDestroy();
        else socket.destroy();
      });
    else response.writeHead(action).end(text);
  }
}
