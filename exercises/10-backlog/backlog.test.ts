import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { readSockets } from "@tcpip-workshop/diagnostics/sockets";
import { FrozenListener, refusedPort } from "@tcpip-workshop/faults/kernel";
import {
  answer,
  awaitEvidence,
  eventually,
  evidence,
  expect,
  step,
  test,
} from "@tcpip-workshop/grader/suite";

const backlog = answer<typeof import("./backlog.ts")>("./backlog.ts");

test(
  "knows how many clients get in while nobody accepts",
  {
    why: "A backlog of 0 that means 511, or one of 4096 that the host cut to 128, is found in the middle of a burst.",
    read: 'lesson "The sum"; listen(2)',
  },
  async () => {
    for (const [asked, somaxconn, room, rule] of [
      [16, 4096, 17, "A queue is full when it is longer than the backlog: there is room for one more"],
      [undefined, 4096, 512, "Without a backlog Node asks for 511"],
      [0, 4096, 512, "0 does not mean none: Node asks for 511"],
      [100_000, 4096, 4097, "The kernel takes no more than somaxconn"],
      [4096, 128, 129, "The kernel takes no more than somaxconn"],
      [0, 128, 129, "The kernel takes no more than somaxconn, also of what Node asks for by itself"],
    ] as const) {
      expect(await backlog.queueRoom(asked, somaxconn), rule).toBe(room);
    }
  },
);

test(
  "tells accepted from refused, and neither from an error of its own host",
  {
    why: "Refused is fast news: the host lives, ask another instance. A missing route of your own says nothing of it.",
    read: 'lesson "The kernel shakes hands, not your program"; RFC 9293 §3.10.7.1; connect(2), ENETUNREACH',
  },
  async () => {
    await using open = await talker(() => {});
    step("a server listens and accepts");
    const accepted = "The handshake is complete, so the port accepts";
    expect(await fate(backlog.probe(open.port, patient)), accepted).toBe("accepted");
    await leavesNothing(open.port);
    await using closed = await refusedPort();
    const own = "ENETUNREACH says nothing of the service: reject with that error";
    for (const ask of ["probe", "checkHealth"] as const) {
      step("nothing listens on a port");
      const rule = "A SYN that gets RST was refused";
      expect(await fate(backlog[ask](closed.port, patient)), rule).toBe("refused");
      step("no SYN can leave the host");
      expect(await fate(backlog[ask](7070, { host: "127.255.255.255" })), own).toBe("rejects: ENETUNREACH");
    }
  },
);

test(
  "gets no answer where the accept queue is full, and leaves no SYN behind",
  {
    why: "Silence read as a refusal sends everybody to the next instance, and hides the one that hangs.",
    read: 'lesson "The kernel shakes hands, not your program"; listen(2)',
  },
  async () => {
    await using hung = await FrozenListener.start({ backlog: 1 });
    await hung.fill();
    step("a server's process is stopped, and its accept queue is full");
    const at = [hung.port, { timeout: 200 }] as const;
    const rule = "A SYN that nobody answers is neither accepted nor refused";
    const results = await Promise.all([fate(backlog.probe(...at)), fate(backlog.checkHealth(...at))]);
    for (const result of results) expect(result, rule).toBe("no answer");
    await leavesNothing(hung.port);
    evidence((await hung.sockets()).queued === 2, "an accept queue that is full to the end");
  },
);

test(
  "calls a service healthy when it has said pong, and not before",
  {
    why: "A service that accepts and then says busy, or nothing, gets traffic for as long as its port is open.",
    read: 'lesson "Connected is not healthy"',
  },
  async () => {
    for (const [pieces, end, health, rule] of [
      [["pong\n"], "", "healthy", "This is the right reply"],
      [["po", "ng\n"], "", "healthy", "A reply is whole when its line feed has come"],
      [["busy\n"], "", "sick", "Connected proves a kernel, and pong a service"],
      [["pongo\n"], "", "sick", "The whole line counts, and it is not pong"],
      [[], "FIN", "sick", "Who ends the connection without a reply has failed, now"],
      [["pong"], "FIN", "sick", "A line that has no end is no reply"],
      [[], "RST", "sick", "Who resets the connection has failed, now"],
    ] as const) {
      await using service = await talker(async (socket) => {
        const isRead = () => socketsOn(service.port).every(({ recvQ }) => recvQ === 0);
        for (const piece of pieces) {
          socket.write(piece);
          await awaitEvidence(isRead, "what the service has said, read");
        }
        if (end === "FIN") socket.end();
        if (end === "RST") socket.resetAndDestroy();
      });
      const said = [...pieces.map((piece) => JSON.stringify(piece)), end].filter(Boolean).join(", then ");
      step(`a service answers "ping\\n" with ${said}`);
      expect(await fate(backlog.checkHealth(service.port, patient)), rule).toBe(health);
      await leavesNothing(service.port);
    }
  },
);

test(
  "calls a process that hangs mute, although the kernel connects",
  {
    why: "A check that only connects calls a hung process healthy until its queue has filled up with your users.",
    read: 'lesson "Connected is not healthy"',
  },
  async () => {
    await using hung = await FrozenListener.start({ backlog: 9 });
    await using drips = await talker((socket) => {
      const timer = setInterval(() => socket.write("p"), 10);
      socket.on("close", () => clearInterval(timer));
    });
    step("a server's process is stopped; there is room in its accept queue");
    const kernel = "The kernel shakes hands for a process that hangs";
    expect(await fate(backlog.probe(hung.port, patient)), kernel).toBe("accepted");
    step('another service answers "ping\\n" with a character now and then, and no line feed');
    const checks = [hung, drips].map(({ port }) => fate(backlog.checkHealth(port, { timeout: 400 })));
    const [ofHung, ofDrips] = await Promise.all(checks);
    expect(ofHung, "Connected, and no line has come in time: that is mute").toBe("mute");
    evidence(hung.accepted === 0 && (await hung.sockets()).queued === 2, "two in the queue, none accepted");
    expect(ofDrips, "The limit is for all of it: a character must not begin it anew").toBe("mute");
    for (const { port } of [hung, drips]) await leavesNothing(port);
  },
);

test(
  "refuses every client until the warm-up is over",
  {
    why: "Whoever is refused goes to another instance. Whoever is connected waits for tables that are not loaded.",
    read: 'lesson "Be ready, then listen"',
  },
  async () => {
    await using place = await refusedPort();
    const warm = Promise.withResolvers<void>();
    let [calls, settled] = [0, false];
    const warmUp = () => (calls++, warm.promise);
    const starting = start({ port: place.port, warmUp }).finally(() => (settled = true));
    starting.catch(() => {});
    try {
      await eventually(() => calls > 0 || settled, "A service that starts must call warmUp");
      // Behind a round trip is done whatever it does beside the warm-up.
      await backlog.queueRoom(1, 4096);
      step("the warm-up is under way; your process is stopped, as by one that computes");
      await using _ = await stopped();
      using client = dial(place.port, 1);
      await eventually(() => client.refused + client.connected, "A client must get an answer at once");
      const before = "Nobody may get in before the warm-up is over: listen behind it";
      expect(client.connected ? "connected" : "refused", before).toBe("refused");
    } finally {
      warm.resolve();
    }
    step("the warm-up is over");
    await using service = await starting;
    expect(calls, "The warm-up is called once").toBe(1);
    using client = dial(service.port, 1);
    await eventually(() => client.ponged, "When it is warm, a client must get its pong");
  },
);

test(
  "rejects, and listens to nobody, when it cannot start",
  {
    why: "A service that has started by half gets the traffic of a whole one. One that fails aloud is replaced at once.",
    read: 'lesson "Be ready, then listen"; the table in "The sum"',
  },
  async () => {
    let calls = 0;
    const warmUp = async () => void calls++;
    for (const wrong of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const rule = `${wrong} is no length of a queue, and Node would make another number of it: refuse it`;
      expect(await fate(start({ warmUp, backlog: wrong })), rule).toBe("rejects: RangeError");
    }
    expect(calls, "What is known before the warm-up must be told before it").toBe(0);
    const failing = () => Promise.reject(Object.assign(new Error("no tables"), { code: "NO_TABLES" }));
    const own = "A warm-up that fails is a start that fails, with the warm-up's own error";
    expect(await fate(start({ warmUp: failing })), own).toBe("rejects: NO_TABLES");
    const listening = socketsOn().some(({ state }) => state === "LISTEN");
    expect(listening ? "LISTEN" : "no listener", "When the start has failed nothing may listen").toBe(
      "no listener",
    );
    await using other = await talker(() => {});
    step("another service listens on the port");
    const taken = "A port that is taken is a start that fails, with the system's own error";
    expect(await fate(start({ warmUp, port: other.port })), taken).toBe("rejects: EADDRINUSE");
  },
);

test(
  "has the queue it was asked for, and on 127.0.0.1 only",
  {
    why: "Node takes a backlog in the wrong place without a word: you get another queue, or listen to the whole network.",
    read: 'lesson "The sum"; ss(8), Recv-Q of LISTEN',
  },
  async () => {
    await using service = await start({ backlog: 5 });
    const [listener] = socketsOn(service.port);
    expect(listener?.local.address, "It must listen on 127.0.0.1, and on no other address").toBe("127.0.0.1");
    await using _ = await stopped();
    step("your process is stopped; eight clients connect");
    using clients = dial(service.port, 8);
    const rule = "A backlog of 5 is room for six; two must get no answer";
    await clients.become("6 connected, 2 in SYN-SENT", rule);
  },
);

test(
  "takes a burst of 300 without a SYN sent twice",
  {
    why: "A SYN that is dropped costs its client a whole second, or three. That is the deploy at 14:00.",
    read: 'lesson "Be ready, then listen"',
  },
  async () => {
    await using service = await start({});
    await using pause = await stopped();
    step("your process is ready, and stopped; 300 clients connect, and ask");
    using clients = dial(service.port, 300);
    // Nothing leaves the queue meanwhile: whoever finds no room now has none when its SYN comes again.
    const rule = "Without a backlog there must be room for 300: no SYN may be dropped";
    await clients.become("300 connected, 0 in SYN-SENT", rule);
    await pause.end();
    step("your process goes on");
    const all = "All 300 were in the queue, so all 300 must get their pong";
    await eventually(() => clients.ponged === 300, all, { within: 3000 });
  },
);

test(
  "waits longer after each failure, and each client a little differently",
  {
    why: "All clients were refused in the same moment. Without chance they all come back in the same moment, too.",
    read: 'lesson "Ask again, but not at once"',
  },
  async () => {
    await using closed = await refusedPort();
    step("nothing listens; two clients ask, one after the other");
    const [one, other] = [sleeper(), sleeper()];
    for (const { waits, sleep } of [one, other]) {
      const options = { ...patient, attempts: 6, firstDelay: 100, maxDelay: 500, sleep };
      const last = "When all attempts are over, the last result is the result";
      expect(await backlog.waitUntilHealthy(closed.port, options), last).toBe("refused");
      expect(waits.length, "Six attempts have five waits between them, each a call of `sleep`").toBe(5);
      for (const [index, ceiling] of [100, 200, 400, 500, 500].entries()) {
        const wait = waits[index] ?? 0;
        const right = `${ceiling / 2} … ${ceiling}`;
        const shown = wait >= ceiling / 2 && wait <= ceiling ? right : `≈${wait.toFixed(1)}`;
        const rule = `The wait after attempt ${index + 1} is from half of its ceiling up to all of it`;
        expect(shown, rule).toBe(right);
      }
    }
    const apart = "Two clients that failed in the same moment must not wait equally long";
    expect(one.waits.join() === other.waits.join() ? "the same waits" : "other waits", apart).toBe(
      "other waits",
    );
  },
);

test(
  "asks no more when the service is healthy, or its attempts are over",
  {
    why: "Who stops early reports an outage that is over. Who never stops is the load that makes it last.",
    read: 'lesson "Ask again, but not at once"',
  },
  async () => {
    await using service = await talker((socket) =>
      socket.write(service.connections < 3 ? "busy\n" : "pong\n"),
    );
    step('a service answers "busy\\n", "busy\\n" and "pong\\n"');
    const { waits, sleep } = sleeper();
    const healthy = "A service that is busy may be healthy a moment later: ask again";
    expect(await backlog.waitUntilHealthy(service.port, { ...patient, sleep }), healthy).toBe("healthy");
    expect(service.connections, "Once it is healthy, nobody may ask again").toBe(3);
    expect(waits.length, "Once it is healthy, there is nothing to wait for").toBe(2);
    await using busy = await talker((socket) => socket.write("busy\n"));
    step('another service answers "busy\\n", whenever it is asked');
    // Without a `sleep` of the caller's.
    const sick = await backlog.waitUntilHealthy(busy.port, { ...patient, attempts: 3, firstDelay: 10 });
    expect(sick, "When all attempts are over, the last result is the result").toBe("sick");
    expect(busy.connections, "Three attempts are three connections").toBe(3);
  },
);

/** Where no limit should be met, however busy the machine. */
const patient = { timeout: 10_000 };

/** A service of the suite's own, which answers "ping\n" as it is told. */
async function talker(reply: (socket: Socket) => unknown, port = 0) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    let asked = "";
    socket.setEncoding("latin1").on("error", () => {});
    socket.on("data", (text: string) => (asked += text) === "ping\n" && reply(socket));
  });
  await once(server.listen(port, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return sockets.length;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), "close");
    },
  };
}

/** The answer's service. It is data with functions: the data has crossed, the functions are handles. */
async function start(options: { warmUp?: () => Promise<void>; port?: number; backlog?: number }) {
  const service = await backlog.startService({ warmUp: async () => {}, ...options });
  const { port, close } = service as unknown as { port: number; close: () => Promise<void> };
  // A process that has died meanwhile is told of by the test.
  return { port, [Symbol.asyncDispose]: () => close().catch(() => {}) };
}

/** Clients of the suite's own, all in one moment; each asks "ping\n". */
function dial(port: number, count: number) {
  const clients = { refused: 0, connected: 0, ponged: 0 };
  const sockets = Array.from({ length: count }, () => {
    const socket = connect({ port, host: "127.0.0.1" }).on("error", () => clients.refused++);
    socket.on("connect", () => clients.connected++);
    socket.on("data", (chunk) => chunk.toString() === "pong\n" && clients.ponged++).write("ping\n");
    return socket;
  });
  const received = (): string => {
    const ours = readSockets({ protocols: ["tcp"], port, pid: process.pid });
    const are = (name: string) =>
      ours.filter(({ remote, state }) => remote.port === port && state === name).length;
    return `${are("ESTABLISHED")} connected, ${are("SYN-SENT")} in SYN-SENT`;
  };
  return Object.assign(clients, {
    /** What the kernel's table must show of them. */
    become: (expected: string, rule: string) =>
      eventually(() => received() === expected, rule, { within: 500, expected, received }),
    [Symbol.dispose]() {
      // Node would have a reset wait for the handshake.
      for (const socket of sockets) void (socket.connecting ? socket.destroy() : socket.resetAndDestroy());
    },
  });
}

/** The answer's process is stopped until the end, or until we are gone; the kernel goes on. */
async function stopped() {
  const { pid } = backlog.process;
  const isRunning = `grep -q "State:.[DRS]" /proc/${pid}/status`;
  const script = `kill -STOP ${pid}; while ${isRunning}; do :; done; echo; read -r _; kill -CONT ${pid}`;
  const guard = spawn("sh", ["-c", script]);
  const ended = once(guard, "close");
  await Promise.race([once(guard.stdout, "data"), ended]);
  const end = async () => void (await (guard.stdin.end(), ended));
  return { end, [Symbol.asyncDispose]: end };
}

/** A `sleep` that writes down how long, and does not wait. */
function sleeper() {
  const waits: number[] = [];
  const sleep = async (milliseconds: number): Promise<void> => {
    if (waits.push(milliseconds) > 20) throw new Error("Expected an end, got twenty waits and another one");
  };
  return { waits, sleep };
}

function socketsOn(port?: number) {
  return backlog.process.sockets(port === undefined ? {} : { port });
}

async function leavesNothing(port: number): Promise<void> {
  const received = () =>
    socketsOn(port)
      .map(({ state }) => state)
      .join() || "no socket";
  const rule = "When the result is there, no socket may be left: the kernel would go on with it";
  await eventually(() => received() === "no socket", rule, { within: 300, expected: "no socket", received });
}

/** What becomes of a call, as text. */
async function fate(call: Promise<unknown>): Promise<string> {
  return await call.then(
    (value) => (typeof value === "string" ? value : "a service that has started"),
    (error: NodeJS.ErrnoException) => {
      // It never settled, or its process has died.
      if (error.name === "AnswerFailure") throw error;
      return `rejects: ${error.code ?? error.name}`;
    },
  );
}
