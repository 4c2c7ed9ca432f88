import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { FrozenListener, refusedPort } from "@tcpip-workshop/faults/kernel";
import { ConnectionTap } from "@tcpip-workshop/faults/tcp";
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

const [minute, none] = [60_000, Number.POSITIVE_INFINITY];
/** What is to be seen within a limit may need longer on a busy machine: then the limit is made so many times as long. */
const patience = [1, 2, 4, 8];
const hello = Buffer.from("hello");
const payload16MiB = new Uint8Array(16 * 2 ** 20);

test(
  "sends the payload and FIN, and returns what comes before the server's FIN",
  {
    why: "A reply that is cut at the first chunk is a wrong price. A server that gets no FIN waits for more, and so do you.",
    read: 'lesson "The task"; RFC 9293 §3.6',
  },
  async () => {
    for (const reply of [hello, Buffer.alloc(0), Buffer.alloc(2 ** 20, "reply ")]) {
      let payload = "nothing";
      await using server = await listen(async (socket) => {
        payload = (await requestOf(socket)).toString();
        for (let at = 0; at < reply.length; at += 300_000) socket.write(reply.subarray(at, at + 300_000));
        socket.end();
      });
      step(`the server answers a payload and FIN with ${reply.length.toLocaleString("en")} bytes and FIN`);
      const returned = await client.request({
        ...patient,
        port: server.port,
        payload: Buffer.from("price tea"),
      });
      expect(payload, "The server must get the payload, and FIN behind it").toBe("price tea");
      const isWhole = Buffer.compare(returned, reply) === 0;
      if (!isWhole) expect(returned, "All that came before the server's FIN is the reply").toEqual(reply);
      await gone(server.port);
    }
  },
);

test(
  "rejects with the system's error, as soon as it comes",
  {
    why: "ECONNREFUSED is an answer: the host is up, the process is not. Who waits for a time-out all the same is a minute late at the next host.",
    read: 'lesson "One number is not enough"; RFC 9293 §3.5.2, §3.5.3',
  },
  async () => {
    await using refused = await refusedPort();
    step("nobody listens on the port");
    await ends(
      ask(refused),
      "ECONNREFUSED",
      "RST in answer to the SYN is ECONNREFUSED, and nothing to wait for",
    );
    for (const said of ["", "hello"]) {
      await using server = await listen(async (socket) => {
        await requestOf(socket);
        if (said === "") socket.resetAndDestroy();
        else socket.write(said, () => socket.resetAndDestroy());
      });
      step(`the server has the request, says ${said.length} bytes, and sends RST`);
      await ends(
        ask(server),
        "ECONNRESET",
        "A reply that ends in RST is no reply, whatever has come before: ECONNRESET",
      );
    }
    await ends(ask(refused, { lookup: notFound }), "ENOTFOUND", "The look-up's error is the request's");
  },
);

test(
  "gives up with CONNECT_TIMEOUT when nobody answers the SYN",
  {
    why: "Linux goes on for about 131 seconds. By then your caller has gone, and the sockets of all such requests are still here.",
    read: 'lesson "One number is not enough", and "What is left behind"',
  },
  async () => {
    await using listener = await hung();
    const rule =
      "The SYN was not answered within connectTimeout; idleTimeout begins only with the connection";
    let wasSeen = false;
    for (const scale of patience) {
      if (wasSeen) break;
      const call = ask(listener, { connectTimeout: 120 * scale, idleTimeout: 30 });
      wasSeen = await inSynSent(call);
      await ends(call, "CONNECT_TIMEOUT", rule);
    }
    evidence(wasSeen, "the client in SYN-SENT");
  },
);

test(
  "gives up with IDLE_TIMEOUT when nothing comes and nothing goes",
  {
    why: "A hung server's kernel still accepts and acknowledges, and a dead one sends no FIN. Without this clock you wait for ever.",
    read: 'lesson "One number is not enough", and "What is left behind"',
    deadline: 2500,
  },
  async () => {
    const rule = "Connected, and then nothing for idleTimeout, which begins anew with each byte";
    const answering = (said: string) => async (socket: Socket) => {
      await requestOf(socket);
      socket.write(said);
    };
    await using mute = await listen(answering(""));
    step("the server reads the request, and says nothing");
    await ends(ask(mute, { idleTimeout: 40 }), "IDLE_TIMEOUT", rule);
    await using stuck = await listen(answering("hello"));
    step("the server says 5 bytes, and no more");
    await ends(ask(stuck, { idleTimeout: 40 }), "IDLE_TIMEOUT", rule);
    await using full = await listen((socket) => void socket.pause());
    step("the server does not read, and the request is too large for the kernels' buffers");
    const sending = ask(full, { idleTimeout: 40, payload: payload16MiB });
    await ends(
      sending,
      "IDLE_TIMEOUT",
      "Nothing comes, and the rest of the request does not go: that is idle, too",
    );
  },
);

test(
  "gives up with TOTAL_TIMEOUT when bytes come for ever",
  {
    why: "One byte a second keeps an idle clock quiet for ever, by mistake or on purpose. With it goes a socket, and the memory for the bytes.",
    read: 'lesson "One number is not enough"',
  },
  async () => {
    await using server = await listen(dribble);
    step("the server says a byte every few milliseconds, for ever");
    let bytes = 0;
    for (const scale of patience) {
      if (bytes > 3) break;
      const call = ask(server, { totalTimeout: 100 * scale });
      await ends(call, "TOTAL_TIMEOUT", "The reply had no end within totalTimeout, though it was never idle");
      bytes = server.connections.at(-1)?.bytesOut ?? 0;
    }
    evidence(bytes > 3, "bytes that kept coming");
  },
);

test(
  "lets through what is slow and healthy",
  {
    why: "The nightly report takes an hour, and each of its pieces comes in time. A clock that goes on, or does not begin anew, ends it at the same minute every night.",
    read: 'lesson "One number is not enough", and "What `socket.setTimeout` is"',
    deadline: 10_000,
  },
  async () => {
    step("one server answers after 50 ms, one says 16 bytes one by one, one takes 16 MiB little by little");
    let isSteady = false;
    for (const scale of patience) {
      if (isSteady) break;
      const pace = new Pace(20 * scale);
      await using quiet = await listen(async (socket) => {
        await requestOf(socket).then(() => sleep(50));
        socket.end("here");
      });
      await using talking = await listen(async (socket) => {
        await requestOf(socket);
        await pace.keep(() => socket.write("."));
        socket.end();
      });
      await using reading = await listen(async (socket) => {
        await pace.keep(() => take(socket, 2 ** 19));
        await requestOf(socket);
        socket.end("taken");
      });
      const limits = { connectTimeout: 250 * scale, idleTimeout: 250 * scale, totalTimeout: none };
      const calls = [
        ask(quiet, { connectTimeout: none, idleTimeout: none, totalTimeout: none }),
        ask(talking, limits),
        ask(reading, { ...limits, payload: payload16MiB }),
      ] as const;
      await ends(calls[0], "a reply of 4 bytes", "A limit of Infinity is none");
      await Promise.all(calls.map(({ ended }) => ended));
      // On a machine that has no time for us these servers were not healthy: then again, at half the pace.
      isSteady = pace.longest < 100 * scale;
      if (!isSteady) continue;
      const rule =
        "Connected long ago, and never idle for idleTimeout: the reply may take as long as it takes";
      await ends(calls[1], "a reply of 16 bytes", rule);
      await ends(calls[2], "a reply of 5 bytes", "As long as bytes of the request go, it is not idle");
    }
    evidence(isSteady, "servers that keep their pace");
  },
);

test(
  "starts the connect and the total clock with the call, and dials nobody when the look-up is late",
  {
    why: "The name server is away: no socket yet, and so no clock on a socket. When it is back, a thousand requests that nobody waits for dial at once.",
    read: 'lesson "One number is not enough", and "What is left behind"',
    deadline: 2500,
  },
  async () => {
    await using server = await listen((socket) => void socket.pipe(socket));
    await using mute = await listen((socket) => void socket.resume());
    const [found, failed, slow] = [lookUp("127.0.0.1"), lookUp(), () => sleep(100).then(() => "127.0.0.1")];
    step("one look-up finds the address after connectTimeout, one fails after totalTimeout");
    const late = [
      ask(server, { connectTimeout: 60, lookup: found.lookup }),
      ask(server, { totalTimeout: 60, lookup: failed.lookup }),
    ] as const;
    step(
      "one takes 100 ms of a totalTimeout of 160; then the server says nothing, with an idleTimeout of 120",
    );
    const call = ask(mute, { totalTimeout: 160, idleTimeout: 120, lookup: slow });
    await settled(late);
    found.answerNow();
    failed.answerNow();
    await ends(
      late[0],
      "CONNECT_TIMEOUT",
      "connectTimeout runs from the call, and the look-up is a part of it",
    );
    await ends(late[1], "TOTAL_TIMEOUT", "totalTimeout runs from the call, whatever is under way");
    await ends(call, "TOTAL_TIMEOUT", "totalTimeout runs from the call: what the look-up took of it is gone");
    await dialledOnlyNow(server, "The look-up was done when the request had ended, so nobody may dial");
  },
);

test(
  "stops when the caller aborts, whatever is under way",
  {
    why: "Nobody waits for this reply any more. Work that goes on without a caller turns a slow minute into an outage.",
    read: 'lesson "What is left behind", and "The task"',
  },
  async () => {
    const rule = "A request whose signal is aborted rejects with the signal's reason, at once";
    await using server = await listen((socket) => void socket.pipe(socket));
    await using talking = await listen(dribble);
    await using listener = await hung();
    const [unasked, found] = [lookUp("127.0.0.1"), lookUp("127.0.0.1")];
    unasked.answerNow();
    step("the signal is aborted before the call");
    await ends(ask(server, { signal: AbortSignal.abort(hungUp), lookup: unasked.lookup }), aborted, rule);
    expect(unasked.asked, "The signal was aborted before the call, so nothing may be looked up").toBe(false);
    const aborts = async (
      call: Call,
      caller: AbortController,
      underWay: string,
      isUnderWay: () => unknown,
    ) => {
      await awaitEvidence(() => isUnderWay() || call.outcome, underWay);
      step(`the signal is aborted: ${underWay} under way`);
      caller.abort(hungUp);
      await settled([call]);
      found.answerNow();
      await ends(call, aborted, rule);
    };
    const callers = [new AbortController(), new AbortController(), new AbortController()] as const;
    const [looking, connecting, reading] = callers;
    await aborts(
      ask(server, { signal: looking.signal, lookup: found.lookup }),
      looking,
      "a look-up",
      () => found.asked,
    );
    await dialledOnlyNow(server, "The look-up was done when the caller had aborted, so nobody may dial");
    const dialling = ask(listener, { signal: connecting.signal });
    await aborts(dialling, connecting, "a handshake", () => inSynSent(dialling));
    const streaming = ask(talking, { signal: reading.signal });
    await aborts(streaming, reading, "a reply", () => talking.bytesOut > 1);
  },
);

test(
  "keeps many requests apart, and leaves no timer behind",
  {
    why: "A thousand requests a second and a limit of a minute are sixty thousand timers with nothing to do. And a timer in a variable that all share is stopped by somebody else's reply.",
    read: 'lesson "What is left behind", and "By hand"',
  },
  async () => {
    await using echo = await listen((socket) => void socket.pipe(socket));
    await using resets = await listen(
      (socket) => void requestOf(socket).then(() => socket.resetAndDestroy()),
    );
    await using refused = await refusedPort();
    let isTold = false;
    for (const scale of patience) {
      if (isTold) break;
      step(
        "at once: 60 requests that are answered, refused, reset, or not looked up, each with limits of its own",
      );
      const start = performance.now();
      const calls = Array.from({ length: 60 }, (_, index) => {
        const limit = (200 + index * 2) * scale;
        const limits = { connectTimeout: limit, idleTimeout: limit, totalTimeout: limit };
        const payload = new Uint8Array(index);
        if (index % 4 === 0) return { call: ask(refused, limits), due: "ECONNREFUSED" };
        if (index % 4 === 1) return { call: ask(resets, limits), due: "ECONNRESET" };
        if (index % 4 === 2) return { call: ask(refused, { ...limits, lookup: notFound }), due: "ENOTFOUND" };
        return { call: ask(echo, { ...limits, payload }), due: `a reply of ${index} bytes` };
      });
      await Promise.all(calls.map(({ call }) => call.ended));
      // The last sockets are closing.
      await sleep(30);
      const before = wakeUps();
      // On a machine that has no time for us a limit may be reached before we get to it.
      if (scale < 8 && performance.now() - start > 190 * scale) continue;
      const outcomes = calls.map(({ call }) => call.outcome);
      const dues = calls.map(({ due }) => due);
      expect(outcomes, "Each of the requests must end in its own way").toEqual(dues);
      step("all have ended; nobody calls until the last limit has passed");
      await sleep(Math.max(1, start + 340 * scale - performance.now()));
      const count = wakeUps() - before;
      const rule = "All requests have ended, so no timer of theirs may be left to wake the process";
      if (count > 8) expect("a process that is woken again and again", rule).toBe("a process that sleeps");
      for (const { call } of calls) await gone(call.port);
      isTold = true;
    }
    evidence(isTold, "sixty requests that end before their limits");
  },
);

interface Call {
  port: number;
  /** A code, or what came; undefined while it is under way. */
  outcome: unknown;
  ended: Promise<void>;
}

const patient = {
  host: "127.0.0.1",
  payload: hello,
  connectTimeout: minute,
  idleTimeout: minute,
  totalTimeout: minute,
};
const hungUp = new Error("the caller has hung up");
const aborted = "the signal's reason";

/** A request with a minute for everything, unless it says otherwise. */
function ask({ port }: { port: number }, options: Partial<RequestOptions> = {}): Call {
  const call: Call = { port, outcome: undefined, ended: settle() };
  call.ended.catch(() => {});
  return call;

  async function settle(): Promise<void> {
    try {
      const reply = await client.request({ ...patient, port, ...options });
      call.outcome = `a reply of ${reply.length} bytes`;
    } catch (error) {
      if (!(error instanceof Error) || error.name === "AnswerFailure") throw error;
      const { code } = error as { code?: unknown };
      const isForeign = String(code).endsWith("_TIMEOUT") && error.name !== "TimeoutError";
      call.outcome = error.message === hungUp.message ? aborted : isForeign ? error : (code ?? error);
    }
  }
}

/** So it ends, and its socket is gone. */
async function ends(call: Call, due: string, rule: string): Promise<void> {
  await call.ended;
  expect(call.outcome, rule).toBe(due);
  await gone(call.port);
}

async function gone(port: number): Promise<void> {
  const states = () => client.process.sockets({ port }).map(({ state }) => state);
  const received = () => `a socket in ${states().join()}`;
  const shown = { within: 300, expected: "no socket", received };
  await eventually(() => states().length === 0, "The request has ended, so its socket must be gone", shown);
}

/** Nobody has dialled this server before. */
async function dialledOnlyNow(server: ConnectionTap, rule: string): Promise<void> {
  step("another request to the same server is answered");
  const call = ask(server);
  await call.ended;
  expect(server.accepts, rule).toBe(1);
  await ends(call, "a reply of 5 bytes", "Nothing is in the way of this request");
}

async function inSynSent(call: Call): Promise<boolean> {
  const seen = () => client.process.sockets({ port: call.port }).some(({ state }) => state === "SYN-SENT");
  await awaitEvidence(() => seen() || call.outcome, "the client in SYN-SENT");
  return call.outcome === undefined;
}

async function hung(): Promise<FrozenListener> {
  const listener = await FrozenListener.start();
  await listener.fill();
  step("a server is stopped, and its accept queue is full: its kernel drops each SYN");
  return listener;
}

/** A server that does so with each connection until the client is gone. */
async function listen(handler: (socket: Socket) => unknown): Promise<ConnectionTap> {
  const serve = async (socket: Socket): Promise<void> => {
    try {
      await handler(socket);
    } catch {
      // The client went in the middle of it: how, is for the test to judge.
    }
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

async function dribble(socket: Socket): Promise<void> {
  for (socket.resume(); !socket.destroyed; await sleep(4)) socket.write(".");
}

/** Sixteen pieces, one each `interval` ms, and the longest time that one has taken indeed. */
class Pace {
  longest = 0;
  readonly #interval: number;

  constructor(interval: number) {
    this.#interval = interval;
  }

  async keep(piece: () => unknown): Promise<void> {
    const start = performance.now();
    for (let [count, last] = [1, start]; count <= 16; count++, last = performance.now()) {
      await sleep(Math.max(1, start + count * this.#interval - performance.now()));
      await piece();
      this.longest = Math.max(this.longest, performance.now() - last);
    }
  }
}

async function take(socket: Socket, bytes: number): Promise<void> {
  for (let taken = 0; taken < bytes;) {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) await once(socket, "readable");
    taken += chunk?.length ?? 0;
  }
}

const notFound = () => Promise.reject(Object.assign(new Error("no such host"), { code: "ENOTFOUND" }));

/** Ended, or not for a while: what does not stop gets its look-up then, and shows in what comes of it. */
async function settled(calls: readonly Call[]): Promise<void> {
  const all = Promise.allSettled(calls.map(({ ended }) => ended));
  await Promise.race([all, sleep(800, undefined, { ref: false })]);
}

/** A look-up that is done when it is told to; without an address it fails. */
function lookUp(address?: string) {
  const { promise: told, resolve: answerNow } = Promise.withResolvers<void>();
  const lookup = async (): Promise<string> => {
    state.asked = true;
    await told;
    return address ?? (await notFound());
  };
  const state = { asked: false, answerNow, lookup };
  return state;
}

/** How often the process has slept until something woke it: a timer, once its time has come. */
function wakeUps(): number {
  const status = readFileSync(`/proc/${client.process.pid}/status`, "latin1");
  return Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1]);
}
