import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Course } from "../course/course.ts";
import { UserError } from "../course/user-error.ts";
import type { Live } from "../live/live-event.ts";
import { EventStream, type EventStreamOptions } from "./event-stream.ts";
import { refusal } from "./guard.ts";
import { route } from "./page-routes.ts";
import { PageState } from "./page-state.ts";
import { respond } from "./respond.ts";

export interface PageServerOptions extends EventStreamOptions {
  /** Default 0: any that is free. */
  port?: number;
}

/**
 * Serves the page of a running {@link Live}, on loopback. The live one stays the caller's.
 *
 * ```ts
 * await using page = await PageServer.start(course, live);
 * out.write(`${page.url}\n`);
 * ```
 */
export class PageServer implements AsyncDisposable {
  /** With the secret that opens it. */
  readonly url: string;
  readonly #server: Server;
  readonly #stream: EventStream;
  readonly #state: PageState;

  /** @throws {UserError} when the port cannot be had */
  static async start(
    course: Course,
    live: Live,
    { port = 0, ...limits }: PageServerOptions = {},
  ): Promise<PageServer> {
    const server = createServer({ requestTimeout: 10_000, maxHeaderSize: 8192 });
    server.maxConnections = 64;
    server.listen(port, "127.0.0.1");
    try {
      await once(server, "listening");
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new UserError(`Expected port ${port} of 127.0.0.1 to be free for the page, got ${code}`);
    }
    return new PageServer(course, live, server, limits);
  }

  private constructor(course: Course, live: Live, server: Server, limits: EventStreamOptions) {
    const { port } = server.address() as AddressInfo;
    const token = randomBytes(16).toString("base64url");
    this.url = `http://127.0.0.1:${port}/${token}/`;
    this.#server = server;
    this.#stream = new EventStream(limits);
    this.#state = new PageState(course, live, (part, data) => this.#stream.send(part, data));
    const parts = { course, live, state: this.#state, stream: this.#stream };
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      const refused = refusal(request, port, token);
      if (refused !== undefined) return respond(response, refused.status, `${refused.reason}\n`);
      // Without the slash, what the page asks for beside itself would lie elsewhere.
      if (request.url === `/${token}`) return respond(response, 308, "", { location: `/${token}/` });
      const path = pathOf(request.url ?? "", token);
      route(request, response, path, parts).catch(() => {
        // One request that fails is not the end of the page.
        if (response.headersSent) response.destroy();
        else respond(response, 500, "This page could not be made\n");
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#state[Symbol.dispose]();
    this.#stream[Symbol.dispose]();
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

/** What stands behind the secret, decoded; what cannot be decoded is no path. */
function pathOf(url: string, token: string): string {
  const [path = ""] = url.slice(`/${token}/`.length).split("?", 1);
  try {
    return decodeURIComponent(path);
  } catch {
    return "\0";
  }
}
