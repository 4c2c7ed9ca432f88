import { refusedPort } from "@tcpip-workshop/faults/kernel";
import { answer, eventually, expect, quietly, step, test, untilSeen } from "@tcpip-workshop/grader/suite";
import type { EchoClientOptions } from "./client.ts";
import { comesWhileIdle, EchoServer, fails } from "./stage/echo-server.ts";
import { endings, stage } from "./stage/ending.ts";
import { host, timeWaits } from "./stage/kernel-table.ts";
import {
  ask,
  asksTwice,
  becomes,
  connections,
  counted,
  onceEach,
  ownEcho,
  sent,
  timesSent,
  watch,
} from "./stage/outcome.ts";
import { keepsTurns, servedInTime } from "./stage/waiters.ts";

const clients = answer<typeof import("./client.ts")>("./client.ts");

/** For clients whose requests do not wait for each other: a place that is lost is told, and nobody hangs. */
const [size, acquireTimeout] = [1, 400];
/** For tests with requests that wait, and whose turn may come late on a busy machine. */
const deadline = 5000;

test(
  "says whose table has TIME-WAIT after an ending",
  {
    why: "Who does not know which side closes first looks for 28,232 rows in the wrong table.",
    read: 'lesson "Who closes first, waits"; RFC 9293 §3.6',
  },
  async () => {
    for (const ending of endings) {
      const { segments, place, rule } = ending;
      step(
        `we end a connection of real sockets: ${segments.join(", then ")}. The kernel's table then says who is in TIME-WAIT`,
      );
      await stage(ending);
      expect(await clients.timeWaitAt(segments), rule).toBe(place);
    }
  },
);

test(
  "sends 200 requests, one after another, over one connection",
  {
    why: "A connection per request leaves a TIME-WAIT per request: 28,232 ports and 60 seconds are 470 requests a second, and no more.",
    read: 'lesson "Who closes first, waits"',
  },
  async () => {
    await using server = await EchoServer.listen();
    const client = await open(server);
    await asksTwice(client, server);
    step("it asks 198 times more, always when it has its reply");
    for (let number = 3; number <= 200; number++)
      expect(await quietly(() => ask(client, `request ${number}`)), ownEcho).toBe(`request ${number}`);
    const one = "200 requests, one after another, need one connection";
    expect(connections(server.tap.accepts), one).toBe("1 connection");
    const rule = "The connection is still open, so nobody may be in TIME-WAIT, neither client nor server";
    expect(timeWaits(server.port), rule).toEqual({ client: 0, server: 0 });
  },
);

test(
  "opens as many connections as its size for fifty requests at once, and no more",
  {
    why: "At the start of the sale all come at once. A limit that holds only for polite callers is none.",
    read: 'lesson "A pool"',
    deadline,
  },
  async () => {
    await using server = await EchoServer.listen();
    const client = await open(server);
    await asksTwice(client, server);
    const payloads = Array.from({ length: 50 }, (_, index) => `customer ${index + 1}`);
    step('the server holds its replies back; fifty requests at once, "customer 1" to "customer 50"');
    server.hold = () => true;
    const replies = payloads.map((payload) => quietly(() => ask(client, payload)));
    const underWay = () => server.frames.length - 2;
    const four = "Four connections are allowed, so four requests must be on their way at once";
    await eventually(() => underWay() >= 4, four, { expected: 4, received: underWay });
    // When these have their replies, the fifty have done what they do.
    await using elsewhere = await EchoServer.listen({ shown: false });
    const other = await quietly(() => open(elsewhere));
    for (const payload of ["one", "two"]) await quietly(() => ask(other, payload));
    const rule =
      "`size` is 4, and a connection that is being opened counts: there may never be more than four";
    expect(counted(server.tap.accepts, 4, "connections"), rule).toBe("4 connections");
    const one = "A connection carries one request at a time, so the others have to wait";
    expect(counted(underWay(), 4, "requests on their way"), one).toBe("4 requests on their way");
    step("the server replies, also to those that come now");
    server.release();
    expect(await Promise.all(replies), "Each must get the reply to its own request").toEqual(payloads);
    expect(server.tap.peak, rule).toBe(4);
  },
);

test(
  "serves those who wait in the order in which they came",
  {
    why: "A stack serves the newest first. Under load the oldest is served when it has timed out: never.",
    read: 'lesson "A pool"',
    deadline,
  },
  async () => {
    await using server = await EchoServer.listen();
    const client = await open(server, { size });
    await asksTwice(client, server);
    step('the server holds its reply back; six requests at once, "first" to "sixth"');
    server.hold = () => true;
    const payloads = ["first", "second", "third", "fourth", "fifth", "sixth"];
    const replies = payloads.map((payload) => ask(client, payload));
    await sent(server, "first");
    step("the server replies");
    server.release();
    expect(await Promise.all(replies), "Each of the six must get its reply").toEqual(payloads);
    const rule =
      "Who has waited longest must be served next: the requests arrive in the order in which they were made";
    expect(server.payloads().slice(2).join(", "), rule).toBe(payloads.join(", "));
    step('twenty times: "waits" waits behind "ahead", and when "ahead" has its reply, "newcomer" comes');
    for (let round = 1; round <= 20; round++) await keepsTurns(client, server);
    expect(server.tap.accepts, "`size` is 1: one connection for all of them").toBe(1);
  },
);

test(
  "closes an idle connection as soon as anything comes on it, and lends a fresh one",
  {
    why: "After a deploy of the server requests fail, one for each connection that the pool still believes in. And a byte that nobody asked for becomes the next customer's reply.",
    read: 'lesson "A pool", on idle connections',
  },
  async () => {
    for (const [what, send] of comesWhileIdle) {
      await using server = await EchoServer.listen({ shown: `the server that sends ${what}` });
      const client = await open(server, { acquireTimeout });
      await asksTwice(client, server);
      step(`the connection is idle, and the server sends ${what}`);
      send(server.frames[0]!.socket);
      const rule =
        "Whatever comes on an idle connection is its end: it must be closed at once, not when the next request finds it";
      await becomes(() => states(server), "no socket", rule);
      // A row of a table that changes may be missed once.
      await becomes(() => states(server), "no socket", rule);
      const fresh =
        "A connection that has ended while it was idle is lent to nobody: the next request must get a fresh one, and its reply";
      expect(await ask(client, "again"), fresh).toBe("again");
      expect(server.tap.accepts, fresh).toBe(2);
    }
  },
);

test(
  "rejects a request whose connection fails, and gives its place back",
  {
    why: "After an error, a place that is lost stops the pool, a connection that is kept brings the next customer a stranger's reply, and a request that is sent again charges twice.",
    read: 'lesson "A pool", on places',
    deadline,
  },
  async () => {
    await using server = await EchoServer.listen({ neverCloses: true });
    const client = await open(server, { size, acquireTimeout });
    await asksTwice(client, server);
    const once =
      "Each request is sent once, and none again: where no reply came, the server may have done the work";
    const failures = Array.from({ length: 10 }, (_, index) => fails[index % fails.length]!);
    for (const [index, [what, fail, code]] of failures.entries()) {
      step(`the server sends ${what} in place of the reply`);
      server.hold = (frame) => (fail(frame), true);
      const rule = index
        ? "A request that fails gives its place back: the next one must get a connection, and its own error"
        : "A request whose connection fails must reject with what has happened";
      expect(await ask(client, `failure ${index}`), rule).toBe(`rejected with ${code}`);
      const asked = failures.slice(0, index + 1).map((_, nth) => `failure ${nth}`);
      expect(timesSent(server.payloads().slice(2), asked), once).toBe(onceEach);
      const gone =
        "A connection on which a request has failed is closed at once: what still comes is nobody's reply, and the server's FIN may never come";
      await becomes(() => states(server), "no socket", gone);
      if (code !== "REPLY_INVALID") continue;
      const fin = "A connection on which a request has failed must be closed by FIN as well";
      await becomes(() => server.of(`failure ${index}`)?.ended ?? "open", "FIN by client", fin);
    }
    step(
      'another client, of two connections, sends four at once: "slow", "unlucky", "third", "fourth". The server holds its reply to "slow" back, and sends RST to "unlucky"',
    );
    server.hold = ({ payload, socket }) =>
      payload === "slow" || (payload === "unlucky" && !!socket.resetAndDestroy());
    const other = await open(server, { size: 2, acquireTimeout: 1500 });
    const four = ["slow", "unlucky", "third", "fourth"];
    const [slow, ...replies] = four.map((payload) => ask(other, payload));
    const rule =
      "A place that is free after an error is news for those who wait: a new connection must be opened for the first of them";
    expect(await Promise.all(replies), rule).toEqual(["rejected with ECONNRESET", "third", "fourth"]);
    step('it sends two more at once: "fifth", "sixth"');
    const two = ["fifth", "sixth"];
    expect(await Promise.all(two.map((payload) => ask(other, payload))), ownEcho).toEqual(two);
    step('the server replies to "slow"');
    server.release();
    expect(await slow, "One connection has failed. The request on the other one must go on").toBe("slow");
    const all = ["one", "two", ...failures.map((_, index) => `failure ${index}`), ...four, ...two];
    expect(timesSent(server.payloads(), all), once).toBe(onceEach);
    const needed =
      "A place comes back once: the other client, of two connections, needs 3, for one has failed, and may open no more";
    expect(counted(server.tap.accepts - failures.length, 3, "connections"), needed).toBe("3 connections");
  },
);

test(
  "loses no place when nobody listens",
  {
    why: "The server restarts, for two seconds. The shop is down until somebody restarts it as well.",
    read: 'lesson "A pool", on places',
  },
  async () => {
    await using refused = await refusedPort();
    const where = { host: refused.host, port: refused.port };
    const client = await create({ ...where, size, acquireTimeout: 1000 });
    step("nobody listens; three requests at once");
    const three = await Promise.all(["first", "second", "third"].map((payload) => ask(client, payload)));
    const asItIs = "Nobody listens: the request must reject with the error of `connect`, as it is";
    expect(three[0], asItIs).toBe("rejected with ECONNREFUSED");
    const rule =
      "A `connect` that fails gives its place back: each request that waits must have its own try, and its own error";
    expect(three, rule).toEqual(three.map(() => "rejected with ECONNREFUSED"));
    step("the server is up again");
    await using server = await EchoServer.listen(where);
    await asksTwice(client, server);
  },
);

test(
  "lets go of a request that has waited too long",
  {
    why: "A caller that has given up must not get a connection: it never gives it back, and the pool runs dry when it is needed most.",
    read: 'lesson "A pool", on who waits',
    deadline,
  },
  async () => {
    await using server = await EchoServer.listen();
    const client = await open(server, { size, acquireTimeout: 50 });
    await asksTwice(client, server);
    step('the server holds its reply to "first" back, so "second" has to wait');
    server.hold = ({ payload }) => payload === "first";
    const first = watch(ask(client, "first"));
    await sent(server, "first");
    const second = watch(ask(client, "second"));
    const rule = "After `acquireTimeout` without a connection a request must give up";
    const isOver = () => second() !== "pending" || first() !== "pending";
    const expected = "rejected with ACQUIRE_TIMEOUT";
    await eventually(isOver, rule, { within: 600, expected, received: second });
    expect(first(), '"first" has its connection: `acquireTimeout` no longer counts for it').toBe("pending");
    expect(second(), rule).toBe(expected);
    step('the server replies to "first", and then comes "third"');
    server.release();
    await becomes(first, "first", "The first request must get its reply");
    const next =
      "Who gives up leaves the queue: the connection that is free now must go to the third request";
    await becomes(watch(ask(client, "third")), "third", next);
    const never = "Who gave up has told its caller that nothing was sent, so nothing may be sent";
    expect(server.payloads(), never).toEqual(["one", "two", "first", "third"]);
    step(
      'another client: "early" waits behind "busy", and is served; "late" waits behind "early", also when the time of "early" would have been over',
    );
    await untilSeen((factor) => servedInTime(open, roundTrip, factor));
  },
);

test(
  "closes a connection that is idle for too long, by FIN, and none that is in use",
  {
    why: "Where the server closes idle connections first, sooner or later a request meets its FIN. And a timer that runs on during a request cuts off the slow ones.",
    read: 'lesson "A pool", on being the first to let go',
    deadline,
  },
  async () => {
    await using server = await EchoServer.listen({ neverCloses: true });
    await asksTwice(await open(server), server);
    step('another client, with an `idleTimeout` of 50 ms, sends "quick" and "slow": no reply to "slow" yet');
    const client = await open(server, { size: 2, idleTimeout: 50 });
    server.hold = ({ payload }) => payload === "slow";
    await becomes(watch(ask(client, "quick")), "quick", "A request must get its reply");
    const slow = ask(client, "slow");
    await sent(server, "slow");
    step('"third" has its reply, and its connection is idle; that of "slow" is not');
    await becomes(watch(ask(client, "third")), "third", "A request must get its reply");
    const [first, used, idle] = ["one", "slow", "third"].map((payload) => server.of(payload));
    const rule = "After `idleTimeout` without a request the client must close the connection, by FIN";
    await becomes(() => idle?.ended ?? "open", "FIN by client", rule);
    const alive =
      "A connection with a request under way is not idle, however long the server takes: `idleTimeout` does not count for it";
    expect(used?.ended ?? "open", alive).toBe("open");
    const kept = "The server does not send its own FIN, and must not keep a place: the socket must be closed";
    await becomes(() => states(server), "ESTABLISHED,ESTABLISHED", kept);
    server.release();
    await becomes(watch(slow), "slow", alive);
    const young = "The first client's `idleTimeout` is half a minute, so its connection must still be there";
    expect(first?.ended ?? "open", young).toBe("open");
  },
);

test(
  "closes by FIN: one TIME-WAIT, at the client",
  {
    why: "RST empties the table of TIME-WAIT, and loses what was on its way. The server logs ECONNRESET, and raises the alarm.",
    read: 'lesson "What does not help"',
  },
  async () => {
    await using server = await EchoServer.listen();
    const client = await open(server);
    await asksTwice(client, server);
    await client.close();
    expect(states(server), noSocket).toBe("no socket");
    const fin =
      "Every reply has come, and nothing is wrong: `close` must end the connection by FIN, not by RST";
    await becomes(() => server.of("one")?.ended ?? "open", "FIN by client", fin);
    const rule = "One connection, and the first FIN came from the client: so one TIME-WAIT, the client's";
    await becomes(() => JSON.stringify(timeWaits(server.port)), '{"client":1,"server":0}', rule);
  },
);

test(
  "lets requests under way finish when it closes, and sends the others away",
  {
    why: "Each deploy closes the pool. Whoever cuts what is under way loses a payment, and whoever forgets those who wait hangs until SIGKILL.",
    read: 'lesson "The task", on `close()`',
    deadline,
  },
  async () => {
    await using server = await EchoServer.listen({ neverCloses: true });
    const client = await open(server, { size: 2 });
    await asksTwice(client, server);
    step('"first" and "second" are under way, "third" waits, and the client is closed');
    server.hold = () => true;
    const [first, second, third] = ["first", "second", "third"].map((payload) => ask(client, payload));
    await sent(server, "second");
    const state = watch(client.close().then(() => "resolved"));
    const told =
      "A request that waits for a connection when the client is closed must reject with CLOSED, at once, and not be sent";
    await becomes(watch(third!), "rejected with CLOSED", told);
    step('the server replies to "first"');
    server.release("first");
    await becomes(watch(first!), "first", finishes);
    const rule = "Its request is over, so this connection must be closed at once, by FIN";
    await becomes(() => server.of("first")?.ended ?? "open", "FIN by client", rule);
    expect(state(), "`close` must wait for all requests under way").toBe("pending");
    step('the server replies to "second"');
    server.release();
    await becomes(watch(second!), "second", finishes);
    const over = "The last request is over, so `close` must resolve, without a wait for the server's FIN";
    await becomes(state, "resolved", over);
    expect(states(server), noSocket).toBe("no socket");
    expect(
      await ask(client, "late"),
      "After `close` no connection is opened and no request sent: it must reject with CLOSED",
    ).toBe("rejected with CLOSED");
    step('another client sends "opening", and is closed before the connection is open');
    const another = await open(server);
    const opening = watch(ask(another, "opening"));
    const closed = watch(another.close().then(() => "resolved"));
    const early =
      "A request whose connection is being opened is under way too: `close` must wait for it, and it must get its reply";
    await becomes(opening, "opening", early);
    await becomes(closed, "resolved", over);
    expect(states(server), noSocket).toBe("no socket");
  },
);

const finishes = "`close` lets a request that is under way finish: it must get its reply";

const noSocket = "`close` has resolved, so the process may hold no socket any more";

function open({ port }: EchoServer, options: Partial<EchoClientOptions> = {}) {
  return create({ host, port, ...options });
}

function create(options: Partial<EchoClientOptions> & { host: string; port: number }) {
  return clients.create("EchoClient", { size: 4, idleTimeout: 30_000, acquireTimeout: 10_000, ...options });
}

/** To the answer's process and back, whatever it answers. */
const roundTrip = () => quietly(() => clients.timeWaitAt([])).catch(() => {});

/** What the answer's process holds of connections with this server. */
function states({ port }: EchoServer): string {
  const all = clients.process.sockets({ port }).map(({ state }) => state);
  return all.join() || "no socket";
}
