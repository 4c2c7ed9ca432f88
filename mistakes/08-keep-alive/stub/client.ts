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
  // TODO: connect with TCP keepalive, read lines, ping, and notice when no pong comes.
  throw new Error("not implemented");
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

/** A client of the HTTP server on `port` of 127.0.0.1, which reuses its connections. */
export function createClient(port: number, options: ClientOptions): Client {
  // TODO: an http.Agent with the right options, and one more attempt where that is safe.
  throw new Error("not implemented");
}
