// Mistake: believes that a ping which could be written was received
// Caught by: pings its peer, and gives it the whole time for its pong
// Tell: Your `write` succeeded because the peer's *kernel* took the bytes; it takes them for a process
//   that is stopped, too. Only the pong is an answer, and only its deadline finds that there is none.

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
    socket.write("ping\n", (error) => {
      // It went through, so the peer is there; it has its time for the pong.
      if (!error) timer = setTimeout(ping, pongWithin + pingEvery);
    });
  };
  const pingLater = (): void => {
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
      if (line !== "pong") onLine(line);
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

/** RFC 9110 §9.2.2: done twice, these leave the upstream as when done once. */
const idempotent: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "DELETE"]);

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
        if (!(error instanceof StaleConnection) || !idempotent.has(request.method)) throw error;
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
