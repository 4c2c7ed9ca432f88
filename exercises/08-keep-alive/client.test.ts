import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { FrozenListener, refusedPort } from "@tcpip-workshop/faults/kernel";
import { ConnectionTap } from "@tcpip-workshop/faults/tcp";
import { afterAll } from "vitest";
import { answer, evidence, eventually, expect, step, test, timeline } from "@tcpip-workshop/grader/suite";
import type { ClientOptions, FeedOptions, Reply, Request } from "./client.ts";

const client = answer<typeof import("./client.ts")>("./client.ts");

// Peers outlive their tests: a feed that is told of a peer's end when its test is over has nobody to tell.
const peers = new AsyncDisposableStack();
afterAll(() => peers.disposeAsync());

test(
  "sets the kernel's keepalive timer to the time it is given",
  {
    why: "Two hours is what you get from seconds in place of milliseconds, and no error says so. A machine without power is a customer until then.",
    read: 'lesson "The number in front of the first probe"; tcp(7), tcp_keepalive_time',
  },
  async () => {
    for (const keepAliveAfter of [30_000, 95_000]) {
      const peer = await feedPeer(() => {});
      await openFeed(peer.port, { keepAliveAfter });
      const timer = client.process.sockets({ port: peer.port })[0]?.timer;
      // It runs while we look: five seconds of it may have gone.
      const seconds = Math.ceil((timer?.milliseconds ?? 0) / 5000) * 5;
      const rule = "The kernel's timer must show the milliseconds that were asked for, in whole seconds";
      const due = `a probe after ${keepAliveAfter / 1000} s of silence`;
      const other =
        timer?.kind === "keepalive" ? `a probe after ≈${seconds} s of silence` : "no keepalive timer";
      expect(seconds * 1000 === keepAliveAfter ? due : other, rule).toBe(due);
    }
  },
);

test(
  "pings its peer, and gives it the whole time for its pong",
  {
    why: "The peer collects garbage for half a second; all its clients take it for dead, reconnect at once, and that is what kills it.",
    read: 'lesson "The task": `pongWithin`, and one ping at a time',
  },
  async () => {
    const held = Promise.withResolvers<void>();
    const slow = await feedPeer((socket) => held.promise.then(() => socket.write("pong\n")));
    const quick = await feedPeer((socket) => socket.write("pong\n"));
    const feed = await openFeed(slow.port, { pingEvery: 10 });
    const rule = "A ping is due `pingEvery` milliseconds after the opening";
    await eventually(() => slow.pings > 0, rule, { within: 500 });
    step(
      "the peer has a ping and takes its time; meanwhile another feed, of another peer, is pinged four times",
    );
    await openFeed(quick.port, { pingEvery: 10 });
    const other = "Another feed, whose peer answers at once, is pinged after each pong";
    await eventually(() => quick.pings >= 4, other, { within: 1000 });
    const patient = "The time for the pong is not over: the peer is slow, and not dead";
    expect(feed.downs, patient).toEqual([]);
    step("now it sends its pong");
    held.resolve();
    const after = "The pong came in time, so all goes on: the next ping is due";
    await eventually(() => slow.pings >= 2, after, { within: 500 });
  },
);

test(
  "hands on every line but pongs, and pings again after each pong",
  {
    why: "A pong that is only seen when it comes alone is missed as soon as prices move: the busiest feed is the one declared dead.",
    read: 'lesson "Who answers a probe?"; exercise 04 for what a chunk is',
  },
  async () => {
    const answers = [["pong\n"], ["tea 340\npong\ntea 341\n"], ["coffee 420\npo", "ng\n"]];
    let said = Promise.resolve<unknown>(undefined);
    const peer = await feedPeer((socket, ping) => {
      // One part after another, however many pings came at once.
      for (const part of answers[ping - 1] ?? ["pong\n"])
        said = said.then(() => new Promise((sent) => socket.write(part, sent)));
    });
    step(
      "the peer answers with a pong; with a price, a pong and a price; with a price and a pong in two pieces",
    );
    const feed = await openFeed(peer.port, { pingEvery: 10 });
    const rule = "A ping is due `pingEvery` milliseconds after the opening, and again after each pong";
    await eventually(() => peer.pings > answers.length + 1 || feed.downs.length > 0, rule, {
      within: 500,
      expected: `${answers.length + 2} pings`,
      received: () => `${peer.pings} pings`,
    });
    expect(feed.downs, "Each ping got its pong, so the connection is well").toEqual([]);
    const lines =
      "`onLine` gets each line without its line feed, and no pong: that one is the feed's own affair";
    expect(feed.lines, lines).toEqual(["tea 340", "tea 341", "coffee 420"]);
  },
);

test(
  "finds a peer whose process is stopped, though its kernel answers",
  {
    why: "A process that hangs keeps all its connections ESTAB. Its kernel takes your bytes and answers your probes, for years.",
    read: 'lesson "Who answers a probe?"; RFC 9293 §3.8.4',
  },
  async () => {
    await using frozen = await FrozenListener.start();
    step("the peer's process is under SIGSTOP; its kernel completes the handshake");
    const feed = await openFeed(frozen.port, { keepAliveAfter: 1000, pingEvery: 10, pongWithin: 80 });
    await isDead(feed, frozen.port);
    evidence(frozen.accepted === 0, "the peer's process did not run");
  },
);

test(
  "takes nothing but a pong for a sign of life",
  {
    why: "One thread of the peer still sends the same price, and the one that reads has died. Whoever counts any byte waits for ever.",
    read: 'lesson "Who answers a probe?": what counts as a sign of life',
  },
  async () => {
    const say = (socket: Socket, ping: number) => void socket.write(ping <= 2 ? "pong\n" : "tea 340\n");
    const peer = await feedPeer(say);
    step("the peer answers two pings with a pong, and each later one with a price");
    const feed = await openFeed(peer.port, { pingEvery: 10, pongWithin: 200 });
    await isDead(feed, peer.port, () => peer.pings > 3);
    expect(peer.pings, "There is one ping at a time: the third got no pong, so no fourth one is sent").toBe(
      3,
    );
    expect(feed.lines, "The price is handed on, though it is no sign of life").toEqual(["tea 340"]);
  },
);

test(
  "tells once that a connection is lost, and nothing once it is closed",
  {
    why: "Told twice, a feed reconnects twice: the next morning it has a thousand connections. A timer that is left declares the dead dead again.",
    read: 'lesson "The task": `onDown`',
  },
  async () => {
    const nobody =
      "Where nobody listens, `openFeed` rejects with `CONNECTION_LOST`, for there is no feed to tell";
    await using refused = await refusedPort();
    const rejected = openFeed(refused.port, {}).then(
      () => "opened",
      (error: unknown) => error,
    );
    expect(codeOf(await rejected), nobody).toBe("CONNECTION_LOST");

    for (const [how, end] of [
      ["FIN", (socket: Socket) => void socket.end()],
      ["RST", (socket: Socket) => void socket.resetAndDestroy()],
    ] as const) {
      const peer = await feedPeer(end);
      step(`the peer gets its first ping, and sends ${how}`);
      const lost = await openFeed(peer.port, { pingEvery: 10 });
      await isDown(
        lost,
        peer.port,
        `The peer has sent ${how}: the connection is lost, and no pong is late`,
        "CONNECTION_LOST",
      );
    }

    const peer = await feedPeer((socket) => void socket.write("pong\n"));
    const closed = await openFeed(peer.port, { pingEvery: 10, pongWithin: 200 });
    await closed.close();
    await isGone(peer.port, "A feed that is closed leaves no socket");
    step("another feed is pinged twice, and by then whatever the first one left is due");
    const other = await feedPeer((socket) => socket.write("pong\n"));
    await openFeed(other.port, { pingEvery: 110 });
    await eventually(() => other.pings >= 2, "Another feed is pinged as usual", { within: 1000 });
    expect(closed.downs, "Behind `close()` nothing is told: no timer, no event may be left").toEqual([]);
  },
);

test(
  "sends twenty requests over one connection",
  {
    why: "A connection for each request costs a round trip before it and a TIME-WAIT of 60 s behind it: at 500 requests a second the ports are used up.",
    read: 'lesson "A connection that is used again"; Node\'s http, new Agent(options)',
  },
  async () => {
    await using upstream = await Upstream.start(({ path }) =>
      path === "/none" ? 404 : path === "/busy" ? 503 : 200,
    );
    const http = await createClient(upstream, {});
    const requests: Request[] = Array.from({ length: 20 }, (_, nth) => ({ method: "GET", path: `/${nth}` }));
    requests.splice(3, 4, { method: "POST", path: "/tea", body: "€ 3.40" }, { method: "GET", path: "/none" });
    requests.push({ method: "PUT", path: "/busy", body: "1" }, { method: "HEAD", path: "/last" });
    for (const request of requests) {
      const { method, path, body = "" } = request;
      const status = path === "/none" ? 404 : path === "/busy" ? 503 : 200;
      const due = { status, body: method === "HEAD" ? "" : `${method} ${path} ${body}` };
      const rule = "The reply is the upstream's status and body, whatever they are";
      expect(await http.request(request), rule).toEqual(due);
      const over = "One request after another needs one connection";
      expect(`${upstream.sockets.length} connections`, over).toBe("1 connections");
    }
    expect(upstream.seen.length, "Each request was replied to, so each is sent once").toBe(20);
    await http.close();
    await isGone(upstream.port, "`close()` closes the idle connections");
  },
);

test(
  "opens no more connections than it may",
  {
    why: "On the day when the upstream gets slow, each request that waits opens a connection more: the upstream drowns in them, and you run out of descriptors.",
    read: 'lesson "A connection that is used again": unbounded',
    deadline: 5000,
  },
  async () => {
    await using upstream = await Upstream.start(({ path }) => (path === "/held" ? "hold" : 200));
    const http = await createClient(upstream, { maxConnections: 3 });
    step("nine requests at once, with `maxConnections: 3`; the upstream takes its time");
    const replies = Promise.all(
      Array.from({ length: 9 }, () => outcome(http.request({ method: "GET", path: "/held" }))),
    );
    replies.catch(() => {});
    const begun = "As many requests may be under way as there may be connections";
    await eventually(() => upstream.seen.length >= 3, begun, { within: 500 });
    step("a client of its own asks the same upstream, and is answered: what was to come before it has come");
    await (await createClient(upstream, {})).request({ method: "GET", path: "/other" });
    const most = "Nine requests wait, and three connections are allowed: six requests wait for one of these";
    expect(upstream.sockets.length - 1, most).toBe(3);
    upstream.release();
    const all = (await replies).filter((reply) => "returned" in reply);
    expect(all.length, "When the upstream goes on, each of the nine requests gets its reply").toBe(9);
    expect(upstream.sockets.length - 1, most).toBe(3);
  },
);

test(
  "closes an idle connection a second before the upstream would",
  {
    why: "Whoever closes later sends into a closed door: one ECONNRESET in each quiet minute, and at a load balancer a 502.",
    read: 'lesson "Who closes first?"; RFC 9112 §9.5',
    deadline: 5000,
  },
  async () => {
    await using upstream = await Upstream.start(({ path }) => (path === "/slow" ? "hold" : 200));
    const http = await createClient(upstream, { upstreamIdleTimeout: 1120 });
    step("a first request, which the upstream does not reply to yet");
    const slow = outcome(http.request({ method: "GET", path: "/slow" }));
    slow.catch(() => {});
    await eventually(() => upstream.seen.length === 1, "A request is sent at once", { within: 500 });
    await http.request({ method: "GET", path: "/quick" });
    step("the second connection is idle; the upstream would close it after 1,120 ms");
    const first =
      "The upstream closes after 1,120 ms, so an unused connection is closed by the client after 120";
    await eventually(() => upstream.endings[1] === "FIN by client", first, {
      within: 500,
      expected: "FIN by client",
      received: () => upstream.endings[1] ?? "still open",
    });
    const used = "The first request still waits for its reply: its connection is in use, and not idle";
    expect(upstream.endings[0] ?? "open", used).toBe("open");
    upstream.release();
    expect(await slow, "A slow reply is a reply").toEqual({ returned: { status: 200, body: "GET /slow " } });

    const none = await createClient(upstream, { upstreamIdleTimeout: 1000 });
    const before = upstream.sockets.length;
    for (const path of ["/one", "/two"]) await none.request({ method: "GET", path });
    const rule = "Of 1,000 ms nothing is left, so no connection may be kept: two requests need two";
    expect(upstream.sockets.length - before, rule).toBe(2);
    await isGone(upstream.port, "A connection that may not be kept is closed behind its reply", 1);
  },
);

test(
  "repeats GET, HEAD, PUT and DELETE once, over a fresh connection",
  {
    why: "Each deploy of the upstream closes all idle connections. What was about to be sent is an error for the user, though a second attempt would have cost a millisecond.",
    read: 'lesson "Lost, but done or not done?"; RFC 9110 §9.2.2',
  },
  async () => {
    for (const [method, fault] of [
      ["GET", "RST"],
      ["GET", "FIN"],
      ["HEAD", "RST"],
      ["PUT", "RST"],
      ["DELETE", "FIN"],
    ] as const) {
      await using stale = await staleClient(fault, 200);
      const body = method === "PUT" ? "340" : "";
      const got = await outcome(stale.http.request({ method, path: "/price", body }));
      const again = `${method} may be done twice: lost on a connection that had served before, it is sent again, on a fresh one`;
      const due = { status: 200, body: method === "HEAD" ? "" : `${method} /price ${body}` };
      expect({ ...got, sent: stale.sent() }, again).toEqual({
        returned: due,
        sent: ["reused connection", "fresh connection"],
      });
      await stale.http.close();
      await isGone(stale.port, "`close()` closes all connections, and none is left of the second attempt");
    }
  },
);

test(
  "never repeats POST or PATCH",
  {
    why: "The payment was made, and only its reply was lost: who sends it again makes two.",
    read: 'lesson "Lost, but done or not done?"; RFC 9110 §9.2.2',
  },
  async () => {
    for (const [method, fault] of [
      ["POST", "RST"],
      ["PATCH", "RST"],
      ["POST", "FIN"],
    ] as const) {
      await using stale = await staleClient(fault, fault);
      step(`the upstream makes the payment, and sends ${fault} in place of its reply`);
      const got = await outcome(stale.http.request({ method, path: "/payments", body: "340" }));
      expect(stale.sent().length, `${method} was sent once; the upstream must not get it twice`).toBe(1);
      const told = `Nobody knows whether the ${method} was done: the caller must be told that its connection was lost`;
      expect(got, told).toEqual({ threw: "CONNECTION_LOST" });
    }
  },
);

test(
  "makes no third attempt, and no second one where it was no race",
  {
    why: "What was no race has another cause: a request that kills the upstream is sent to its next instance, and the next.",
    read: 'lesson "Lost, but done or not done?": once, on a reused connection, before the reply',
  },
  async () => {
    const lost = { threw: "CONNECTION_LOST" };
    await using stale = await staleClient("RST", "RST");
    await using upstream = await Upstream.start((_, nth) => (nth > 4 ? 200 : "RST"));
    const get: Request = { method: "GET", path: "/price" };
    step("the upstream resets every connection, reused or fresh");
    const twice = await outcome(stale.http.request(get));
    const third = "The second attempt was lost as well: that is no race, and there is no third one";
    expect({ ...twice, sent: stale.sent() }, third).toEqual({
      ...lost,
      sent: ["reused connection", "fresh connection"],
    });
    step("another upstream resets the very first connection");
    const http = await createClient(upstream, {});
    const once = await outcome(http.request(get));
    const fresh = "A fresh connection was not idle, so its loss was no race: GET is sent once";
    expect({ ...once, sent: upstream.seen.length }, fresh).toEqual({ ...lost, sent: 1 });
    for (const how of ["FIN", "RST"] as const) {
      await using broken = await staleClient(`half, then ${how}`, 200);
      step(`the upstream sends half a reply on a reused connection, and then ${how}`);
      const half = await outcome(broken.http.request(get));
      const begun =
        "A part of the reply has come, so the request did get there: it is not sent again, and half a reply is none";
      expect({ ...half, sent: broken.sent() }, begun).toEqual({ ...lost, sent: ["reused connection"] });
    }
  },
);

interface FeedPeer {
  port: number;
  pings: number;
}

/** A feed's other end: it does what it is told for each ping. */
async function feedPeer(onPing: (socket: Socket, ping: number) => unknown): Promise<FeedPeer> {
  const tap = await ConnectionTap.listen((socket) => {
    let unread = "";
    socket.setEncoding("latin1").on("data", (text: string) => {
      const lines = (unread + text).split("\n");
      unread = lines.pop() ?? "";
      for (const line of lines) if (line === "ping") void onPing(socket, ++peer.pings);
    });
  });
  const peer = { port: peers.use(tap).port, pings: 0 };
  return peer;
}

interface OpenFeed {
  lines: string[];
  /** The codes that `onDown` was called with. */
  downs: unknown[];
  close: () => Promise<void>;
}

async function openFeed(port: number, options: Partial<FeedOptions>): Promise<OpenFeed> {
  const [lines, downs]: [string[], unknown[]] = [[], []];
  const feed = (await client.openFeed(port, {
    keepAliveAfter: 60_000,
    pingEvery: 60_000,
    pongWithin: 60_000,
    ...options,
    onLine: (line) => void lines.push(line),
    onDown: (error) => void downs.push(codeOf(error)),
  })) as unknown as { close: () => Promise<void> };
  return { lines, downs, close: () => feed.close() };
}

async function isDead(feed: OpenFeed, port: number, orElse?: () => boolean): Promise<void> {
  const rule = "A ping got no pong in time: the peer is dead to you, whatever else its machine sends";
  await isDown(feed, port, rule, "PEER_DEAD", orElse);
}

async function isDown(
  feed: OpenFeed,
  port: number,
  rule: string,
  code: string,
  orElse = () => false,
): Promise<void> {
  const received = () => feed.downs;
  try {
    await eventually(() => feed.downs.length > 0 || orElse(), rule, {
      within: 800,
      expected: [code],
      received,
    });
    expect(feed.downs.slice(0, 1), rule).toEqual([code]);
    await isGone(port, "A feed that is down leaves no socket");
  } finally {
    // Whatever was told before this came back has come; and what is not down goes on in no other test.
    await feed.close().catch(() => {});
  }
  expect(feed.downs, "`onDown` is called once, and a connection is down once").toEqual([code]);
}

/** The answer's process holds no socket with this port. */
async function isGone(port: number, rule: string, but = 0): Promise<void> {
  const sockets = () => client.process.sockets({ port }).length;
  await eventually(() => sockets() <= but, rule, {
    within: 300,
    expected: `${but} sockets`,
    received: () => `${sockets()} sockets`,
  });
}

interface Seen {
  method: string;
  path: string;
  body: string;
  /** Counted from 1. */
  connection: number;
}

/** A status to reply with, the body being the request; or what becomes of the connection instead. */
type Action = number | "hold" | "RST" | "FIN" | "half, then FIN" | "half, then RST";

type Act = (request: Seen, nth: number) => Action;

/** A real HTTP server that closes no idle connection by itself. */
class Upstream implements AsyncDisposable {
  readonly seen: Seen[] = [];
  readonly sockets: Socket[] = [];
  /** By connection: who closed first. */
  readonly endings: (string | undefined)[] = [];
  readonly #server: Server;
  readonly #held: (() => void)[] = [];
  #isReleased = false;
  readonly #lines: string[] = [];

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
    return this.#lines;
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
    this.#lines.push(`connection ${seen.connection}: ${method} ${path} → ${action}`);
    const text = `${method} ${path} ${body}`;
    if (action === "hold" && !this.#isReleased) this.#held.push(() => void response.end(text));
    else if (action === "hold") response.end(text);
    else if (action === "RST") socket.resetAndDestroy();
    else if (action === "FIN") socket.end();
    else if (typeof action === "string")
      response.writeHead(200, { "content-length": 10 }).write("half", () => {
        if (action === "half, then RST") socket.resetAndDestroy();
        else socket.destroy();
      });
    else response.writeHead(action).end(text);
  }
}

interface Stale extends AsyncDisposable {
  http: HttpClient;
  port: number;
  /** What the upstream got since. */
  sent(): string[];
}

/** A client with two idle connections, and what becomes of these at the next request, and of a fresh one. */
async function staleClient(reused: Action, fresh: Action): Promise<Stale> {
  await using started = new AsyncDisposableStack();
  const upstream = started.use(
    await Upstream.start(({ path, connection }, nth) => {
      if (path === "/before") return "hold";
      // Who repeats without end is let go, after a while.
      return nth > 6 ? 200 : connection <= 2 ? reused : fresh;
    }),
  );
  const http = await createClient(upstream, {});
  step("two requests at once are replied to: their connections are idle now");
  const before = Promise.all([1, 2].map(() => outcome(http.request({ method: "GET", path: "/before" }))));
  before.catch(() => {});
  const both = "Two requests at once need two connections";
  await eventually(() => upstream.seen.length === 2, both, { within: 500 });
  upstream.release();
  await before;
  const ours = started.move();
  return {
    http,
    port: upstream.port,
    sent: () =>
      upstream.seen.slice(2).map(({ connection }) => `${connection <= 2 ? "reused" : "fresh"} connection`),
    [Symbol.asyncDispose]: () => ours.disposeAsync(),
  };
}

interface HttpClient {
  request: (request: Request) => Promise<Reply>;
  close: () => Promise<void>;
}

async function createClient({ port }: Upstream, options: Partial<ClientOptions>): Promise<HttpClient> {
  const whole = { upstreamIdleTimeout: 60_000, maxConnections: 10, ...options };
  return await client.createClient(port, whole);
}

async function outcome(call: Promise<unknown>): Promise<{ returned: unknown } | { threw: unknown }> {
  try {
    return { returned: await call };
  } catch (error) {
    if (error instanceof Error && error.name === "AnswerFailure") throw error;
    return { threw: codeOf(error) };
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : error;
}
