import type { Socket } from "node:net";
import { readSockets } from "@tcpip-workshop/diagnostics/sockets";
import { refusedPort } from "@tcpip-workshop/faults/kernel";
import {
  ConnectionTap,
  ScriptedPeer,
  type ConnectionHandler,
  type ConnectionTapOptions,
  type TappedConnection,
} from "@tcpip-workshop/faults/tcp";
import {
  answer,
  awaitEvidence,
  eventually,
  expect,
  step,
  test,
  timeline,
} from "@tcpip-workshop/grader/suite";
import type { EchoClientOptions, Segment } from "./client.ts";

const clients = answer<typeof import("./client.ts")>("./client.ts");

/** An address that nobody else uses: rows of the kernel's table with it, and with a server's port, are a test's own. */
const host = "127.7.7.7";
/** For clients whose requests do not wait for each other: a place that is lost is told, and nobody hangs. */
const [size, acquireTimeout] = [1, 400];
/** For tests with requests that wait, and whose turn may come late on a busy machine. */
const deadline = 5000;

test(
  "tells who is left in TIME-WAIT by an ending",
  {
    why: "Who does not know which side closes first looks for 28,231 rows in the wrong table.",
    read: 'lesson "Who closes first, waits"; RFC 9293 §3.6',
  },
  async () => {
    const endings: [Segment[], "client" | "server" | "nobody"][] = [
      [["FIN by client", "FIN by server"], "client"],
      [["FIN by server", "FIN by client"], "server"],
      [["RST by client"], "nobody"],
      [["FIN by client", "RST by server"], "nobody"],
      [["FIN by server", "RST by client"], "nobody"],
      [["FIN by client"], "nobody"],
    ];
    for (const [segments, place] of endings) {
      step(`with real sockets: ${segments.join(", then ")}. The kernel's table is what we expect`);
      await stage(segments, place);
      const rule = `After ${segments.join(" and ")} the kernel shows TIME-WAIT at this place`;
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
    await using server = await serve();
    const client = await open(server);
    await asksTwice(client, server);
    for (let number = 3; number <= 200; number++)
      expect(await ask(client, `request ${number}`), ownEcho).toBe(`request ${number}`);
    expect(server.tap.accepts, "200 requests, one after another, need one connection").toBe(1);
    const rule = "The connection is still open, so nobody may be in TIME-WAIT, neither client nor server";
    expect(timeWaits(server), rule).toEqual({ client: 0, server: 0 });
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
    await using server = await serve();
    const client = await open(server);
    await asksTwice(client, server);
    const payloads = Array.from({ length: 50 }, (_, index) => `customer ${index + 1}`);
    step('the server holds its replies back; fifty requests at once, "customer 1" to "customer 50"');
    server.hold = () => true;
    const replies = payloads.map((payload) => ask(client, payload));
    const underWay = () => server.frames.length - 2;
    const four = "Four connections are allowed, so four requests must be on their way at once";
    await eventually(() => underWay() >= 4, four, { expected: 4, received: underWay });
    step(
      "meanwhile another client asks another server: when it has its replies, the fifty have done what they do",
    );
    await using elsewhere = await serve();
    await asksTwice(await open(elsewhere), elsewhere);
    const rule = "`size` is 4: there may never be more than four connections";
    expect(server.tap.accepts > 4 ? "more than four" : "four", rule).toBe("four");
    const one = "A connection carries one request at a time, so the others have to wait";
    expect(underWay() > 4 ? "more than four" : "four", one).toBe("four");
    step("the server replies");
    server.release();
    const own = "Each of the fifty must get the reply to its own request";
    expect(await Promise.all(replies), own).toEqual(payloads);
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
    await using server = await serve();
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
    const rule = "Who came first must be served first, one after another";
    expect(server.payloads(), rule).toEqual(["one", "two", ...payloads]);
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
      await using server = await serve();
      const client = await open(server, { acquireTimeout });
      await asksTwice(client, server);
      step(`the connection is idle, and the server sends ${what}`);
      send(server.frames[0]!.socket);
      const rule =
        "Something came on an idle connection: it must be closed, and not wait for the next request";
      await becomes(() => states(server), "no socket", rule);
      // A row of a table that changes may be missed once.
      await becomes(() => states(server), "no socket", rule);
      const fresh = "The next request must succeed, over a fresh connection";
      expect(await ask(client, "again"), fresh).toBe("again");
      expect(server.tap.accepts, fresh).toBe(2);
    }
  },
);

test(
  "rejects a request whose connection fails, and gives its place back",
  {
    why: "If a place is lost with each error, a pool of four stands still after the fourth, for ever. And a request that the pool sends again charges twice.",
    read: 'lesson "A pool", on places',
    deadline,
  },
  async () => {
    await using server = await serve();
    const client = await open(server, { size, acquireTimeout });
    await asksTwice(client, server);
    const failures = Array.from({ length: 10 }, (_, index) => fails[index % fails.length]!);
    for (const [index, [what, fail, code]] of failures.entries()) {
      step(`the server sends ${what} in place of the reply`);
      server.hold = (frame) => (fail(frame), true);
      const rule = index
        ? "The place of the one before is free again, so this request must get a connection, and its own error"
        : "A request whose connection fails must reject with what has happened";
      expect(await ask(client, `failure ${index}`), rule).toBe(`rejected with ${code}`);
      const gone = "What comes on a connection that has failed is nobody's reply: it must be closed";
      await becomes(() => states(server), "no socket", gone);
    }
    step(
      'another client, of two connections, sends four at once: "slow", "unlucky", "third", "fourth". The server holds its reply to "slow" back, and sends RST to "unlucky"',
    );
    server.hold = ({ payload, socket }) =>
      payload === "slow" || (payload === "unlucky" && !!socket.resetAndDestroy());
    const other = await open(server, { size: 2, acquireTimeout: 1500 });
    const four = ["slow", "unlucky", "third", "fourth"];
    const [slow, ...replies] = four.map((payload) => ask(other, payload));
    const rule = "Who waits behind a request that fails must get a new connection, and the reply";
    expect(await Promise.all(replies), rule).toEqual(["rejected with ECONNRESET", "third", "fourth"]);
    step('it sends two more at once: "fifth", "sixth"');
    const two = ["fifth", "sixth"];
    expect(await Promise.all(two.map((payload) => ask(other, payload))), ownEcho).toEqual(two);
    step('the server replies to "slow"');
    server.release();
    expect(await slow, "One connection has failed. The request on the other one must go on").toBe("slow");
    const once = "Each request must be sent once, and none again";
    const all = ["one", "two", ...failures.map((_, index) => `failure ${index}`), ...four, ...two];
    expect(server.payloads().toSorted(), once).toEqual(all.toSorted());
    const needed = "`size` is 2, and one connection has failed: so the other client needs three, and no more";
    const opened = server.tap.accepts - failures.length;
    expect(opened > 3 ? "more than three" : "three", needed).toBe("three");
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
    const rule = "Nobody listens, so each of the three must be told what `connect` says";
    expect(three, rule).toEqual(three.map(() => "rejected with ECONNREFUSED"));
    step("the server is up again");
    await using server = await serve(where);
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
    await using server = await serve();
    const client = await open(server, { size, acquireTimeout: 50 });
    await asksTwice(client, server);
    step('the server holds its reply to "first" back, so "second" has to wait');
    server.hold = ({ payload }) => payload === "first";
    const first = ask(client, "first");
    await sent(server, "first");
    const second = watch(ask(client, "second"));
    const rule = "After `acquireTimeout` without a connection a request must give up";
    await becomes(second, "rejected with ACQUIRE_TIMEOUT", rule);
    step('the server replies to "first", and then comes "third"');
    server.release();
    await becomes(watch(first), "first", "The first request must get its reply");
    const next = "The connection is free, and who gave up must not get it: the third request must";
    await becomes(watch(ask(client, "third")), "third", next);
    const never = "Who gave up has told its caller that nothing was sent, so nothing may be sent";
    expect(server.payloads(), never).toEqual(["one", "two", "first", "third"]);
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
    await using server = await serve();
    await asksTwice(await open(server), server);
    step(
      'another client, with an `idleTimeout` of 50 ms, sends "quick" and "slow". To "slow" the server does not reply yet',
    );
    const client = await open(server, { size: 2, idleTimeout: 50 });
    server.hold = ({ payload }) => payload === "slow";
    await becomes(watch(ask(client, "quick")), "quick", "A request must get its reply");
    const slow = ask(client, "slow");
    await sent(server, "slow");
    step('meanwhile "third" has its reply: its connection is idle, and the one of "slow" is not');
    await becomes(watch(ask(client, "third")), "third", "A request must get its reply");
    const [first, used, idle] = ["one", "slow", "third"].map((payload) => server.of(payload));
    const rule = "After `idleTimeout` without a request the client must close the connection, by FIN";
    await becomes(() => idle?.ended ?? "open", "FIN by client", rule);
    const alive = "A connection with a request under way is not idle, however long the server takes";
    expect(used?.ended ?? "open", alive).toBe("open");
    server.release();
    await becomes(watch(slow), "slow", alive);
    const kept = "The first client's `idleTimeout` is half a minute, so its connection must still be there";
    expect(first?.ended ?? "open", kept).toBe("open");
  },
);

test(
  "closes by FIN: one TIME-WAIT, at the client",
  {
    why: "RST empties the table of TIME-WAIT, and loses what was on its way. The server logs ECONNRESET, and raises the alarm.",
    read: 'lesson "What does not help"',
  },
  async () => {
    await using server = await serve();
    const client = await open(server);
    await asksTwice(client, server);
    await client.close();
    expect(states(server), noSocket).toBe("no socket");
    const fin = "The client has nothing to complain of, so it must close by FIN";
    await becomes(() => server.of("one")?.ended ?? "open", "FIN by client", fin);
    const rule = "One connection, and the first FIN came from the client: so one TIME-WAIT, the client's";
    await becomes(() => JSON.stringify(timeWaits(server)), '{"client":1,"server":0}', rule);
    expect(await ask(client, "late"), "After `close` no request may be sent").toBe("rejected with CLOSED");
  },
);

test(
  "lets requests under way finish when it closes, and sends away those that wait",
  {
    why: "Each deploy closes the pool. Whoever cuts what is under way loses a payment, and whoever forgets those who wait hangs until SIGKILL.",
    read: 'lesson "The task", on `close()`',
    deadline,
  },
  async () => {
    await using server = await serve();
    const client = await open(server, { size: 2 });
    await asksTwice(client, server);
    step('"first" and "second" are under way, "third" waits, and the client is closed');
    server.hold = () => true;
    const [first, second, third] = ["first", "second", "third"].map((payload) => ask(client, payload));
    await sent(server, "second");
    const state = watch(client.close().then(() => "resolved"));
    const told = "A request that waits when the client is closed must be told so, and not be sent";
    await becomes(watch(third!), "rejected with CLOSED", told);
    step('the server replies to "first"');
    server.release("first");
    await becomes(watch(first!), "first", "A request under way must get its reply");
    const rule = "Its request is over, so this connection must be closed at once, by FIN";
    await becomes(() => server.of("first")?.ended ?? "open", "FIN by client", rule);
    expect(state(), "`close` must wait for all requests under way").toBe("pending");
    step('the server replies to "second"');
    server.release();
    await becomes(watch(second!), "second", "A request under way must get its reply");
    await becomes(state, "resolved", "The last request is over, so `close` must resolve");
    expect(states(server), noSocket).toBe("no socket");
    step('another client sends "opening", and is closed before the connection is open');
    const another = await open(server);
    const opening = watch(ask(another, "opening"));
    const over = watch(another.close().then(() => "resolved"));
    const early = "A request whose connection is being opened is under way: it must get its reply";
    await becomes(opening, "opening", early);
    await becomes(over, "resolved", "The last request is over, so `close` must resolve");
    expect(states(server), noSocket).toBe("no socket");
  },
);

/** What may come on a connection on which nobody has asked anything. */
const comesWhileIdle: [what: string, send: (socket: Socket) => void][] = [
  ["FIN", (socket) => socket.end()],
  ["RST", (socket) => socket.resetAndDestroy()],
  ["a frame that nobody asked for", (socket) => socket.write(frame("stray"))],
];

/** What may come in place of a reply. */
const fails: [what: string, send: (request: Request) => void, code: string][] = [
  ["RST", ({ socket }) => socket.resetAndDestroy(), "ECONNRESET"],
  ["FIN", ({ socket }) => socket.end(), "CONNECTION_LOST"],
  [
    "half a frame and FIN",
    ({ socket, payload }) => socket.end(frame(payload).subarray(0, 6)),
    "CONNECTION_LOST",
  ],
  ["other bytes", ({ socket }) => socket.write("HTTP/1.1 408"), "REPLY_INVALID"],
];

const ownEcho = "A request must get its own echo";
const noSocket = "`close` has resolved, so the process may hold no socket any more";

interface Request {
  payload: string;
  socket: Socket;
  connection: TappedConnection;
}

/** An echo server that remembers all, and holds back the replies that a test tells it to. */
async function serve(where: { host: string; port?: number } = { host }) {
  const frames: Request[] = [];
  const held: Request[] = [];
  const tap = await listen((socket, connection) => {
    let received = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      for (let end; received.length >= 4 && received.length >= (end = 4 + received.readUInt32BE());) {
        const request = { payload: text(received.subarray(4, end)), socket, connection };
        received = received.subarray(end);
        frames.push(request);
        if (server.hold(request)) held.push(request);
        else socket.write(frame(request.payload));
      }
    });
  }, where);
  timeline(tap);
  const server = {
    tap,
    frames,
    hold: (_: Request): boolean => false,
    payloads: () => frames.map(({ payload }) => payload),
    of: (sought: string) => frames.find(({ payload }) => payload === sought)?.connection,
    /** Replies to what was held back, and holds nothing back any more; or to this one only. */
    release(only?: string): void {
      if (only === undefined) server.hold = () => false;
      for (const request of held.splice(0))
        if (only !== undefined && request.payload !== only) held.push(request);
        else if (request.socket.writable) request.socket.write(frame(request.payload));
    },
    [Symbol.asyncDispose]: () => tap[Symbol.asyncDispose](),
  };
  return server;
}

/** On a port of which the kernel shows nothing more from an earlier server, a minute ago. */
async function listen(handler: ConnectionHandler, options: ConnectionTapOptions): Promise<ConnectionTap> {
  for (;;) {
    const tap = await ConnectionTap.listen(handler, options);
    if (rows(tap.port).length === 1 || options.port) return tap;
    await tap[Symbol.asyncDispose]();
  }
}

type Server = Awaited<ReturnType<typeof serve>>;

function open({ tap: { port } }: Server, options: Partial<EchoClientOptions> = {}) {
  return create({ host, port, ...options });
}

function create(options: Partial<EchoClientOptions> & { host: string; port: number }) {
  return clients.create("EchoClient", { size: 4, idleTimeout: 30_000, acquireTimeout: 10_000, ...options });
}

type Client = Awaited<ReturnType<typeof create>>;

async function asksTwice(client: Client, { tap }: Server): Promise<void> {
  for (const payload of ["one", "two"]) expect(await ask(client, payload), ownEcho).toBe(payload);
  expect(tap.accepts, "Two requests, one after the other, need one connection").toBe(1);
}

/** The reply, or what it rejected with. Who fails before it comes need not wait for it. */
function ask(client: Client, payload: string): Promise<string> {
  const reply = client.request(Buffer.from(payload)).then(text, (error: Error & { code?: string }) => {
    if (error.name === "AnswerFailure") throw error;
    return `rejected with ${error.code ?? error.message}`;
  });
  reply.catch(() => {});
  return reply;
}

async function sent(server: Server, payload: string): Promise<void> {
  const rule = `There is a free place, so "${payload}" must be sent`;
  await eventually(() => server.of(payload), rule);
}

/** What came of it so far. */
function watch(promise: Promise<string>): () => string {
  let state = "pending";
  const become = (outcome: unknown) => (state = String(outcome));
  promise.then(become, become);
  return () => state;
}

/** Waits for a state, unless there is another one that stays. */
async function becomes(received: () => string, expected: string, rule: string): Promise<void> {
  const isOver = () => received() === expected || /^(rejected|RST)/.test(received());
  await eventually(isOver, rule, { within: 600, expected, received });
  expect(received(), rule).toBe(expected);
}

/** Makes an ending with real sockets, and sees in the kernel's table who is in TIME-WAIT. */
async function stage(segments: Segment[], place: "client" | "server" | "nobody"): Promise<void> {
  const options = { host, allowHalfOpen: true };
  await using tap = await listen((socket) => void socket.resume(), options);
  await using client = await ScriptedPeer.connect(tap.port, { host });
  await awaitEvidence(() => tap.accepts === 1, "the connection is accepted");
  const { socket } = tap.connections[0]!;
  for (const segment of segments) {
    if (segment === "FIN by client") client.end();
    else if (segment === "RST by client") client.reset();
    else if (segment === "FIN by server") socket.end();
    else socket.resetAndDestroy();
    const saw = () => tap.records.some(({ what }) => what === segment);
    await awaitEvidence(segment.endsWith("client") ? saw : () => client.ended, `${segment} has arrived`);
  }
  const open = () => rows(tap.port).filter(({ state }) => state !== "TIME-WAIT" && state !== "LISTEN").length;
  const isShown = () => {
    const waits = timeWaits({ tap });
    const shown = waits.client > 0 ? "client" : waits.server > 0 ? "server" : "nobody";
    // Half a connection is open, a whole one is not.
    return shown === place && open() === (segments.join() === "FIN by client" ? 2 : 0);
  };
  await awaitEvidence(isShown, `TIME-WAIT at ${place} after ${segments.join(", ")}`);
}

function timeWaits({ tap: { port } }: { tap: ConnectionTap }): { client: number; server: number } {
  const waiting = rows(port).filter(({ state }) => state === "TIME-WAIT");
  const client = waiting.filter(({ remote }) => remote.address === host && remote.port === port).length;
  return { client, server: waiting.length - client };
}

/** Both ends of all connections with a server of ours, as the kernel has them. */
function rows(port: number) {
  const isServer = (end: { address: string; port: number }) => end.address === host && end.port === port;
  const all = readSockets({ protocols: ["tcp"], port });
  return all.filter(({ local, remote }) => isServer(local) || isServer(remote));
}

/** What the answer's process holds of connections with this server. */
function states({ tap: { port } }: Server): string {
  return (
    clients.process
      .sockets({ port })
      .map(({ state }) => state)
      .join() || "no socket"
  );
}

function frame(payload: string): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(Buffer.byteLength(payload));
  return Buffer.concat([header, Buffer.from(payload)]);
}

function text(payload: Uint8Array): string {
  return Buffer.from(payload).toString();
}
