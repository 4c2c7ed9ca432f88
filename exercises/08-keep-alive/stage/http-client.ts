import { eventually, quietly, step } from "@tcpip-workshop/grader/suite";
import type { ClientOptions, Reply, Request } from "../client.ts";
import type { AnswerUnderTest } from "./answer-under-test.ts";
import { outcome } from "./outcome.ts";
import { type Action, Upstream } from "./upstream.ts";

export interface HttpClient {
  request: (request: Request) => Promise<Reply>;
  close: () => Promise<void>;
}

export async function createClient(
  client: AnswerUnderTest,
  { port }: Upstream,
  options: Partial<ClientOptions> = {},
): Promise<HttpClient> {
  return await client.createClient(port, { upstreamIdleTimeout: 60_000, maxConnections: 10, ...options });
}

export interface Stale extends AsyncDisposable {
  http: HttpClient;
  port: number;
  /** What the upstream got since. */
  sent(): string[];
}

/** A client with two idle connections, and what becomes of these at the next request, and of a fresh one. */
export async function staleClient(client: AnswerUnderTest, reused: Action, fresh: Action): Promise<Stale> {
  await using started = new AsyncDisposableStack();
  const upstream = started.use(
    await Upstream.start(({ path, connection }, nth) => {
      if (path === "/before") return "hold";
      // Who repeats without end is let go, after a while.
      return nth > 6 ? 200 : connection <= 2 ? reused : fresh;
    }),
  );
  const http = await createClient(client, upstream);
  step("two requests at once, GET /before, are replied to: two connections have served, and are idle now");
  const before = Promise.all(
    [1, 2].map(() => outcome(quietly(() => http.request({ method: "GET", path: "/before" })))),
  );
  before.catch(() => {});
  const both = "Two requests at once need two connections";
  await eventually(() => upstream.seen.length === 2, both, { within: 500 });
  upstream.release();
  await before;
  const ours = started.move();
  return {
    http,
    port: upstream.port,
    sent: () => upstream.seen.slice(2).map(({ connection }) => (connection <= 2 ? "reused" : "fresh")),
    [Symbol.asyncDispose]: () => ours.disposeAsync(),
  };
}
