// Mistake: believes that a request without a reply was not done
// Caught by: never repeats POST or PATCH
// Tell: The upstream did it, and the reply was lost: the second one is a second payment. The connection
//   cannot tell you which it was, so POST and PATCH must not be repeated.

import { once } from "node:events";
import { Agent, request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";

/** What went wrong: `PEER_DEAD`, a ping was not answered in time; `CONNECTION_LOST`, all else. */
export type ClientErrorCode = "PEER_DEAD" | "CONNECTION_LOST";

export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: ClientErrorCode;

  constructor(code: ClientErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface FeedOptions {
  /** Milliseconds of silence after which our kernel probes the peer's kernel: whole seconds, 1,000 at least. */
  keepAliveAfter: number;
  /** Milliseconds from the opening to the first ping, and from each pong to the next ping. */
  pingEvery: number;
  /** Milliseconds that the peer has for each pong. */
  pongWithin: number;
  /** Gets each line but pongs, without its line feed; never after `close`, or when the feed is down. */
  onLine: (line: string) => void;
  /** Told once, when the connection is no use any more; never after `close`. */
  onDown: (error: ClientError) => void;
}

export interface Feed {
  /** Closes the connection, silently. */
  close(): void;
}

/**
 * Subscribes to the price feed on 127.0.0.1: the peer sends lines, and answers each line "ping" with a line "pong".
 *
 * @throws {ClientError} `CONNECTION_LOST`, when no connection comes about
 */
export async function openFeed(port: number, options: FeedOptions): Promise<Feed> {
  const socket = connect({
    port,
    host: "127.0.0.1",
    keepAlive: true,
    keepAliveInitialDelay: options.keepAliveAfter,
  });
  try {
    await once(socket, "connect");
  } catch (cause) {
    throw new ClientError("CONNECTION_LOST", `Expected a connection to port ${port}, got none`, { cause });
  }
  return follow(socket, options);
}

function follow(socket: Socket, { pingEvery, pongWithin, onLine, onDown }: FeedOptions): Feed {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  let awaitsPong = false;
  const close = (): void => {
    isOver = true;
    clearTimeout(timer);
    socket.destroy();
  };
  const down = (code: ClientErrorCode, message: string, cause?: unknown): void => {
    if (isOver) return;
    close();
    onDown(new ClientError(code, message, { cause }));
  };
  const ping = (): void => {
    awaitsPong = true;
    socket.write("ping\n");
    timer = setTimeout(
      () => down("PEER_DEAD", `Expected a pong within ${pongWithin} ms, got none`),
      pongWithin,
    );
  };
  const pingLater = (): void => {
    clearTimeout(timer);
    awaitsPong = false;
    timer = setTimeout(ping, pingEvery);
  };
  socket.on("error", (cause) => down("CONNECTION_LOST", "Expected an open connection, got an error", cause));
  socket.on("close", () => down("CONNECTION_LOST", "Expected an open connection, got its end"));
  let unfinished = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    const lines = (unfinished + text).split("\n");
    unfinished = lines.pop() ?? "";
    for (const line of lines) {
      if (isOver) return;
      // Nothing but a pong counts: prices show that the peer can write, and not that it reads what we ask.
      if (line !== "pong") onLine(line);
      else if (awaitsPong) pingLater();
    }
  });
  pingLater();
  return { close };
}

export interface ClientOptions {
  /** Milliseconds after which the upstream closes an idle connection: 1,000 at least. */
  upstreamIdleTimeout: number;
  /** Connections at once. */
  maxConnections: number;
}

export interface Request {
  method: "GET" | "HEAD" | "PUT" | "DELETE" | "POST" | "PATCH";
  path: string;
  /** Any method may have one; it goes as UTF-8. */
  body?: string;
}

export interface Reply {
  status: number;
  body: string;
}

export interface Client {
  /** @throws {ClientError} `CONNECTION_LOST`; whether the upstream has done it, nobody knows then */
  request(request: Request): Promise<Reply>;
  /** Closes all connections. For when no request is under way. */
  close(): void;
}

/** What we close earlier than the upstream would: a FIN takes its time, and so does a busy event loop. */
const margin = 1000;

/** A client of the HTTP server on `port` of 127.0.0.1, which reuses its connections. */
export function createClient(port: number, { upstreamIdleTimeout, maxConnections }: ClientOptions): Client {
  const timeout = upstreamIdleTimeout - margin;
  // To the agent 0 means "for ever".
  const agent = new Agent({ keepAlive: timeout > 0, timeout, maxSockets: maxConnections });
  return {
    async request(request) {
      try {
        return await send(port, request, agent);
      } catch (error) {
        if (!(error instanceof StaleConnection)) throw error;
        // Not from the pool: what else is idle there may be as old.
        return await send(port, request, false);
      }
    },
    close: () => agent.destroy(),
  };
}

/** A connection that had served before was lost before a byte of the reply came: most likely idle for too long. */
class StaleConnection extends ClientError {}

async function send(port: number, request: Request, agent: Agent | false): Promise<Reply> {
  const { method, path, body } = request;
  // For GET and DELETE Node adds no length by itself, and the server would read the body as the next request.
  const headers = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
  const sent = httpRequest({ port, host: "127.0.0.1", method, path, headers, agent }).end(body);
  // An RST in the midst of the reply is an error of both; the one below is enough.
  sent.on("error", () => {});
  const response = await begin(sent);
  try {
    let text = "";
    for await (const chunk of response.setEncoding("utf8")) text += chunk;
    return { status: response.statusCode ?? 0, body: text };
  } catch (cause) {
    throw new ClientError("CONNECTION_LOST", `Expected all of the reply to ${method}, got a part`, { cause });
  }
}

/** Waits for the reply's head. */
async function begin(sent: ClientRequest): Promise<IncomingMessage> {
  let readBefore = 0;
  sent.once("socket", (socket) => (readBefore = socket.bytesRead));
  try {
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    return response;
  } catch (cause) {
    const isUntouched = sent.socket?.bytesRead === readBefore;
    const Lost = sent.reusedSocket && isUntouched ? StaleConnection : ClientError;
    throw new Lost("CONNECTION_LOST", `Expected a reply to ${sent.method}, got none`, { cause });
  }
}
