import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { FrozenListener, refusedPort } from "@tcpip-workshop/faults/kernel";
import { ConnectionTap, type ConnectionHandler } from "@tcpip-workshop/faults/tcp";
import {
  answer,
  awaitEvidence,
  evidence,
  eventually,
  expect,
  step,
  test,
  timeline,
} from "@tcpip-workshop/grader/suite";
import type { RequestOptions } from "./request.ts";

const client = answer<typeof import("./request.ts")>("./request.ts");

// A Buffer is a Uint8Array: only the bytes count.
expect.addEqualityTesters([
  (a: unknown, b: unknown) =>
    a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : undefined,
]);

const hello = Buffer.from("hello");
const megabytes = new Uint8Array(32 * 2 ** 20);
const minute = 60_000;

test(
  "sends the payload and FIN, and returns what comes before the server's FIN",
  {
    why: "A reply that is cut at the first chunk is a wrong price, and a request without FIN is one that the server waits for.",
    read: 'lesson "The task"; RFC 9293 §3.6',
  },
  async () => {
    for (const reply of [hello, Buffer.alloc(0), Buffer.alloc(2 ** 20, "reply ")]) {
      const received: Buffer[] = [];
      await using server = await listen(async (socket) => {
        received.push(await requestOf(socket));
        for (let at = 0; at < reply.length; at += 300_000) socket.write(reply.subarray(at, at + 300_000));
        socket.end();
      });
      step(`the server answers the payload and FIN with ${reply.length.toLocaleString("en")} bytes and FIN`);
      const returned = await client.request({
        ...patient,
        port: server.port,
        payload: Uint8Array.of(1, 2, 3),
      });
      expect(received, "The server must get the payload, and FIN behind it").toEqual([Buffer.of(1, 2, 3)]);
      expect(Buffer.compare(returned, reply), "All that came before the server's FIN is the reply").toBe(0);
      await nothingLeft(server.port);
    }
  },
);

test(
  "rejects with the system's error, as soon as it comes",
  {
    why: "ECONNREFUSED is an answer: the host is up, and the process is not. Who waits for a time-out instead tries the next host a minute later.",
    read: 'lesson "One number is not enough"; RFC 9293 §3.5.2, §3.5.3',
  },
  async () => {
    await using refused = await refusedPort();
    step("nobody listens on the port");
    await ends(ask(refused), "ECONNREFUSED", "An RST in answer to the SYN is ECONNREFUSED, at once");
    for (const said of ["", "hello"]) {
      await using server = await listen(async (socket) => {
        await requestOf(socket);
        if (said === "") return void socket.resetAndDestroy();
        socket.write(said, () => socket.resetAndDestroy());
      });
      step(`the server has the request, sends ${said.length} bytes, and RST`);
      const rule = "A reply that ends in RST is no reply: ECONNRESET, whatever has come before";
      await ends(ask(server), "ECONNRESET", rule);
    }
    const notFound = Object.assign(new Error("no such host"), { code: "ENOTFOUND" });
    const lookup = () => Promise.reject(notFound);
    await ends(ask(refused, { lookup }), "ENOTFOUND", "The look-up's error is the request's");
  },
);

test(
  "gives up with CONNECT_TIMEOUT when nobody answers the SYN",
  {
    why: "Linux sends the SYN again for about 131 seconds. By then your caller has gone, and its sockets are still here.",
    read: 'lesson "One number is not enough", and "What is left behind"',
  },
  async () => {
    await using listener = await hung();
    const call = ask(listener, { connectTimeout: 250, idleTimeout: 30 });
    await seenInSynSent(call, listener);
    const rule =
      "The SYN was not answered within connectTimeout; idleTimeout counts only once it is connected";
    await ends(call, "CONNECT_TIMEOUT", rule);
  },
);

test(
  "gives up with IDLE_TIMEOUT when nothing comes and nothing goes",
  {
    why: "The kernel of a hung host accepts and acknowledges, and so do firewalls that have forgotten you. Without this clock you wait for ever.",
    read: 'lesson "One number is not enough", and "What is left behind"',
  },
  async () => {
    for (const said of ["", "hello"]) {
      await using server = await listen(async (socket) => {
        await requestOf(socket);
        if (said !== "") socket.write(said);
      });
      step(`the server reads the request, says ${said.length} bytes, and no more`);
      const rule = "Connected, and then nothing for idleTimeout, counted anew from each byte";
      await ends(ask(server, { idleTimeout: 80 }), "IDLE_TIMEOUT", rule);
    }
    await using server = await listen((socket) => void socket.pause());
    step("the server does not read");
    const rule = "Nothing comes, and what is not sent yet does not go: that is idle, too";
    await ends(ask(server, { idleTimeout: 80, payload: megabytes }), "IDLE_TIMEOUT", rule);
  },
);

test(
  "gives up with TOTAL_TIMEOUT when bytes come for ever",
  {
    why: "One byte a second keeps an idle clock quiet for ever, by mistake or on purpose, and with it a socket and its buffers.",
    read: 'lesson "One number is not enough"',
  },
  async () => {
    await using server = await listen(dribble);
    step("the server says a byte every few milliseconds, for ever");
    const call = ask(server, { totalTimeout: 200 });
    await ends(
      call,
      "TOTAL_TIMEOUT",
      "The reply was not whole within totalTimeout, though it was never idle",
    );
    evidence((server.connections[0]?.bytesOut ?? 0) > 3, "bytes that kept coming");
  },
);

test(
  "lets through what is slow and healthy",
  {
    why: "The nightly report takes an hour, and each of its pieces comes in time. A clock that is not stopped, or not started anew, ends it at the same second every night.",
    read: 'lesson "One number is not enough", and "What `socket.setTimeout` is"',
    deadline: 10_000,
  },
  async () => {
    const limits = { connectTimeout: 300, idleTimeout: 300, totalTimeout: Number.POSITIVE_INFINITY };
    await using steady = await listen(async (socket) => {
      await requestOf(socket);
      for (let piece = 0; piece < 24; piece++) await sleep(20).then(() => socket.write("."));
      socket.end();
    });
    await using reading = await listen(async (socket) => {
      for (let piece = 0; piece < 24; piece++) await sleep(20).then(() => take(socket, 2 ** 19));
      await requestOf(socket);
      socket.end("taken");
    });
    await using quiet = await listen(async (socket) => {
      await requestOf(socket).then(() => sleep(50));
      socket.end("here");
    });
    step(
      "one server says 24 bytes, 20 ms apart; one takes the request in as many pieces; one answers after 50 ms",
    );
    const none = { connectTimeout: Number.POSITIVE_INFINITY, idleTimeout: Number.POSITIVE_INFINITY };
    const calls = [
      ask(quiet, { ...limits, ...none }),
      ask(steady, limits),
      ask(reading, { ...limits, payload: megabytes }),
    ] as const;
    await ends(calls[0], "a reply of 4 bytes", "A limit of Infinity is none");
    await ends(
      calls[1],
      "a reply of 24 bytes",
      "Never idle for idleTimeout, and connected long ago: the reply may take as long as it takes",
    );
    await ends(calls[2], "a reply of 5 bytes", "While bytes of the request go, it is not idle");
  },
);

test(
  "counts the look-up as a part of connecting, and dials nobody when it answers late",
  {
    why: "The name server is down: with a clock on the socket alone, there is no socket yet, and no clock. And when it is up again, a thousand callers that have gone dial at once.",
    read: 'lesson "What is left behind"',
  },
  async () => {
    await using server = await listen(echo);
    step("one look-up answers, and one fails, only after the limit");
    const late = [lookUp(() => "127.0.0.1"), lookUp(() => Promise.reject(new Error("no name server")))];
    const calls = late.map(({ lookup }) => ask(server, { connectTimeout: 100, lookup }));
    // So an answer whose clock is not running yet gets a reply, and not a wait in vain.
    await Promise.race([Promise.allSettled(calls.map(({ ended }) => ended)), aWhile()]);
    for (const { answerNow } of late) answerNow();
    for (const call of calls) {
      await ends(
        call,
        "CONNECT_TIMEOUT",
        "connectTimeout runs from the call, and the look-up is a part of it",
      );
    }
    await dialledOnlyBy(server, "the look-up answered when the request had been given up: nobody may dial");
  },
);

test(
  "starts the total clock with the call",
  {
    why: "Your caller's clock started when it called you. Two clocks in a row, of a second each, are a promise of two.",
    read: 'lesson "The task"',
  },
  async () => {
    await using server = await listen((socket) => void socket.resume());
    const slow = lookUp(() => "127.0.0.1");
    const never = lookUp(() => "127.0.0.1");
    step(
      "of totalTimeout 240, a look-up takes 140; the server says nothing for idleTimeout 180; another look-up has no end",
    );
    const calls = [
      ask(server, { totalTimeout: 240, idleTimeout: 180, lookup: slow.lookup }),
      ask(server, { totalTimeout: 240, connectTimeout: 500, lookup: never.lookup }),
    ] as const;
    await awaitEvidence(() => slow.asked || calls[0].outcome !== undefined, "the look-up");
    await sleep(140);
    slow.answerNow();
    const rule = "totalTimeout runs from the call, through the look-up and all that follows";
    await ends(calls[0], "TOTAL_TIMEOUT", rule);
    await ends(calls[1], "TOTAL_TIMEOUT", rule);
    never.answerNow();
  },
);

test(
  "stops when the caller aborts, whatever is under way",
  {
    why: "Nobody waits for the reply any more. Work that goes on without a caller is what turns a slow minute into an outage.",
    read: 'lesson "What is left behind", and "The task"',
  },
  async () => {
    const [reason, rule] = [
      "the signal's reason",
      "An aborted request rejects with the signal's reason, at once",
    ];
    await using server = await listen(echo);
    const unasked = lookUp(() => "127.0.0.1");
    unasked.answerNow();
    step("the signal is aborted before the call");
    await ends(ask(server, { signal: AbortSignal.abort(hungUp), lookup: unasked.lookup }), reason, rule);
    expect(unasked.asked, "Aborted before it began: nothing may be looked up").toBe(false);

    const slow = lookUp(() => "127.0.0.1");
    const looking = new AbortController();
    const first = ask(server, { signal: looking.signal, lookup: slow.lookup });
    await awaitEvidence(() => slow.asked || first.outcome !== undefined, "the look-up");
    step("the signal is aborted during the look-up, which answers then");
    looking.abort(hungUp);
    await Promise.race([first.ended, aWhile()]);
    slow.answerNow();
    await ends(first, reason, rule);
    await dialledOnlyBy(server, "the caller aborted before there was an address: nobody may dial");

    await using listener = await hung();
    const connecting = new AbortController();
    const second = ask(listener, { signal: connecting.signal });
    await seenInSynSent(second, listener);
    step("the signal is aborted in SYN-SENT");
    connecting.abort(hungUp);
    await ends(second, reason, rule);

    await using talking = await listen(dribble);
    const reading = new AbortController();
    const third = ask(talking, { signal: reading.signal });
    await awaitEvidence(
      () => third.outcome !== undefined || (talking.connections[0]?.bytesOut ?? 0) > 1,
      "a reply",
    );
    step("the signal is aborted in the middle of a reply");
    reading.abort(hungUp);
    await ends(third, reason, rule);
  },
);

test(
  "leaves no timer behind, however it ends",
  {
    why: "A thousand requests a second and a limit of a minute: sixty thousand timers that wait to do nothing, each holding its reply.",
    read: 'lesson "What is left behind", and "By hand"',
  },
  async () => {
    await using server = await listen(echo);
    await using resets = await listen((socket) => void socket.resetAndDestroy());
    await using mute = await listen((socket) => void socket.resume());
    await using refused = await refusedPort();
    const hours = { connectTimeout: 3 * hour, idleTimeout: 6 * hour, totalTimeout: 9 * hour };
    const failing = () => Promise.reject(Object.assign(new Error("no such host"), { code: "ENOTFOUND" }));
    const caller = new AbortController();
    const aborted = ask(mute, { ...hours, signal: caller.signal });
    await awaitEvidence(() => mute.accepts > 0 || aborted.outcome !== undefined, "a connection");
    caller.abort(hungUp);
    await ends(aborted, "the signal's reason", "An aborted request rejects with the signal's reason");
    await ends(ask(server, hours), "a reply of 5 bytes", "This server answers");
    await ends(ask(refused, hours), "ECONNREFUSED", "Nobody listens there");
    await ask(resets, hours).ended;
    await ends(
      ask(refused, { ...hours, lookup: failing }),
      "ENOTFOUND",
      "The look-up's error is the request's",
    );
    // A timer that is cleared still wakes Node, once; with the next that fires it looks which one is the next.
    const none = Number.POSITIVE_INFINITY;
    const last = ask(mute, { connectTimeout: none, idleTimeout: 5, totalTimeout: none });
    await ends(last, "IDLE_TIMEOUT", "Connected, and then nothing for idleTimeout");
    step("six requests have ended, with limits of 3, 6 and 9 hours, and nobody calls");
    await eventually(
      () => timerLeft() === "none",
      "Every request has ended, so no timer of theirs may wait",
      {
        within: 400,
        expected: "none",
        received: timerLeft,
      },
    );
  },
);

test(
  "keeps the clocks of many requests apart",
  {
    why: "A variable outside the function is shared by all of them: one request's reply stops another one's clock.",
    read: 'lesson "What is left behind"',
  },
  async () => {
    await using server = await listen(echo);
    await using mute = await listen((socket) => void socket.resume());
    await using talking = await listen(dribble);
    await using refused = await refusedPort();
    step("24 requests at once: echoed, refused, to a mute server, and to one that never ends");
    const calls = Array.from({ length: 24 }, (_, index) => {
      if (index % 4 === 0) return { call: ask(refused), due: "ECONNREFUSED" };
      if (index % 4 === 1) return { call: ask(mute, { idleTimeout: 100 }), due: "IDLE_TIMEOUT" };
      if (index % 4 === 2) return { call: ask(talking, { totalTimeout: 100 }), due: "TOTAL_TIMEOUT" };
      return { call: ask(server, { payload: new Uint8Array(index) }), due: `a reply of ${index} bytes` };
    });
    await Promise.all(calls.map(({ call }) => call.ended));
    const outcomes = calls.map(({ call }) => call.outcome);
    expect(outcomes, "Each request ends in its own way").toEqual(calls.map(({ due }) => due));
    for (const { call, due } of calls) await ends(call, due, "Each request ends in its own way");
  },
);

const hour = 3_600_000;
const hungUp = new Error("the caller has hung up");

const patient = {
  host: "127.0.0.1",
  payload: hello,
  connectTimeout: minute,
  idleTimeout: minute,
  totalTimeout: minute,
};

interface Call {
  /** A code, or what came; undefined while it is under way. */
  outcome: unknown;
  port: number;
  ended: Promise<void>;
}

/** A request with a minute for everything, unless it says otherwise. */
function ask({ port }: { port: number }, options: Partial<RequestOptions> = {}): Call {
  const call: Call = { outcome: undefined, port, ended: settle() };
  call.ended.catch(() => {});
  return call;

  async function settle(): Promise<void> {
    try {
      const reply = await client.request({ ...patient, port, ...options });
      call.outcome = `a reply of ${reply.length} bytes`;
    } catch (error) {
      if (!(error instanceof Error) || error.name === "AnswerFailure") throw error;
      const { code } = error as { code?: unknown };
      call.outcome = error.message === hungUp.message ? "the signal's reason" : (code ?? error);
      if (String(code).endsWith("_TIMEOUT") && error.name !== "TimeoutError") call.outcome = error;
    }
  }
}

/** So it ends, and nothing of it is left. */
async function ends(call: Call, due: string, rule: string): Promise<void> {
  await call.ended;
  expect(call.outcome, rule).toBe(due);
  await nothingLeft(call.port);
}

async function nothingLeft(port: number): Promise<void> {
  const states = () => client.process.sockets({ port }).map(({ state }) => state);
  await eventually(() => states().length === 0, "The request has ended, so its socket must be gone", {
    within: 300,
    expected: "no socket",
    received: () => `a socket in ${states().join()}`,
  });
}

/** Nobody has dialled this server before us. */
async function dialledOnlyBy(server: ConnectionTap, rule: string): Promise<void> {
  step("another request, to the same server, is answered");
  await ends(ask(server), "a reply of 5 bytes", "A request for which nothing is in the way is answered");
  expect(server.accepts, rule).toBe(1);
}

async function seenInSynSent(call: Call, { port }: { port: number }): Promise<void> {
  let seen = false;
  const look = () => (seen = client.process.sockets({ port }).some(({ state }) => state === "SYN-SENT"));
  await awaitEvidence(() => look() || call.outcome !== undefined, "the client in SYN-SENT");
  if (call.outcome === "CONNECT_TIMEOUT") evidence(seen, "the client in SYN-SENT");
}

async function hung(): Promise<FrozenListener> {
  const listener = await FrozenListener.start();
  await listener.fill();
  step("the server is stopped and its accept queue full: its kernel drops each SYN");
  return listener;
}

/** A server whose connections do as `handler` says until the client is gone. */
async function listen(handler: ConnectionHandler): Promise<ConnectionTap> {
  const serve: ConnectionHandler = async (socket, connection) => {
    // What goes wrong over there shows in how the request ended.
    await Promise.resolve(handler(socket, connection)).catch(() => socket.destroy());
  };
  const server = await ConnectionTap.listen(serve, { allowHalfOpen: true });
  timeline(server);
  return server;
}

/** All that comes before the client's FIN. */
async function requestOf(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(socket, "end");
  return Buffer.concat(chunks);
}

async function take(socket: Socket, bytes: number): Promise<void> {
  for (let taken = 0; taken < bytes;) {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) await once(socket, "readable");
    taken += chunk?.length ?? 0;
  }
}

/** Long for what is due within 100 ms. */
const aWhile = () => sleep(500, undefined, { ref: false });

function echo(socket: Socket): void {
  socket.pipe(socket);
}

async function dribble(socket: Socket): Promise<void> {
  socket.resume();
  for (; !socket.destroyed; await sleep(4)) socket.write(".");
}

/** A look-up that answers when it is told to. */
function lookUp(find: () => string | Promise<string>) {
  const { promise: told, resolve: answerNow } = Promise.withResolvers<void>();
  const state = { asked: false, answerNow, lookup };
  return state;

  async function lookup(): Promise<string> {
    state.asked = true;
    await told;
    return await find();
  }
}

/** Which limit's timer the process would sleep for, by the kernel: it waits in epoll_wait(2) until the next one. */
function timerLeft(): string {
  let call: string[];
  try {
    call = readFileSync(`/proc/${client.process.pid}/syscall`, "latin1").split(" ");
  } catch {
    // Not ours to see on this machine, so there is nothing to hold against anybody.
    return "none";
  }
  // x86-64's epoll_wait and epoll_pwait, and arm64's epoll_pwait
  if (!["232", "281", "22"].includes(call[0] ?? "")) return "a process that does not rest";
  const hours = (Number(call[4]) | 0) / hour;
  if (hours < 1) return "none";
  return hours < 4 ? "connectTimeout's" : hours < 7 ? "idleTimeout's" : "totalTimeout's";
}
