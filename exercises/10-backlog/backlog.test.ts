import { FrozenListener, refusedPort } from "@tcpip-workshop/faults/kernel";
import {
  answer,
  eventually,
  evidence,
  expect,
  quietly,
  step,
  test,
  timeline,
  untilSeen,
} from "@tcpip-workshop/grader/suite";
import { dial } from "./stage/clients.ts";
import { lateHandshake } from "./stage/late-handshake.ts";
import { fate, leavesNothing } from "./stage/outcome.ts";
import { stopped } from "./stage/pause.ts";
import { start } from "./stage/service.ts";
import { expectWaits, sleeper } from "./stage/sleeper.ts";
import { dripper, lastTalker, speaker, talker } from "./stage/talker.ts";

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
    await using open = await talker((socket) => socket.write("busy\n"));
    timeline("the server that listens and accepts", lastTalker);
    step("a server listens and accepts");
    const accepted = "The handshake is complete, so the port accepts";
    expect(await fate(backlog.probe(open.port, patient)), accepted).toBe("accepted");
    await leavesNothing(backlog.process, open.port);
    const said = open.asked === "" ? "it says nothing" : `it says ${JSON.stringify(open.asked)}`;
    expect(said, "The handshake is all that `probe` asks for: it says nothing").toBe("it says nothing");
    await using closed = await refusedPort();
    const own =
      "Only ECONNREFUSED is a refusal. ENETUNREACH says nothing of the service: reject with that error";
    for (const ask of ["probe", "checkHealth"] as const) {
      step("nothing listens on a port");
      const rule = "Where nothing listens the kernel answers the SYN with RST: that is refused";
      expect(await fate(backlog[ask](closed.port, patient)), rule).toBe("refused");
      step("no SYN can leave your host for the address 127.255.255.255");
      expect(await fate(backlog[ask](7070, { host: "127.255.255.255" })), own).toBe("rejects: ENETUNREACH");
    }
  },
);

test(
  "gets no answer where the accept queue is full, and leaves no SYN behind",
  {
    why: "Silence read as a refusal hides the instance that hangs. And a SYN left behind is sent again for two minutes.",
    read: 'lesson "The kernel shakes hands, not your program"; listen(2)',
  },
  async () => {
    await using hung = await FrozenListener.start({ backlog: 1 });
    await hung.fill();
    step("a server's process is stopped, and its accept queue is full");
    const at = [hung.port, { timeout: 200 }] as const;
    const rule = "A SYN that nobody answers is neither accepted nor refused: that is no answer";
    const results = await Promise.all([fate(backlog.probe(...at)), fate(backlog.checkHealth(...at))]);
    for (const result of results) expect(result, rule).toBe("no answer");
    await leavesNothing(backlog.process, hung.port);
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
    timeline("this last service", lastTalker);
    for (const [pieces, end, health, rule] of [
      [["pong\n"], "", "healthy", "The line `pong` is the right reply"],
      [["po", "ng\n"], "", "healthy", "A reply is whole when its line feed has come"],
      [["busy\n"], "", "sick", "To be connected proves a kernel. Only the line `pong` proves a service"],
      [["pongo\n"], "", "sick", "The first line is the reply, all of it, and it is not `pong`"],
      [["pong\nbusy\n"], "", "healthy", "The first line is the reply, whatever comes behind it"],
      [["busy\npong\n"], "", "sick", "The first line is the reply, and it is not `pong`"],
      [[], "FIN", "sick", "A service that ends the connection without a reply is sick, at once"],
      [["pong"], "FIN", "sick", "A line that has no end is no reply"],
      [[], "RST", "sick", "A service that resets the connection is sick: no error for the caller"],
    ] as const) {
      await using service = await speaker(pieces, end, backlog.process);
      const said = [...pieces.map((piece) => JSON.stringify(piece)), end].filter(Boolean).join(", then ");
      step(`a service answers "ping\\n" with ${said}`);
      expect(await fate(backlog.checkHealth(service.port, patient)), rule).toBe(health);
      await leavesNothing(backlog.process, service.port);
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
    await using drips = await dripper();
    step("a server's process is stopped; there is room in its accept queue");
    const kernel = "The kernel shakes hands for a process that hangs";
    expect(await fate(backlog.probe(hung.port, patient)), kernel).toBe("accepted");
    step('another service answers "ping\\n" with "p" now and then, and ends its line after 700 ms');
    timeline("the other service", lastTalker);
    step("checkHealth(port, { timeout: 400 }) of each, at the same time");
    const ask = ({ port }: { port: number }) =>
      fate(quietly(() => backlog.checkHealth(port, { timeout: 400 })));
    const whole =
      "The other service has not ended its line when the limit is over: that is mute, and not sick";
    const total = "The limit is for all of it: a character of the other service's must not begin it anew";
    const [ofHung, [ofDrips, rule]] = await Promise.all([
      ask(hung),
      ask(drips).then((health) => [health, drips.isDripping ? whole : total] as const),
    ]);
    expect(ofHung, "The stopped process: connected, and no line has come in time. That is mute").toBe("mute");
    evidence(hung.accepted === 0 && (await hung.sockets()).queued === 2, "two in the queue, none accepted");
    expect(ofDrips, rule).toBe("mute");
    for (const { port } of [hung, drips]) await leavesNothing(backlog.process, port);
  },
);

test(
  "has one limit for the handshake and the reply together",
  {
    why: "Two limits add up: whoever asks with 1 s to spare waits for two, just when the service is in trouble.",
    read: 'lesson "Connected is not healthy"',
    deadline: 5000,
  },
  async () => {
    await untilSeen(async (factor) => {
      const timeout = 1000 + 250 * factor;
      const check = (port: number) => fate(quietly(() => backlog.checkHealth(port, { timeout })));
      await using attempt = await lateHandshake(check, timeout);
      const rule = "`timeout` is one limit, from the call on: what the handshake has used of it is gone";
      const since = () => Math.round(performance.now() - attempt.begun);
      const shown = {
        expected: `a result ≈${timeout} ms after the call`,
        received: () => `no result, ≈${since()} ms after the call`,
      };
      // What is left of the limit, and then some; less than a whole one.
      await eventually(() => attempt.result, rule, { within: 300 + 300 * factor, ...shown });
      // A limit that began anew is over a second later. Where we have had no CPU for so long, nobody can tell.
      if (factor < 4) evidence(since() < timeout + 800, "a result while the machine has time for us");
      expect(attempt.result, "Connected, and no line has come in time: that is mute").toBe("mute");
    });
  },
);

test(
  "refuses every client until the warm-up is over",
  {
    why: "Whoever is refused goes to another instance. Whoever is connected waits for tables that are not loaded.",
    read: 'lesson "Be ready, then listen", and the table in "The sum"',
  },
  async () => {
    await using place = await refusedPort();
    const warm = Promise.withResolvers<void>();
    let [calls, settled] = [0, false];
    const warmUp = () => (calls++, warm.promise);
    const starting = start(backlog, { port: place.port, warmUp }).finally(() => (settled = true));
    starting.catch(() => {});
    try {
      await eventually(() => calls > 0 || settled, "A service that starts must call warmUp");
      // Behind a round trip is done whatever it does beside the warm-up.
      await quietly(() => backlog.queueRoom(1, 4096));
      step(
        "`warmUp` has been called, and is not done; your process is stopped, as by a warm-up that computes",
      );
      step("a client connects");
      await using _ = await stopped(backlog.process);
      using client = dial(place.port, 1);
      await eventually(() => client.refused + client.connected, "A client must get an answer at once");
      const before = "Until the warm-up is over nothing may listen: each client is refused";
      // Who does not wait for the warm-up is done by now; who listens first waits for it.
      const how = settled ? "connected, to a service that calls itself started" : "connected, in the warm-up";
      expect(client.connected ? how : "refused", before).toBe("refused");
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
      const rule = `${wrong} is no length of a queue, and Node would make another number of it: throw a RangeError`;
      expect(await fate(start(backlog, { warmUp, backlog: wrong })), rule).toBe("rejects: RangeError");
    }
    const told = "A wrong backlog is known before the warm-up, and must be told before it";
    expect(`${calls} calls of warmUp`, told).toBe("0 calls of warmUp");
    step("a warm-up that rejects with the code NO_TABLES:");
    const failing = () => Promise.reject(Object.assign(new Error("no tables"), { code: "NO_TABLES" }));
    const own = "A warm-up that fails is a start that fails, with the warm-up's own error";
    expect(await fate(start(backlog, { warmUp: failing })), own).toBe("rejects: NO_TABLES");
    const listening = backlog.process.sockets().some(({ state }) => state === "LISTEN");
    const nothing = "When the start has failed nothing may listen";
    expect(listening ? "a socket in LISTEN" : "no socket in LISTEN", nothing).toBe("no socket in LISTEN");
    await using other = await talker(() => {});
    step("another service listens on a port, and yours is to start there:");
    const taken = "A port that is taken is a start that fails, with the system's own error";
    expect(await fate(start(backlog, { warmUp, port: other.port })), taken).toBe("rejects: EADDRINUSE");
  },
);

test(
  "has the queue it was asked for, and on 127.0.0.1 only",
  {
    why: "Node takes a backlog in the wrong place without a word: you get another queue, or listen to the whole network.",
    read: 'lesson "The sum"; ss(8), Recv-Q of LISTEN',
  },
  async () => {
    await using service = await start(backlog, { backlog: 5 });
    const [listener] = backlog.process.sockets({ port: service.port });
    const address = listener?.local.address ?? "no address";
    const on = address === "::" || address === "0.0.0.0" ? `${address}, all addresses of the host` : address;
    step("the kernel's table: on which address your process listens");
    expect(on, "It must listen on 127.0.0.1, and on no other address").toBe("127.0.0.1");
    await using _ = await stopped(backlog.process);
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
    await using service = await start(backlog);
    await using pause = await stopped(backlog.process);
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
    why: "All clients were refused in the same moment. Unless they wait longer and longer, each by chance, they come back in the same moment, too.",
    read: 'lesson "Ask again, but not at once"',
  },
  async () => {
    await using closed = await refusedPort();
    step("nothing listens on a port; clients ask, one after the other. `sleep` writes each wait down");
    const [one, other] = [sleeper(), sleeper()];
    const asked = { attempts: 6, firstDelay: 100, maxDelay: 500 };
    for (const [{ waits, sleep }, options, ceilings, attempts] of [
      [one, asked, [100, 200, 400, 500, 500], "6 attempts"],
      [other, asked, [100, 200, 400, 500, 500], "6 attempts"],
      [sleeper(), {}, [100, 200, 400, 800], "Without `attempts` there are 5: they"],
      [sleeper(), { attempts: 7 }, [100, 200, 400, 800, 1600, 2000], "7 attempts"],
    ] as const) {
      const spelled = Object.entries(options).map(([key, value]) => `${key}: ${value}`);
      step(`waitUntilHealthy(port, { ${[...spelled, "sleep"].join(", ")} })`);
      const last = "When all attempts are over, the last result is the result";
      const all = { ...patient, ...options, sleep };
      expect(await quietly(() => backlog.waitUntilHealthy(closed.port, all)), last).toBe("refused");
      expectWaits(waits, ceilings, attempts);
    }
    const waited = one.waits.map((wait) => `≈${wait.toFixed(1)}`).join(", ");
    const alike = String(one.waits) === String(other.waits) ? `both waited ${waited} ms` : "other waits";
    const rule = "Two clients that failed in the same moment must not wait equally long";
    expect(alike, rule).toBe("other waits");
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
    timeline("this last service", lastTalker);
    step('a service answers "busy\\n", "busy\\n" and "pong\\n"');
    const { waits, sleep } = sleeper();
    const healthy = "Whatever came but `healthy`, it may be healthy a moment later: ask again";
    expect(await backlog.waitUntilHealthy(service.port, { ...patient, sleep }), healthy).toBe("healthy");
    const connections = (count: number) => `${count} connections`;
    const once = "Once it is healthy, nobody may ask again";
    expect(connections(service.connections), once).toBe(connections(3));
    const calls = (count: number) => `${count} calls of \`sleep\``;
    expect(calls(waits.length), "Three attempts have two waits between them, and none behind").toBe(calls(2));
    await using busy = await talker((socket) => socket.write("busy\n"));
    step('another service answers "busy\\n", whenever it is asked');
    // Without a `sleep` of the caller's.
    const sick = await backlog.waitUntilHealthy(busy.port, { ...patient, attempts: 3, firstDelay: 10 });
    expect(sick, "When all attempts are over, the last result is the result").toBe("sick");
    expect(connections(busy.connections), "Three attempts are three connections").toBe(connections(3));
  },
);

test(
  "hands its limit and its host on, and hides no error",
  {
    why: "A retry with limits of its own keeps its caller waiting. One that hides an error has you look in the wrong place.",
    read: 'lesson "The task"',
  },
  async () => {
    await using slow = await talker((socket) => {
      const timer = setTimeout(() => socket.write("pong\n"), 150);
      socket.on("close", () => clearTimeout(timer));
    });
    step('a service answers "ping\\n" with "pong\\n" after 150 ms');
    timeline("the service", lastTalker);
    const once = { attempts: 1 };
    step("waitUntilHealthy(port, { attempts: 1, timeout: 50 })");
    // On a busy machine not even the handshake is over by then.
    const short = await quietly(() => backlog.waitUntilHealthy(slow.port, { ...once, timeout: 50 }));
    const limit = "Each attempt has the limit of the options, 50 ms, and the pong takes 150";
    const late = "anything but healthy";
    expect(short === "healthy" ? short : late, limit).toBe(late);
    const calls = [backlog.checkHealth(slow.port), backlog.waitUntilHealthy(slow.port, once)];
    for (const result of await Promise.all(calls)) {
      expect(result, "Without a limit in the options it is 1000 ms, and the pong takes 150").toBe("healthy");
    }
    step("no SYN can leave your host for the address 127.255.255.255");
    const { waits, sleep } = sleeper();
    const unreachable = backlog.waitUntilHealthy(7070, { host: "127.255.255.255", sleep });
    const own = "An error of `checkHealth` belongs to the caller, with its `code`";
    expect(await fate(unreachable), own).toBe("rejects: ENETUNREACH");
    const over = "An error of `checkHealth` ends it: there is nothing to wait for";
    expect(`${waits.length} calls of \`sleep\``, over).toBe("0 calls of `sleep`");
  },
);

/** Where no limit should be met, however busy the machine. */
const patient = { timeout: 10_000 };
