import { FrozenListener, refusedPort } from "@tcpip-workshop/faults/kernel";
import {
  afterAll,
  answer,
  evidence,
  eventually,
  expect,
  step,
  test,
  untilSeen,
} from "@tcpip-workshop/grader/suite";
import type { FeedOptions, Request } from "./client.ts";
import { isGone, keepaliveTimer } from "./stage/answer-under-test.ts";
import { Babble, Chunks, FeedPeer, type OnPing } from "./stage/feed-peer.ts";
import { FeedUnderTest, told } from "./stage/feed-under-test.ts";
import { createClient, staleClient } from "./stage/http-client.ts";
import { connections, inWords, outcome } from "./stage/outcome.ts";
import { by } from "./stage/rule.ts";
import { statusOf, twentyRequests } from "./stage/twenty-requests.ts";
import { Upstream } from "./stage/upstream.ts";

const client = answer<typeof import("./client.ts")>("./client.ts");

// Peers outlive their tests: what they leave unread would be an RST, to a feed whose test is over.
const peers = new AsyncDisposableStack();
afterAll(() => peers.disposeAsync());
const feedPeer = async (onPing: OnPing, name?: string) => peers.use(await FeedPeer.listen(onPing, name));
const openFeed = (port: number, options: Partial<FeedOptions>) => FeedUnderTest.open(client, port, options);

test(
  "sets the kernel's keepalive timer to the time it is given",
  {
    why: "Two hours is what you get from seconds in place of milliseconds, and no error says so. A machine without power is a customer until then.",
    read: 'lesson "The number in front of the first probe"; tcp(7), tcp_keepalive_time',
  },
  async () => {
    for (const keepAliveAfter of [30_000, 95_000]) {
      const peer = await feedPeer(() => {});
      await using _first = await openFeed(peer.port, { keepAliveAfter });
      const rule =
        "The kernel's keepalive timer for the feed's socket must be set to `keepAliveAfter`, which is in milliseconds";
      const due = `a probe after ${keepAliveAfter / 1000} s of silence`;
      expect(keepaliveTimer(client, peer.port), rule).toBe(due);
    }
  },
);

test(
  "pings its peer, and gives it the whole time for its pong",
  {
    why: "Who never asks does not learn that the peer hangs. Who is impatient takes a slow peer for dead: all its clients reconnect at once, and that is what kills it.",
    read: 'lesson "The task": `pongWithin`, and one ping at a time',
  },
  async () => {
    const held = Promise.withResolvers<void>();
    const slow = await feedPeer((socket) => held.promise.then(() => socket.write("pong\n")), "the slow peer");
    const quick = await feedPeer((socket) => socket.write("pong\n"), "the other feed's peer");
    await using feed = await openFeed(slow.port, { pingEvery: 10 });
    const rule = "A ping is due `pingEvery` milliseconds after the opening";
    const count = (peer: FeedPeer) => () => `${peer.pings} ping${peer.pings === 1 ? "" : "s"}`;
    const [expected, received] = ["1 ping", count(slow)];
    await eventually(() => slow.pings > 0, rule, { within: 500, expected, received });
    step(
      "the peer has a ping, and takes its time; another feed, whose peer answers at once, is pinged four times",
    );
    const pingEvery = 40;
    await using _second = await openFeed(quick.port, { pingEvery });
    const other =
      "A pong is what the next ping waits for: a peer that answers at once is pinged `pingEvery` after each pong";
    const fourth = { expected: "4 pings", received: count(quick) };
    await eventually(() => quick.pings >= 4, other, { within: 1000, ...fourth });
    const one = "There is one ping at a time: until its pong has come, no other one is sent";
    expect(slow.pings === 1 ? "one ping" : "more pings", one).toBe("one ping");
    const rest = "Each pong is followed by `pingEvery` milliseconds without a ping, and then by one ping";
    expect(quick.shortestRest(pingEvery), rest).toBe(`${pingEvery} ms or more between two pings`);
    expect(told(feed.downs), "The time for the pong is not over: the peer is slow, and not dead").toBe(
      told([]),
    );
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
    // Its last byte comes in a chunk of its own: the "€" is cut.
    const mate = Buffer.from("mate €");
    const answers = [
      ["pong\n"],
      [" tea 340 \npong\npong\npong-pong 3\n"],
      ["coffee 420\npo", "ng\n"],
      [mate.subarray(0, -1), mate.subarray(-1), "\npong\n"],
    ];
    const chunks = new Chunks(client);
    const peer = await feedPeer((socket, ping) => chunks.write(socket, answers[ping - 1] ?? ["pong\n"]));
    step(
      "ping 1 is answered with `pong`; ping 2 with ` tea 340 `, `pong`, `pong` and `pong-pong 3` in one chunk",
    );
    step(
      "ping 3 with `coffee 420` and `pong`, cut behind `po`; ping 4 with `mate €`, cut within the €, and `pong`",
    );
    await using feed = await openFeed(peer.port, { pingEvery: 40 });
    const rule =
      "A ping is due `pingEvery` milliseconds after the opening, and again after each pong, wherever in a chunk that stands";
    const [expected, received] = [`${answers.length + 2} pings`, () => `${peer.pings} pings`];
    const isOver = () => peer.pings > answers.length + 1 || feed.downs.length > 0;
    await eventually(isOver, rule, { within: 800, expected, received });
    expect(told(feed.downs), "Each ping got its pong, so the connection is well").toBe(told([]));
    const one = "A pong that no ping waits for starts nothing: there is one ping at a time";
    expect(peer.shortestRest(40), one).toBe("40 ms or more between two pings");
    const lines =
      "`onLine` gets each line whole and as it came, without its line feed, however it was cut; of all lines, only `pong` is the feed's own";
    expect(feed.lines, lines).toEqual([" tea 340 ", "pong-pong 3", "coffee 420", "mate €"]);
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
    await using feed = await openFeed(frozen.port, { keepAliveAfter: 1000, pingEvery: 10, pongWithin: 80 });
    await feed.isDead();
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
    await untilSeen(async (factor) => {
      // No whole number, so that it is shown as a measured one is: the attempt that counts may be a later one.
      const pongWithin = 150.1 * factor;
      const prices = new Babble();
      const peer = await feedPeer((socket, ping) =>
        ping <= 2 ? socket.write("pong\n") : prices.say(socket, "tea 340\n", pongWithin / 15),
      );
      step(
        "the peer answers two pings with `pong`, and the third with `tea 340`, again and again, and no `pong`",
      );
      await using feed = await openFeed(peer.port, { pingEvery: 10, pongWithin });
      await feed.isDead({ within: 5 * pongWithin, orElse: () => peer.pings > 3 });
      // An answer that gives nobody the time is wrong in the last attempt.
      const isInTime = peer.pings >= 3 && prices.longestSilence < pongWithin;
      evidence(isInTime || factor === 8, "the peer sent its pongs and its prices in time");
      const one = "There is one ping at a time: the third got no pong, so no fourth one is sent";
      expect(peer.pings, one).toBe(3);
      expect([...new Set(feed.lines)], "Prices are handed on, though they are no sign of life").toEqual([
        "tea 340",
      ]);
    });
  },
);

test(
  "tells once that a connection is lost, and nothing once it is closed",
  {
    why: "Who is never told stands still for ever. Who is told twice reconnects twice, and has a thousand connections the next morning.",
    read: 'lesson "The task": `onDown`',
  },
  async () => {
    const nobody = "Where nobody listens, `openFeed` rejects: there is no feed to tell";
    await using refused = await refusedPort();
    step("at the first port nobody listens: the kernel answers SYN with RST");
    const opened = outcome(openFeed(refused.port, {}).then(() => "a feed"));
    expect(await opened, nobody).toEqual({ threw: "CONNECTION_LOST" });

    for (const how of ["FIN", "RST"]) {
      const peer = await feedPeer(
        (socket) => (how === "FIN" ? socket.end() : socket.resetAndDestroy()),
        `the peer that sends ${how}`,
      );
      step(`another peer gets its first ping, and answers with ${how}`);
      await using lost = await openFeed(peer.port, { pingEvery: 10 });
      const rule = `A peer that sends ${how} has ended the connection: \`onDown\` gets CONNECTION_LOST, at once`;
      await lost.isDown(rule, "CONNECTION_LOST");
    }

    const peer = await feedPeer(
      (socket) => void socket.write("pong\n"),
      "the peer of the feed that is closed",
    );
    await using closed = await openFeed(peer.port, { pingEvery: 10, pongWithin: 200 });
    await closed.close();
    await isGone(client, peer.port, "A feed that is closed leaves no socket");
    step("another feed is pinged twice: by then whatever the closed one has left behind is due");
    const other = await feedPeer((socket) => socket.write("pong\n"), "the other feed's peer");
    await using _third = await openFeed(other.port, { pingEvery: 110 });
    await eventually(() => other.pings >= 2, "Another feed is pinged as usual", { within: 1000 });
    const silent = "Whoever closes a feed knows it: after `close()` no timer and no event may call `onDown`";
    expect(told(closed.downs), silent).toBe(told([]));
  },
);

test(
  "sends twenty requests over one connection",
  {
    why: "A connection for each request costs a round trip and a TIME-WAIT of 60 s: at 500 requests a second the ports are used up. And a body without its length is read as the next request.",
    read: 'lesson "A connection that is used again"; Node\'s http, new Agent(options)',
  },
  async () => {
    await using upstream = await Upstream.start(({ path }) => statusOf(path));
    const http = await createClient(client, upstream);
    for (const { request, due } of twentyRequests()) {
      const rule =
        request.body === undefined
          ? "The reply is the upstream's status and body, whatever they are"
          : "A body goes with its Content-Length, in bytes: the upstream replies with what it has read, and takes the rest for the next request";
      expect(await http.request(request), rule).toEqual(due);
      const one = "One request after another uses the same connection, and opens no other";
      expect(connections(upstream.sockets.length), one).toBe("1 connection");
    }
    expect(upstream.seen.length, "Each request was replied to, so each is sent once").toBe(20);
    await http.close();
    await isGone(client, upstream.port, "`close()` closes the idle connections");
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
    const http = await createClient(client, upstream, { maxConnections: 3 });
    step("nine requests at once, with `maxConnections: 3`; the upstream takes its time");
    const replies = Promise.all(
      Array.from({ length: 9 }, () => outcome(http.request({ method: "GET", path: "/held" }))),
    );
    replies.catch(() => {});
    const begun = "As many requests may be under way as there may be connections";
    await eventually(() => upstream.seen.length >= 3, begun, { within: 500 });
    step(
      "another client asks the same upstream, and is answered: what the nine had to send has come by then",
    );
    await (await createClient(client, upstream)).request({ method: "GET", path: "/other" });
    const most =
      "`maxConnections` is 3: of nine requests at once, six wait until one of three connections is free";
    expect(connections(upstream.sockets.length - 1), most).toBe("3 connections");
    upstream.release();
    const all = (await replies).filter((reply) => "returned" in reply);
    expect(all.length, "When the upstream goes on, each of the nine requests gets its reply").toBe(9);
    expect(connections(upstream.sockets.length - 1), most).toBe("3 connections");
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
    const http = await createClient(client, upstream, { upstreamIdleTimeout: 1060 });
    step("a first request, to which the upstream does not reply yet; then a second one, to which it does");
    const slow = outcome(http.request({ method: "GET", path: "/slow" }));
    slow.catch(() => {});
    await eventually(() => upstream.seen.length === 1, "A request is sent at once", { within: 500 });
    await http.request({ method: "GET", path: "/quick" });
    step("the second connection is idle now; the upstream would close it after 1,060 ms");
    const first =
      "A client closes an idle connection a second before its upstream would: after 60 ms, where that has 1,060";
    const [expected, received] = ["FIN by client", () => upstream.endings[1] ?? "still open"];
    await eventually(() => received() === expected, first, { within: 300, expected, received });
    const used = "The first request still waits for its reply: its connection is in use, and not idle";
    expect(upstream.endings[0] ?? "open", used).toBe("open");
    upstream.release();
    expect(await slow, "A slow reply is a reply").toEqual({ returned: { status: 200, body: "GET /slow " } });

    const none = await createClient(client, upstream, { upstreamIdleTimeout: 1000 });
    const before = upstream.sockets.length;
    for (const path of ["/one", "/two"]) await none.request({ method: "GET", path });
    const rule =
      "A second before the upstream's 1,000 ms is 0 ms: no connection may be kept, so two requests need two";
    expect(connections(upstream.sockets.length - before), rule).toBe("2 connections");
    await isGone(client, upstream.port, "A connection that may not be kept is closed behind its reply", 1);
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
      await using stale = await staleClient(client, fault, 200);
      step(`at the next request on either, the upstream sends ${fault} in place of its reply`);
      const body = method === "PUT" ? "340" : "";
      const got = await outcome(stale.http.request({ method, path: "/price", ...(body && { body }) }));
      const again = `${method} may be done twice: lost on a reused connection before its reply, it is sent once more, whole, and on a fresh one`;
      const due = { status: 200, body: method === "HEAD" ? "" : `${method} /price ${body}` };
      expect(inWords(got, stale.sent()), again).toEqual(inWords({ returned: due }, ["reused", "fresh"]));
      await stale.http.close();
      await isGone(client, stale.port, "`close()` closes all, and nothing is left of the second attempt");
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
      await using stale = await staleClient(client, fault, fault);
      step(`the upstream makes the payment, and sends ${fault} in place of its reply`);
      const got = await outcome(stale.http.request({ method, path: "/payments", body: "340" }));
      const twice = `Without a reply nobody knows whether a ${method} was done: the upstream must not get it twice`;
      expect(stale.sent().length === 1 ? "sent once" : `sent ${stale.sent().length} times`, twice).toBe(
        "sent once",
      );
      const lost = `Nobody knows whether the ${method} was done: the caller must be told that its connection was lost`;
      expect(got, lost).toEqual({ threw: "CONNECTION_LOST" });
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
    await using stale = await staleClient(client, "RST", "RST");
    await using upstream = await Upstream.start((_, nth) => (nth > 4 ? 200 : "RST"));
    const get: Request = { method: "GET", path: "/price" };
    step("the upstream resets every connection, reused or fresh");
    const twice = await outcome(stale.http.request(get));
    const third =
      "A second attempt that is lost on a fresh connection was no race: there is no third one, and the caller is told";
    expect(inWords(twice, stale.sent()), third).toEqual(inWords(lost, ["reused", "fresh"]));
    step("another upstream resets the very first connection");
    const http = await createClient(client, upstream);
    const once = await outcome(http.request(get));
    const fresh =
      "A fresh connection was never idle, so its loss is no race with an idle time-out: GET is sent once";
    const attempts = upstream.seen.map(() => "fresh");
    expect(inWords(once, attempts), fresh).toEqual(inWords(lost, ["fresh"]));
  },
);

test(
  "takes a part of a reply neither for a reply nor for none",
  {
    why: "Half a price list is parsed as a whole one. And what was sent again was done twice: the upstream had done it, and was replying.",
    read: 'lesson "Lost, but done or not done?": not a byte of this reply; RFC 9112 §8',
  },
  async () => {
    for (const part of ["half a body, then FIN", "half a body, then RST", "half a head, then FIN"] as const) {
      await using broken = await staleClient(client, part, 200);
      step(`at the next request on either, the upstream sends ${part}`);
      const [half = ""] = part.split(",");
      const begun = `${half.replace("half", "Half")} of a reply is no reply, and says that the request was read: it is not sent again, and \`request\` rejects`;
      const call = broken.http.request({ method: "GET", path: "/price" });
      const got = await outcome(by(begun, call));
      expect(inWords(got, broken.sent()), begun).toEqual(inWords({ threw: "CONNECTION_LOST" }, ["reused"]));
    }
  },
);
