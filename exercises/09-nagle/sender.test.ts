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
} from "@tcpip-workshop/grader/suite";
import type { Handler } from "./sender.ts";
import { readTable } from "./stage/connection-table.ts";
import { countDataSegments } from "./stage/counters.ts";
import { End } from "./stage/end.ts";
import { charge, lengthOf, nothing, order, replyTo, shown, text } from "./stage/frames.ts";
import { Receiver } from "./stage/receiver.ts";
import { PacedFeed } from "./stage/paced-feed.ts";
import { delivers, isFew, isWrittenAfter } from "./stage/judge.ts";
import { nothingIsHeld, recordHeld } from "./stage/verdict.ts";

const sender = answer<typeof import("./sender.ts")>("./sender.ts");

test(
  "gets the reply to each of its calls",
  { why: "Whatever is done for speed, the bytes must stay the same.", read: 'lesson "The task"' },
  async () => {
    await using server = await Receiver.start();
    const client = await dial(server);
    const calls: [header: Uint8Array, body: Uint8Array, prose: string][] = [
      [charge, order, "a body of 22 bytes"],
      [charge, nothing, "a body of no bytes"],
      [Uint8Array.of(0xe2, 0x82), new Random(seed()).bytes(200_000), "a body of 200,000 bytes"],
    ];
    for (const [header, body, prose] of calls) {
      step(`a call with ${prose}`);
      const rule = "The server must get two frames: the header, and the body";
      await delivers(server, () => client.call(header, body), [header, body], rule);
    }
    await client.close();
  },
);

test(
  "writes the whole call at once, without a moment's pause",
  {
    why: "A pause that lets the ACK come costs what the ACK costs. A pause that gathers more costs it when no more comes.",
    read: 'lesson "No timer"; RFC 896',
  },
  async () => {
    await using server = await Receiver.start();
    const client = await dial(server);
    step("a call, five times; and when your event loop has gone round twice, a look at the kernel's table");
    for (let call = 0; call < 5; call++) {
      server.ends.at(-1)?.begin();
      const reply = quietly(() => client.call(charge, order));
      reply.catch(() => {}); // whoever awaits below is told
      await isWritten(() => server.last, [charge, order]);
      await reply;
    }
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
    await nothingIsHeld(sender.process.pid, server.ends, async () => {
      for (let call = 0; call < 5; call++) await quietly(() => client.call(charge, order));
      expect(server.ends.length, "One connection must do for all of it").toBe(1);
    });
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
    step("five calls, each with a body of 4,000 bytes");
    const body = new Random(seed()).bytes(4000);
    await isFew(sender.process.pid, 2000, "A call is one write, or two: not a hundred", async () => {
      for (let call = 0; call < 5; call++) await client.call(charge, body);
    });
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
    const two = "two calls in one segment; the handler needs five turns of your event loop for the first one";
    const port = await startServer(async (header, body) => {
      if (Buffer.compare(body, slow) === 0) await turns(5);
      return replyTo([header, body]);
    });
    await using caller = await End.connect(port);
    for (const bodies of [[order], [nothing], [new Random(seed()).bytes(200_000)], [slow, text("22")]]) {
      const [{ length }] = bodies as [Uint8Array];
      step(bodies.length === 1 ? `a call with a body of ${length} bytes` : two);
      const due = bodies.flatMap((body) => [text("ok"), replyTo([charge, body])]);
      caller.begin(due.length);
      caller.send(bodies.flatMap((body) => [charge, body]));
      const rule = "Each call gets two frames: `ok`, and what the handler returned";
      await caller.whole(rule);
      expect(caller.frames.map(shown), rule).toEqual(due.map(shown));
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
    step(
      "a call, sent whole, five times; and when the handler has returned, and your event loop has gone round twice, a look at the kernel's table",
    );
    for (let call = 1; call <= 5; call++) {
      caller.begin(2);
      caller.send([charge, order]);
      await eventually(() => handled === call, "The server must call its handler", { within: 600 });
      await isWritten(() => caller, [text("ok"), replyTo([charge, order])]);
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
    step("call after call on one connection, each sent whole when the last one has its reply");
    await nothingIsHeld(sender.process.pid, [caller], async () => {
      for (let call = 0; call < 5; call++) await caller.exchange();
    });
  },
);

test(
  "uploads every record, in order",
  {
    why: "Whatever is gathered must also leave, the last batch too, and nothing may overtake it.",
    read: 'lesson "The task"',
  },
  async () => {
    await using server = await Receiver.start();
    const client = await dial(server);
    const random = new Random(seed());
    const sizes = Array.from({ length: 200 }, () => random.integer(1, 2000));
    for (const [lengths, prose] of [
      [[], "no record"],
      [[1], "one record of one byte"],
      [sizes, "200 records of 1 to 2,000 bytes"],
      [[5, 300_000, 5], "records of 5, 300,000 and 5 bytes"],
    ] as const) {
      step(`an upload of ${prose}`);
      const records = lengths.map((length) => random.bytes(length));
      const rule = "The server must get a frame `upload`, each record in a frame, and an empty frame";
      await delivers(server, () => client.upload(records), [text("upload"), ...records, nothing], rule);
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
    step("an upload of an array of 20,000 records, 64 bytes each");
    const rule = "What is there at the same time must leave together: 20,000 records are not 5,000 writes";
    const upload = () => client.upload(Array.from({ length: 20_000 }, () => record));
    await isFew(sender.process.pid, 5000, rule, upload);
    const [segments, few] = [countDataSegments(server.port), "few segments"];
    expect(segments > 1000 ? `≈${segments} segments` : few, "1.4 MB are few segments").toBe(few);
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
      step(`the iterator yields record ${at + 1}, and has no other; your event loop goes round twice`);
      await eventually(() => gate.asked, "The upload must ask for the next record", { within: 400 });
      await turns(2);
      const isWritten = server.ends.some((end) => end.written(readTable()) >= lengthOf(due));
      const rule = "No other record is there, so this one must leave by itself, at once";
      expect(isWritten ? "written" : "not written", rule).toBe("written");
      const received = () => server.ends[0]?.frames.map(shown);
      const [expected, arrives] = [due.map(shown), "What is written must be whole frames"];
      const isThere = () => received()?.join() === expected.join();
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
    const [over, limit] = [new AbortController(), "at most 4 MiB beside what the kernel holds"];
    let taken = 0;
    async function* records(): AsyncGenerator<Uint8Array> {
      for (; taken < 512 && !over.signal.aborted; taken++) yield record;
    }
    step("the server stops reading; upload(an async iterator) that always has a next record of 128 KiB");
    server.last.pause();
    const uploaded = quietly(() => client.upload(records()));
    uploaded.catch(() => {}); // whoever awaits below is told
    try {
      for (let before = -1; taken !== before;) {
        before = taken;
        await turns(10);
        const kept = (taken * record.length - server.last.written(readTable())) / 2 ** 20;
        const rule = "What the server does not read must not pile up in your process";
        expect(kept > 4 ? `≈${kept.toFixed(1)} MiB, and it asks for more` : limit, rule).toBe(limit);
      }
    } finally {
      over.abort();
    }
    await Promise.race([uploaded, turns(1)]);
    const [room, rule] = ["the kernel is full", "What the kernel has room for must be written"];
    expect(server.last.inKernel(readTable()) > record.length ? room : "it is not", rule).toBe(room);
    server.last.resume();
    await uploaded;
    expect(server.last.frames.length, "Each record taken must arrive").toBe(taken + 2);
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
    step("connection after connection: on each an upload of one record, and when it has its reply, a call");
    await nothingIsHeld(sender.process.pid, server.ends, async () => {
      for (let connection = 1; connection <= 4; connection++) {
        const client = await quietly(() => dial(server));
        await quietly(() => client.upload([order]));
        await quietly(() => client.call(charge, order));
        await quietly(() => client.close());
        expect(server.ends.length % 4, "One connection must do for all of it").toBe(connection % 4);
      }
    });
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
    const clients = [await dial(server), await dial(server), await dial(server), await dial(server)];
    step("on each of four connections, again and again: two calls, and upload(an async iterator)");
    step("the iterator yields three records, each as soon as it is asked for the next");
    await eventually(() => server.ends.length === 4, "Each connection must come");
    const exchanges = async () => {
      await feeds.run(server.ends, clients, () => turns(1));
      expect(server.ends.length, "One connection must do for all of it").toBe(4);
    };
    await nothingIsHeld(sender.process.pid, server.ends, exchanges, recordHeld);
  },
);

async function startServer(handle: Handler): Promise<number> {
  return field((await sender.startServer(handle)).port);
}

const dial = (server: Receiver) => sender.connectTo(server.port);

/** The answer's event loop goes round so often. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await quietly(() => sender.encodeFrame(charge));
}

const isWritten = (end: () => End, payloads: Uint8Array[]) => isWrittenAfter(() => turns(2), end, payloads);
