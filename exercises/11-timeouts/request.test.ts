import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { refusedPort } from "@tcpip-workshop/faults/kernel";
import { answer, evidence, eventually, expect, step, test, untilSeen } from "@tcpip-workshop/grader/suite";
import { LookUp, notFound } from "./stage/look-up.ts";
import { Pace } from "./stage/pace.ts";
import {
  aborted,
  type Call,
  hello,
  hungUp,
  seenUnderWay,
  judge,
  overSoon,
  Requests,
} from "./stage/requests.ts";
import { dribble, requestOf, Server, StoppedServer, take } from "./stage/servers.ts";
import { wakeUps } from "./stage/wake-ups.ts";

const client = answer<typeof import("./request.ts")>("./request.ts");
const requests = new Requests(client);

const none = Number.POSITIVE_INFINITY;
/** More than the kernels' buffers hold. */
const large = 16 * 2 ** 20;

test(
  "sends the payload and FIN, and returns what comes before the server's FIN",
  {
    why: "A reply that is cut at the first chunk is a wrong price. A server that gets no FIN waits for more, and so do you.",
    read: 'lesson "The task"; RFC 9293 §3.6',
  },
  async () => {
    for (const reply of [hello, Buffer.alloc(0), Buffer.alloc(2 ** 20, "reply ")]) {
      let payload = "nothing";
      const bytes = `${reply.length.toLocaleString("en")} bytes`;
      await using server = await Server.start(
        `a server that answers a payload and FIN with ${bytes} and FIN`,
        async (socket) => {
          payload = (await requestOf(socket)).toString();
          for (let at = 0; at < reply.length; at += 300_000) socket.write(reply.subarray(at, at + 300_000));
          socket.end();
        },
      );
      const call = requests.ask(server.shown(), { payload: Buffer.from("price tea") });
      await call.ended;
      judge(call, `a reply of ${bytes}`, "All that came before the server's FIN is the reply");
      expect(payload, "The server must get the payload, and FIN behind it").toBe("price tea");
      const isWhole = Buffer.compare(call.reply, reply) === 0;
      if (!isWhole) expect(call.reply, "The reply's bytes must be those that came").toEqual(reply);
      await requests.gone(server.port);
    }
  },
);

test(
  "rejects with the system's error, as soon as it comes",
  {
    why: "Who waits for a time-out behind a refusal is late at the next host. Who takes a reply that broke off for a whole one has a wrong price.",
    read: 'lesson "One number is not enough"; RFC 9293 §3.5.2, §3.5.3',
  },
  async () => {
    await using refused = await refusedPort();
    const nobody = { name: "a port where nobody listens", port: refused.port };
    await requests.ends(
      requests.ask(nobody),
      "ECONNREFUSED",
      "RST in answer to the SYN is ECONNREFUSED, and nothing to wait for",
    );
    for (const said of ["", "hello"]) {
      await using server = await Server.start(
        `a server that reads the request, says ${said === "" ? "nothing" : "5 bytes"}, and sends RST`,
        async (socket) => {
          await requestOf(socket);
          if (said === "") socket.resetAndDestroy();
          else socket.write(said, () => socket.resetAndDestroy());
        },
      );
      await requests.ends(
        requests.ask(server.shown()),
        "ECONNRESET",
        "A reply that ends in RST is no reply, whatever has come before: ECONNRESET",
      );
    }
    const unknown = { ...nobody, name: "a host that the look-up does not find" };
    const call = requests.ask(unknown, { lookup: notFound });
    await requests.ends(call, "ENOTFOUND", "The look-up's error is the request's");
  },
);

test(
  "gives up with CONNECT_TIMEOUT when nobody answers the SYN",
  {
    why: "Linux goes on for about 131 seconds. By then your caller has gone, and the sockets of all such requests are still here.",
    read: 'lesson "One number is not enough", and "What is left behind"',
  },
  async () => {
    await using stopped = await StoppedServer.start();
    await untilSeen(async (factor) => {
      const call = requests.ask(stopped, { connectTimeout: 300 * factor, idleTimeout: 30 * factor });
      await seenUnderWay(call, "the client in SYN-SENT", () => requests.inSynSent(call));
      await requests.ends(
        call,
        "CONNECT_TIMEOUT",
        "The SYN was not answered within connectTimeout; idleTimeout begins only with the connection",
      );
    });
  },
);

test(
  "gives up with IDLE_TIMEOUT when nothing comes and nothing goes",
  {
    why: "A hung server's kernel still accepts and acknowledges, and a dead one sends no FIN. Without this clock you wait for ever.",
    read: 'lesson "One number is not enough", and "What is left behind"',
    deadline: 10_000,
  },
  async () => {
    const rule = "Connected, and then nothing for idleTimeout, which begins anew with each byte";
    await untilSeen(async (factor) => {
      let asked: Call | undefined;
      // Who has no such clock comes to see the end; who has given up does not, so that what is left behind stays.
      const silence = async (): Promise<void> => {
        await sleep(600 * factor, undefined, { ref: false });
        if (asked?.isOver === true) await new Promise(() => {});
      };
      await using mute = await Server.start(
        "a server that reads the request, and says nothing",
        async (socket) => {
          await requestOf(socket).then(silence);
          socket.end();
        },
      );
      asked = requests.ask(mute.shown(), { idleTimeout: 60 * factor });
      await requests.ends(asked, "IDLE_TIMEOUT", rule);
      await using stuck = await Server.start(
        "a server that says 5 bytes, and then no more",
        async (socket) => {
          await requestOf(socket);
          socket.write("hello");
          await silence();
          socket.end();
        },
      );
      const [start, limit] = [performance.now(), 60 * factor];
      const call = (asked = requests.ask(stuck.shown(), { idleTimeout: limit }));
      const hasCome = () => stuck.tap.bytesOut === 5 && requests.hasRead(call);
      await seenUnderWay(call, "the 5 bytes reach the client", hasCome);
      evidence(performance.now() - start < limit, "the 5 bytes within idleTimeout");
      await requests.ends(call, "IDLE_TIMEOUT", rule);
      await using full = await Server.start("a server that does not read", async (socket) => {
        // The first of it is here, so the client is connected; what the buffers hold is full soon.
        await once(socket, "readable");
        await silence().then(() => requestOf(socket));
        socket.end("hello");
      });
      asked = requests.ask(full.shown(), { idleTimeout: 60 * factor, payload: new Uint8Array(large) });
      await requests.ends(
        asked,
        "IDLE_TIMEOUT",
        "Nothing comes, and the rest of the request does not go: that is idle, too",
      );
    });
  },
);

test(
  "gives up with TOTAL_TIMEOUT when bytes come for ever",
  {
    why: "One byte a second keeps an idle clock quiet for ever, by mistake or on purpose. With it goes a socket, and the memory for the bytes.",
    read: 'lesson "One number is not enough"',
    deadline: 10_000,
  },
  async () => {
    await untilSeen(async (factor) => {
      await using server = await Server.start("a server that says a byte every few ms", (socket) =>
        dribble(socket, 4 * factor),
      );
      const call = requests.ask(server.shown(), { totalTimeout: 240 * factor });
      await call.ended;
      if (call.outcome === "TOTAL_TIMEOUT" && call.took > 240 * factor)
        evidence(server.tap.bytesOut > 3, "bytes that kept coming");
      await requests.ends(
        call,
        "TOTAL_TIMEOUT",
        "The reply had no end within totalTimeout, though it was never idle",
      );
    });
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
    await using quiet = await Server.start(
      "a server that answers after 50 ms, as the look-up does",
      async (socket) => {
        await requestOf(socket).then(() => sleep(50));
        socket.end("here");
      },
    );
    const slow = () => sleep(50).then(() => "127.0.0.1");
    const unlimited = { connectTimeout: none, idleTimeout: none, totalTimeout: none, lookup: slow };
    await requests.ends(
      requests.ask(quiet.shown(), unlimited),
      "a reply of 4 bytes",
      "A limit of Infinity is none",
    );
    await untilSeen(async (factor) => {
      const pace = new Pace(20 * factor);
      await using talking = await Server.start("a server that says 16 bytes one by one", async (socket) => {
        await requestOf(socket);
        await pace.keep(() => socket.write("."));
        socket.end();
      });
      await using reading = await Server.start(
        "a server that takes the request little by little",
        async (socket) => {
          await pace.keep(() => take(socket, 2 ** 19));
          await requestOf(socket);
          socket.end("taken");
        },
      );
      const limits = { connectTimeout: 250 * factor, idleTimeout: 250 * factor, totalTimeout: none };
      const talk = requests.ask(talking.shown(), limits);
      const upload = requests.ask(reading.shown(), { ...limits, payload: new Uint8Array(large) });
      await Promise.all([talk.ended, upload.ended]);
      evidence(pace.longest < 100 * factor, "servers that keep their pace");
      step("the first of the two requests has ended:");
      await requests.ends(
        talk,
        "a reply of 16 bytes",
        "Connected long ago, and never idle for idleTimeout: the reply may take as long as it takes",
      );
      step("the second:");
      await requests.ends(upload, "a reply of 5 bytes", "As long as bytes of the request go, it is not idle");
    });
  },
);

test(
  "starts the connect and the total clock with the call, and dials nobody when the look-up is late",
  {
    why: "The name server is away: no socket yet, and so no clock on a socket. When it is back, a thousand requests that nobody waits for dial at once.",
    read: 'lesson "One number is not enough", and "What is left behind"',
  },
  async () => {
    await using server = await Server.start("a server that answers", (socket) => void socket.pipe(socket));
    server.shown();
    const found = new LookUp("127.0.0.1");
    step("a look-up that does not answer yet:");
    const connecting = requests.ask(server, { connectTimeout: 60, lookup: found.lookup });
    await overSoon(connecting, "finds the address now");
    found.answerNow();
    await connecting.ended;
    judge(
      connecting,
      "CONNECT_TIMEOUT",
      "connectTimeout runs from the call, and the look-up is a part of it",
    );
    step("the look-up finds the address, for a request that has ended");
    await requests.dialledOnlyNow(
      server,
      "When the look-up answers and its request has ended, nobody may dial",
    );

    const failed = new LookUp();
    step("a look-up that does not answer yet:");
    const whole = requests.ask(server, { totalTimeout: 60, lookup: failed.lookup });
    await overSoon(whole, "fails now");
    if (!whole.isOver) failed.answerNow();
    await whole.ended;
    judge(whole, "TOTAL_TIMEOUT", "totalTimeout runs from the call, whatever is under way");
    step("the look-up fails, for a request that has ended");
    failed.answerNow();
    await requests.survives(server);

    await using mute = await Server.start("a server that says nothing", (socket) => void socket.resume());
    const slow = () => sleep(100).then(() => "127.0.0.1");
    step("a look-up that takes 100 ms:");
    await requests.ends(
      requests.ask(mute.shown(), { idleTimeout: 120, totalTimeout: 160, lookup: slow }),
      "TOTAL_TIMEOUT",
      "totalTimeout runs from the call: what the look-up took of it is gone",
    );
  },
);

test(
  "stops when the caller aborts, whatever is under way",
  {
    why: "Nobody waits for this reply any more. Work that goes on without a caller turns a slow minute into an outage.",
    read: 'lesson "What is left behind", and "The task"',
    deadline: 10_000,
  },
  async () => {
    const rule = "A request whose signal is aborted rejects with the signal's reason, at once";
    await using server = await Server.start("a server that answers", (socket) => void socket.pipe(socket));
    server.shown();
    const unasked = new LookUp("127.0.0.1");
    unasked.answerNow();
    step("a signal that is aborted before the call:");
    const signal = AbortSignal.abort(hungUp);
    await requests.ends(requests.ask(server, { signal, lookup: unasked.lookup }), aborted, rule);
    expect(unasked.asked, "The signal was aborted before the call, so nothing may be looked up").toBe(false);

    const found = new LookUp("127.0.0.1");
    const looking = new AbortController();
    const call = requests.ask(server, { signal: looking.signal, lookup: found.lookup });
    await seenUnderWay(call, "a look-up", () => found.asked);
    step("the signal is aborted during the look-up");
    looking.abort(hungUp);
    const waits = { within: 400, expected: aborted, received: () => "a request that waits for its look-up" };
    await eventually(() => call.isOver, rule, waits);
    found.answerNow();
    await call.ended;
    judge(call, aborted, rule);
    step("the look-up finds the address, for a request that has ended");
    await requests.dialledOnlyNow(
      server,
      "When the look-up answers and the caller has aborted, nobody may dial",
    );

    await using stopped = await StoppedServer.start();
    const connecting = new AbortController();
    const dialling = requests.ask(stopped, { signal: connecting.signal });
    await seenUnderWay(dialling, "the client in SYN-SENT", () => requests.inSynSent(dialling));
    step("the signal is aborted during the handshake");
    connecting.abort(hungUp);
    await requests.ends(dialling, aborted, rule);

    await untilSeen(async (factor) => {
      await using talking = await Server.start("a server that says a byte every few ms", (socket) =>
        dribble(socket, 4 * factor),
      );
      const reading = new AbortController();
      const streaming = requests.ask(talking.shown(), { signal: reading.signal });
      await seenUnderWay(streaming, "a reply", () => talking.tap.bytesOut > 1);
      evidence(talking.tap.bytesOut < 75, "the signal aborted in the middle of the reply");
      step("the signal is aborted in the middle of the reply");
      reading.abort(hungUp);
      await requests.ends(streaming, aborted, rule);
    });
  },
);

test(
  "keeps many requests apart, and leaves no timer behind",
  {
    why: "A thousand requests a second and a limit of a minute are sixty thousand timers with nothing to do. And a timer in a variable that all share is stopped by somebody else's reply.",
    read: 'lesson "What is left behind", and "By hand"',
  },
  async () => {
    await using echo = await Server.start("answers", (socket) => void socket.pipe(socket));
    await using resets = await Server.start(
      "resets",
      (socket) => void requestOf(socket).then(() => socket.resetAndDestroy()),
    );
    await using refused = await refusedPort();
    await untilSeen(async (factor) => {
      for (const { asked, count, kinds } of [
        { asked: "at once: 30 requests, all answered; each has limits of its own", count: 30, kinds: 1 },
        {
          asked:
            "at once: 60 requests, 15 each are answered, refused, reset, not looked up; each has limits of its own",
          count: 60,
          kinds: 4,
        },
      ]) {
        step(asked);
        const start = performance.now();
        const calls = Array.from({ length: count }, (_, index) => {
          const limit = (200 + (index * 120) / count) * factor;
          const limits = { connectTimeout: limit, idleTimeout: limit, totalTimeout: limit };
          const ask = (port: number, more = {}): Call => requests.askQuietly(port, { ...limits, ...more });
          if (index % kinds === 1) return { call: ask(refused.port), due: "ECONNREFUSED" };
          if (index % kinds === 2) return { call: ask(resets.port), due: "ECONNRESET" };
          if (index % kinds === 3) return { call: ask(refused.port, { lookup: notFound }), due: "ENOTFOUND" };
          const payload = new Uint8Array(index);
          return { call: ask(echo.port, { payload }), due: `a reply of ${index} bytes` };
        });
        await Promise.all(calls.map(({ call }) => call.ended));
        // The last sockets are closing.
        await sleep(30);
        const before = wakeUps(client.process.pid);
        // On a machine that has no time for us a limit may be reached before we get to it.
        if (factor < 8)
          evidence(performance.now() - start < 190 * factor, "requests that end before their limits");
        const other = calls.find(({ call, due }) => call.outcome !== due);
        expect(other?.call.outcome, "Each of the requests must end in its own way").toBe(other?.due);
        step("all have ended as they should; nobody calls until the last limit has passed");
        await sleep(Math.max(1, start + 340 * factor - performance.now()));
        const woken = wakeUps(client.process.pid) - before;
        const rule =
          kinds === 1
            ? "All requests have been answered, so no timer of theirs may be left to wake the process"
            : "All requests have ended, so no timer of theirs may be left to wake the process";
        if (woken > 8) expect(`a process that is woken ≈${woken} times`, rule).toBe("a process that sleeps");
        for (const { call } of calls) await requests.gone(call.port);
      }
    });
  },
);
