import {
  answer,
  eventually,
  expect,
  field,
  quietly,
  Random,
  seed,
  step,
  test,
  timeline,
} from "@tcpip-workshop/grader/suite";
import type { Handler } from "./sender.ts";
import { readTable } from "./stage/connection-table.ts";
import { countDataSegments } from "./stage/counters.ts";
import { End } from "./stage/end.ts";
import { charge, compared, lengthOf, nothing, order, replyTo, shown, text } from "./stage/frames.ts";
import { Receiver } from "./stage/receiver.ts";
import { PacedFeed } from "./stage/paced-feed.ts";
import { delivers, isFew, isOneConnection, isWrittenAfter, type Message } from "./stage/judge.ts";
import { bodyHeld, nothingIsHeld, recordHeld, replyHeld } from "./stage/verdict.ts";

const sender = answer<typeof import("./sender.ts")>("./sender.ts");

test(
  "gets the reply to each of its calls",
  {
    why: "Who reads a connection one frame off takes a body for the next header, until somebody closes it.",
    read: 'lesson "The task"',
  },
  async () => {
    await using server = await Receiver.start();
    const client = await dial(server);
    const calls: [header: Uint8Array, body: Uint8Array, prose: string][] = [
      [charge, order, '"charge", "order 8471: 1999 cents"'],
      [charge, nothing, '"charge", no bytes'],
      [Uint8Array.of(0xe2, 0x82), new Random(seed()).bytes(200_000), "e2 82, 200,000 bytes"],
    ];
    for (const [header, body, prose] of calls) {
      step(`call(${prose})`);
      const rule = "A call is two frames on the wire: the header in one, the body in the other";
      await delivers(server, () => quietly(() => client.call(header, body)), [header, body], rule);
    }
    await client.close();
  },
);

test(
  "writes the whole call at once, without a moment's pause",
  {
    why: "Each call pays for the pause. A page that makes twenty calls, one after another, pays twenty times.",
    read: 'lesson "No timer"; RFC 896',
  },
  async () => {
    await using server = await Receiver.start();
    const client = await dial(server);
    step('call("charge", "order 8471: 1999 cents"), five times, each when the last one has its reply');
    step("each time: your event loop goes round twice, and then we look into the kernel's table");
    const rule = "Header and body are both there when `call` is called, so both must be written at once";
    const call: Message = { frames: [charge, order], names: ["the header", "the body"], rule };
    for (let count = 0; count < 5; count++) {
      server.ends.at(-1)?.begin();
      const reply = quietly(() => client.call(charge, order));
      reply.catch(() => {}); // whoever awaits below is told
      await isWritten(() => server.last, call);
      await reply;
    }
    isOneConnection(server);
  },
);

test(
  "sends a call's body without waiting for the ACK of its header",
  {
    why: "It is 40 ms a call, on an idle network: a page that makes twenty calls, one after another, takes 0.8 s longer.",
    read: 'lesson "Two good ideas that wait for each other"; RFC 9293 §3.7.4',
  },
  async () => {
    await using server = await Receiver.start({ isWatched: true });
    const client = await dial(server);
    step('call("charge", "order 8471: 1999 cents"), again and again, each when the last one has its reply');
    await nothingIsHeld(
      sender.process.pid,
      server.ends,
      async () => {
        for (let call = 0; call < 5; call++) await quietly(() => client.call(charge, order));
        isOneConnection(server);
      },
      bodyHeld,
    );
  },
);

test(
  "sends a call in few writes",
  {
    why: "With TCP_NODELAY a write is a segment: 66 bytes of headers on Ethernet, and often a wake-up at the other end.",
    read: 'lesson "What a segment costs"; RFC 896, "The small-packet problem"',
  },
  async () => {
    await using server = await Receiver.start();
    const client = await dial(server);
    step('call("charge", 4,000 bytes), five times; the kernel counts the writes of your process');
    const body = new Random(seed()).bytes(4000);
    await isFew(
      sender.process.pid,
      2000,
      "A call is one write, or two, however long its body is",
      async () => {
        for (let call = 0; call < 5; call++) await quietly(() => client.call(charge, body));
      },
    );
  },
);

test(
  "answers each call with two frames, in the order of the calls",
  {
    why: "A reply has no number: the first one is taken for the first call's, whichever was ready first.",
    read: 'lesson "The task"',
  },
  async () => {
    const slow = text("slow");
    const two =
      'two calls in one segment, with the bodies "slow" and "22"; the handler needs five turns of your event loop for "slow"';
    const port = await startServer(async (header, body) => {
      if (Buffer.compare(body, slow) === 0) await turns(5);
      return replyTo([header, body]);
    });
    await using caller = await End.connect(port);
    timeline("the client, played by the test", caller);
    for (const bodies of [[order], [nothing], [new Random(seed()).bytes(200_000)], [slow, text("22")]]) {
      const [{ length }] = bodies as [Uint8Array];
      const body = bodies[0] === order ? '"order 8471: 1999 cents"' : `${length.toLocaleString("en")} bytes`;
      step(
        bodies.length === 1
          ? `our client calls with "charge", and a body: ${body}`
          : `our client makes ${two}`,
      );
      const due = bodies.flatMap((body) => [text("ok"), replyTo([charge, body])]);
      caller.begin(due.length);
      caller.send(bodies.flatMap((body) => [charge, body]));
      const rule =
        "Each call gets two frames, in the order of the calls: `ok`, and what the handler returned";
      await caller.whole(rule);
      const { expected, received } = compared(due, caller.frames);
      expect(received, rule).toEqual(expected);
    }
  },
);

test(
  "writes the whole reply at once, without a moment's pause",
  { why: "What the server waits, each of its clients waits, in each call.", read: 'lesson "No timer"' },
  async () => {
    let handled = 0;
    const port = await startServer((header, body) => {
      handled++;
      return replyTo([header, body]);
    });
    await using caller = await End.connect(port);
    timeline("the client, played by the test", caller);
    step("our client makes five calls, one after another, each in one write");
    step(
      "each time: the handler returns, your event loop goes round twice, and we look into the kernel's table",
    );
    const rule = "Both frames of a reply must be written as soon as the handler has returned";
    const reply: Message = {
      frames: [text("ok"), replyTo([charge, order])],
      names: ["`ok`", "the body"],
      rule,
    };
    for (let call = 1; call <= 5; call++) {
      caller.begin(2);
      caller.send([charge, order]);
      await eventually(() => handled === call, "The server must call its handler", { within: 600 });
      await isWritten(() => caller, reply);
      await caller.whole("The reply must come");
    }
  },
);

test(
  "sends a reply's body without waiting for the ACK of its header",
  {
    why: "Nagle works in each direction alone: who mends only the client has lost 40 ms a call at the server.",
    read: 'lesson "Whose socket?"',
  },
  async () => {
    const port = await startServer((header, body) => {
      caller.beginsAt = performance.now();
      return replyTo([header, body]);
    });
    await using caller = await End.connect(port);
    caller.isWatched = true;
    timeline("the client, played by the test", caller);
    step("our client makes call after call, each in one write, when the last one has its reply");
    await nothingIsHeld(
      sender.process.pid,
      [caller],
      async () => {
        for (let call = 0; call < 5; call++) await caller.exchange();
      },
      replyHeld,
    );
  },
);

test(
  "uploads every record, in order",
  {
    why: "A record that stays in a batch, or comes behind the end, is a sale that is missing in the morning's books.",
    read: 'lesson "The task"',
  },
  async () => {
    await using server = await Receiver.start();
    const client = await dial(server);
    const random = new Random(seed());
    const sizes = Array.from({ length: 200 }, () => random.integer(1, 2000));
    for (const [lengths, prose] of [
      [[], "an empty array"],
      [[1], "an array of one record, of one byte"],
      [sizes, "an array of 200 records, of 1 to 2,000 bytes"],
      [[5, 300_000, 5], "an array of three records, of 5, 300,000 and 5 bytes"],
    ] as const) {
      step(`upload(${prose})`);
      const records = lengths.map((length) => random.bytes(length));
      const rule = "An upload is a frame `upload`, each record in a frame, and an empty frame, in this order";
      const request = () => quietly(() => client.upload(records));
      await delivers(server, request, [text("upload"), ...records, nothing], rule);
    }
  },
);

test(
  "uploads twenty thousand small records in few writes",
  {
    why: "Nagle on or off, each `write` is a system call: 20,000 of them. With TCP_NODELAY many are a segment, too.",
    read: 'lesson "What a segment costs"',
    deadline: 3000,
  },
  async () => {
    await using server = await Receiver.start();
    const client = await dial(server);
    const record = new Random(seed()).bytes(64);
    step(
      "upload(an array of 20,000 records, of 64 bytes each); the kernel counts the writes of your process",
    );
    const rule = "Records that are there at the same time must leave together: many of them are one write";
    const upload = () => quietly(() => client.upload(Array.from({ length: 20_000 }, () => record)));
    await isFew(sender.process.pid, 5000, rule, upload);
    const got = `${server.last.frames.length} frames`;
    expect(got, "All of it must have come before the reply: `upload`, the records, and the end").toBe(
      "20002 frames",
    );
    const [segments, few] = [countDataSegments(server.port), "at most 1,000 segments"];
    const large = "Records that leave together are large segments: 1.4 MB are few of them";
    expect(segments > 1000 ? `≈${segments} segments` : few, large).toBe(few);
  },
);

test(
  "sends a record that comes alone without waiting for the next",
  {
    why: "A feed is quick by day and slow by night. What waits for a full batch waits until the morning.",
    read: 'lesson "What is there now"',
    deadline: 3000,
  },
  async () => {
    await using server = await Receiver.start();
    const client = await dial(server);
    // Each longer than all before: what is unacknowledged is counted twice, and must not be taken for it.
    const records = [8, 24, 60].map((length, at) => text(`record ${at + 1}`.padEnd(length, ".")));
    const gates = records.map(() => ({ asked: false, ...Promise.withResolvers<void>() }));
    async function* feed(): AsyncGenerator<Uint8Array> {
      for (const [at, gate] of gates.entries()) {
        yield records[at]!;
        gate.asked = true;
        await gate.promise;
      }
    }
    step("upload(an async iterator)");
    const uploaded = quietly(() => client.upload(feed()));
    uploaded.catch(() => {}); // whoever awaits below is told
    for (const [at, gate] of gates.entries()) {
      const due = [text("upload"), ...records.slice(0, at + 1)];
      step(`the iterator gives record ${at + 1}, and has no other yet; your event loop goes round twice`);
      await eventually(() => gate.asked, "The upload must ask for the next record", { within: 400 });
      await turns(2);
      const isWritten = () => server.ends.some((end) => end.written(readTable()) >= lengthOf(due));
      const rule = "A record must leave by itself, at once, when no other is ready";
      if (!isWritten()) expect(await laterThan(isWritten), rule).toBe("the record is written");
      const received = () => compared(due, server.ends[0]?.frames ?? [], server.ends[0]?.unfinished).received;
      const [expected, arrives] = [due.map(shown), "What is written must be whole frames"];
      const isThere = () => String(received()) === String(expected);
      await eventually(isThere, arrives, { within: 400, expected, received });
      gate.resolve();
    }
    await uploaded;
  },
);

test(
  "takes no more records than the server does",
  {
    why: "One slow server, and the export of all your customers is in your memory: the process is killed, and its calls with it.",
    read: 'lesson "What is there now"',
    deadline: 3000,
  },
  async () => {
    await using server = await Receiver.start();
    const client = await dial(server);
    await eventually(() => server.ends.length === 1, "The connection must come");
    const record = new Random(seed()).bytes(131_072);
    const [over, limit] = [new AbortController(), "at most 4 MiB that the kernel does not hold"];
    let taken = 0;
    async function* records(): AsyncGenerator<Uint8Array> {
      for (; taken < 512 && !over.signal.aborted; taken++) yield record;
    }
    step("our server stops reading");
    step("upload(an async iterator), which always has a next record, of 128 KiB");
    server.last.pause();
    const uploaded = quietly(() => client.upload(records()));
    uploaded.catch(() => {}); // whoever awaits below is told
    try {
      for (let before = -1; taken !== before;) {
        before = taken;
        await turns(10);
        const kept = (taken * record.length - server.last.written(readTable())) / 2 ** 20;
        const rule = "What the server does not read must not pile up in your process";
        expect(kept > 4 ? `≈${kept.toFixed(1)} MiB, and you ask for more` : limit, rule).toBe(limit);
      }
    } finally {
      over.abort();
    }
    await Promise.race([uploaded, turns(1)]);
    const [room, rule] = ["the kernel is full", "What the kernel has room for must be written"];
    expect(server.last.inKernel(readTable()) > record.length ? room : "the kernel has room", rule).toBe(room);
    server.last.resume();
    await uploaded;
    const count = (frames: number) => `${frames} frames`;
    const all =
      "When the server reads on, all must arrive: `upload`, each record that was taken, and the end";
    expect(count(server.last.frames.length), all).toBe(count(taken + 2));
  },
);

test(
  "makes fast calls on a connection that has uploaded before",
  {
    why: "An option belongs to the socket, and stays. Set it late, or turn it off for a while, and some calls stall: the worst kind to find.",
    read: 'lesson "Whose socket?"',
  },
  async () => {
    await using server = await Receiver.start({ isWatched: true });
    timeline("the server, played by the test", server);
    step("connection after connection: connectTo(port), upload(one record); when it has its reply, a call");
    await nothingIsHeld(
      sender.process.pid,
      server.ends,
      async () => {
        const before = server.ends.length;
        for (let connection = 1; connection <= 4; connection++) {
          const client = await quietly(() => sender.connectTo(server.port));
          await quietly(() => client.upload([order]));
          await quietly(() => client.call(charge, order));
          await quietly(() => client.close());
          isOneConnection(server, before + connection);
        }
      },
      bodyHeld,
    );
  },
);

test(
  "sends each record of a feed without waiting for the ACK of the one before",
  {
    why: "The feed by day is small writes one behind another: with Nagle on, what comes second is 40 ms old when it leaves.",
    read: 'lesson "What is there now"; RFC 9293 §3.7.4',
    deadline: 3000,
  },
  async () => {
    await using server = await Receiver.start();
    await using feeds = await PacedFeed.start();
    timeline("the server, played by the test", server);
    const clients: Awaited<ReturnType<typeof dial>>[] = [];
    for (let count = 0; count < 4; count++) clients.push(await quietly(() => sender.connectTo(server.port)));
    step("connectTo(port), four times");
    step("on each connection, again and again: two calls, and upload(an async iterator)");
    step("the iterator has three records, each as soon as you ask for it");
    await eventually(() => server.ends.length === 4, "Each connection must come");
    const exchanges = async () => {
      await feeds.run(server.ends, clients, () => turns(1));
      isOneConnection(server, 4);
    };
    await nothingIsHeld(sender.process.pid, server.ends, exchanges, recordHeld);
  },
);

async function startServer(handle: Handler): Promise<number> {
  step("startServer(handle); a client that the test plays connects");
  const server = await quietly(() => sender.startServer(handle));
  return quietly(() => field(server.port));
}

function dial(server: Receiver) {
  timeline("the server, played by the test", server);
  step("connectTo(port), the port of a server that the test plays");
  return quietly(() => sender.connectTo(server.port));
}

/** Not at once: then when? */
async function laterThan(isWritten: () => boolean): Promise<string> {
  const start = performance.now();
  const isLate = eventually(isWritten, "It is written", { within: 300 });
  return isLate.then(
    () => `it is written ≈${Math.ceil(performance.now() - start)} ms later`,
    () => "it is not written, long after",
  );
}

/** The answer's event loop goes round so often. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await quietly(() => sender.encodeFrame(charge));
}

const isWritten = (end: () => End, message: Message) => isWrittenAfter(() => turns(2), end, message);
