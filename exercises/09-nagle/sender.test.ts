import { execFileSync } from "node:child_process";
import { hash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { answer, evidence, eventually, expect, Random, seed, step, test } from "@tcpip-workshop/grader/suite";
import type { Handler } from "./sender.ts";

const sender = answer<typeof import("./sender.ts")>("./sender.ts");

const text = (value: string) => new TextEncoder().encode(value);
const [charge, order, nothing] = [text("charge"), text("order 8471: 1999 cents"), new Uint8Array(0)];

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
    const seen: boolean[] = [];
    for (let call = 0; call < 5; call++) {
      step("a call");
      server.ends.at(-1)?.begin();
      const reply = client.call(charge, order);
      reply.catch(() => {}); // whoever awaits below is told
      seen.push(await isWritten(() => server.last, [charge, order]));
      await reply;
    }
    expect(seen.includes(false) ? "something is missing" : "both are written", atOnce).toBe(
      "both are written",
    );
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
    step("five calls on one connection, each when the last one has its reply");
    await nothingIsHeld(
      server.ends,
      async () => {
        for (let call = 0; call < 5; call++) await client.call(charge, order);
        expect(server.ends.length, "One connection must do for all of it").toBe(1);
      },
      5,
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
    step("five calls, each with a body of 4,000 bytes");
    const body = new Random(seed()).bytes(4000);
    const writes = await writesOf(async () => {
      for (let call = 0; call < 5; call++) await client.call(charge, body);
    });
    isFew(writes, 2000, "A call is one write, or two: not a hundred");
  },
);

test(
  "answers each call with two frames, in the order of the calls",
  { why: "Whatever is done for speed, the bytes must stay the same.", read: 'lesson "The task"' },
  async () => {
    const port = await startServer((header, body) => replyTo([header, body]));
    await using caller = await End.connect(port);
    for (const bodies of [[order], [nothing], [new Random(seed()).bytes(200_000)], [text("1"), text("22")]]) {
      const [{ length }] = bodies as [Uint8Array];
      step(bodies.length === 1 ? `a call with a body of ${length} bytes` : "two calls in one segment");
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
    const seen: boolean[] = [];
    for (let call = 1; call <= 5; call++) {
      step("a call, sent whole");
      caller.begin(2);
      caller.send([charge, order]);
      await eventually(() => handled === call, "The server must call its handler", { within: 600 });
      seen.push(await isWritten(() => caller, [text("ok"), replyTo([charge, order])]));
      await caller.whole("The reply must come");
    }
    expect(seen.includes(false) ? "something is missing" : "both are written", atOnce).toBe(
      "both are written",
    );
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
    step("five calls on one connection, each sent whole when the last one has its reply");
    await nothingIsHeld([caller], async () => {
      for (let call = 0; call < 5; call++) await caller.exchange();
    });
  },
);

test(
  "uploads every record, in order",
  { why: "Whatever is gathered must also leave: the last batch is never full.", read: 'lesson "The task"' },
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
    why: "TCP_NODELAY mended the calls. With it, the nightly export is thousands of segments, and 20,000 system calls.",
    read: 'lesson "What a segment costs"',
    deadline: 3000,
  },
  async () => {
    await using server = await Receiver.start();
    const client = await dial(server);
    const record = new Random(seed()).bytes(64);
    step("an upload of an array of 20,000 records, 64 bytes each");
    const writes = await writesOf(() => client.upload(Array.from({ length: 20_000 }, () => record)));
    isFew(
      writes,
      5000,
      "What is there at the same time must leave together: 20,000 records are not 5,000 writes",
    );
    const segments = dataSegments(server.port);
    expect(segments > 1000 ? `≈${segments} segments` : "few segments", "1.4 MB are few segments").toBe(
      "few segments",
    );
  },
);

test(
  "sends a record that comes alone without waiting for the next",
  {
    why: "A feed is quick by day and slow by night. What waits for a full batch waits until the morning.",
    read: 'lesson "What is there now"',
  },
  async () => {
    await using server = await Receiver.start();
    const client = await dial(server);
    const records = ["record 1", "record 2", "record 3"];
    const gates = records.map(() => Promise.withResolvers<void>());
    async function* feed(): AsyncGenerator<Uint8Array> {
      for (const [at, record] of records.entries()) {
        yield text(record);
        await gates[at]?.promise;
      }
    }
    const uploaded = client.upload(feed());
    uploaded.catch(() => {}); // whoever awaits below is told
    for (const [at, gate] of gates.entries()) {
      step(`an async iterator yields record ${at + 1}, and the next one only when that one is at the server`);
      const due = ["upload", ...records.slice(0, at + 1)].map((name) => shown(text(name)));
      const received = () => server.ends[0]?.frames.map(shown);
      const rule = "No other record is there, so this one must leave by itself";
      await eventually(() => received()?.join() === due.join(), rule, {
        within: 400,
        expected: due,
        received,
      });
      gate.resolve();
    }
    await uploaded;
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
    step("four connections: on each an upload of one record, and when it has its reply, the first call");
    await nothingIsHeld(
      server.ends,
      async () => {
        for (let connection = 0; connection < 4; connection++) {
          const client = await dial(server);
          await client.upload([order]);
          await client.call(charge, order);
          await client.close();
          expect(server.ends.length % 4, "One connection must do for all of it").toBe((connection + 1) % 4);
        }
      },
      16,
    );
  },
);

type Look = "held" | "prompt" | "unclear";

/** The suite's end of one connection: what has come in the exchange under way. */
class End implements AsyncDisposable {
  static async connect(port: number, { noDelay = true } = {}): Promise<End> {
    const socket = connect({ port, host: "127.0.0.1", noDelay });
    await once(socket, "connect");
    return new End(socket);
  }

  frames: Uint8Array[] = [];
  /** Bytes of this exchange that have been read. */
  received = 0;
  complete = false;
  /** Whether to look at the kernel's table. It costs some 4 µs a row, whoever's it is. */
  isWatched = false;
  /** When its first byte could be sent at the soonest. */
  beginsAt = 0;
  /** What each exchange has shown that found our kernel holding back its ACKs. */
  readonly looks: Look[] = [];
  onComplete: () => void = () => {};
  readonly #socket: Socket;
  #due: number | undefined;
  #pending: Buffer = Buffer.alloc(0);
  #isArmed = false;
  #wasHeld = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
  }

  /** Forgets the last exchange. The next one is over with so many frames, or with a whole request. */
  begin(due?: number): void {
    [this.frames, this.received, this.complete, this.#wasHeld, this.#due] = [[], 0, false, false, due];
  }

  /** All in one write. What comes next is looked at, if our kernel delays its ACKs from now on. */
  send(payloads: Uint8Array[]): void {
    this.#socket.write(Buffer.concat(payloads.map(frameOf)));
    this.beginsAt = performance.now();
    this.#isArmed = this.isWatched && this.delaysAcks(readTable());
  }

  /** As it is done in the incident. */
  sendApart(): void {
    this.begin(2);
    for (const payload of [charge, order]) this.#socket.write(frameOf(payload));
  }

  /** A call; done when the reply is there. */
  async exchange(): Promise<void> {
    this.begin(2);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.onComplete = resolve;
    this.send([charge, order]);
    await Promise.race([promise, this.whole("The reply must come")]);
  }

  async whole(rule: string): Promise<void> {
    await eventually(() => this.complete || this.#socket.closed, rule, { within: 600 });
    expect(this.complete ? "a whole message" : "the connection was closed", rule).toBe("a whole message");
  }

  /** Bytes of this exchange that have been written over there, acknowledged or not; some may be counted twice. */
  written(table: string): number {
    return this.#theirs(table).sendQ + this.received + this.#ours(table).recvQ;
  }

  /** The kernel holds its ACKs back here, in the hope of data that can carry them ("pingpong"). */
  delaysAcks(table: string): boolean {
    return this.#ours(table).pingPong;
  }

  /** Have bytes been written over there, and not been sent? Send-Q counts all that is not acknowledged. */
  isHeld(table: string, later = table): boolean {
    return this.#theirs(table).sendQ > this.received + this.#ours(later).recvQ;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    if (!this.#socket.closed) await once(this.#socket, "close");
  }

  #theirs(table: string): Row {
    return rowOf(table, this.#socket.remotePort, this.#socket.localPort);
  }

  #ours(table: string): Row {
    return rowOf(table, this.#socket.localPort, this.#socket.remotePort);
  }

  #read(chunk: Buffer): void {
    if (this.complete) this.begin();
    this.received += chunk.length;
    this.#pending = Buffer.concat([this.#pending, chunk]);
    let at = 0;
    for (let end; at + 4 <= this.#pending.length; at = end) {
      end = at + 4 + this.#pending.readUInt32BE(at);
      if (this.#pending.length < end) break;
      this.frames.push(Uint8Array.from(this.#pending.subarray(at + 4, end)));
    }
    this.#pending = this.#pending.subarray(at);
    this.complete = this.#due === undefined ? isRequest(this.frames) : this.frames.length >= this.#due;
    if (this.#isArmed) this.#look();
    if (this.complete) this.onComplete();
  }

  /** Over sooner than the kernel sends a delayed ACK: not held. Later, and not seen held: the machine may have been busy. */
  #look(): void {
    const wasPrompt = performance.now() - this.beginsAt < shortestDelay;
    if (this.complete) this.looks.push(wasPrompt ? "prompt" : this.#wasHeld ? "held" : "unclear");
    if (this.complete || this.received > 100) return;
    const table = readTable();
    // Twice, so that bytes on their way between two rows are not mistaken for bytes that are held.
    this.#wasHeld ||= this.isHeld(table) && this.isHeld(table, readTable());
  }
}

/** A server of the suite's that replies to calls and uploads, each time with one write. */
class Receiver implements AsyncDisposable {
  static async start({ isWatched = false } = {}): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.#isWatched = isWatched;
    receiver.#server.listen(0, "127.0.0.1");
    await once(receiver.#server, "listening");
    return receiver;
  }

  readonly ends: End[] = [];
  #isWatched = false;
  readonly #server: Server = createServer({ noDelay: true }, (socket) => {
    const end = new End(socket);
    end.isWatched = this.#isWatched;
    end.onComplete = () => end.send([text("ok"), replyTo(end.frames)]);
    this.ends.push(end);
  });

  get last(): End {
    return this.ends.at(-1)!;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const end of this.ends) await end[Symbol.asyncDispose]();
  }
}

async function startServer(handle: Handler): Promise<number> {
  // Data with functions: the data has crossed, the functions are handles.
  return ((await sender.startServer(handle)) as unknown as { port: number }).port;
}

const dial = (server: Receiver) => sender.connectTo(server.port);

/** These frames, all over one connection, and then their reply. */
async function delivers(
  server: Receiver,
  request: () => Promise<Uint8Array>,
  due: Uint8Array[],
  rule: string,
): Promise<void> {
  server.ends[0]?.begin();
  const received = () => server.ends[0]?.frames.map(shown);
  const [expected, reply] = [due.map(shown), request()];
  const arrived = eventually(() => server.ends[0]?.complete, rule, { within: 400, expected, received });
  await Promise.race([arrived, reply]);
  expect(received(), rule).toEqual(expected);
  expect(shown(await reply), "The reply's second frame must be returned").toBe(shown(replyTo(due)));
  expect(server.ends.length, "One connection must do for all of it").toBe(1);
}

const atOnce = "The event loop has gone round twice, so both frames must have been written";

/** When the answer's event loop has gone round a few times, all is written: no pause lies in between. */
async function isWritten(end: () => End, payloads: Uint8Array[]): Promise<boolean> {
  for (let turn = 0; turn < 2; turn++) await sender.encodeFrame(charge);
  const length = payloads.reduce((sum, payload) => sum + 4 + payload.length, 0);
  const written = () => end().complete || end().written(readTable()) >= length;
  // Twice: a byte may arrive between the readings of the two sockets.
  return written() || written();
}

/** Judges by exchanges that were held, or that were too quick to have been. Where there is neither, it makes more of them. */
async function nothingIsHeld(
  ends: End[],
  exchanges: () => Promise<unknown>,
  callsOfBatch = 0,
): Promise<void> {
  await (control ??= stall());
  const rule = "The body must not wait in the sender's kernel until the header is acknowledged";
  const count = (kind: Look) => ends.flatMap((end) => end.looks).filter((look) => look === kind).length;
  for (let batch = 0, slow = 0; ; batch++) {
    evidence(batch < 30, "one exchange on a machine that is not too busy to tell");
    const began = performance.now() - starved();
    await exchanges();
    const [held, prompt] = [count("held"), count("prompt")];
    if (held > prompt) {
      // However many batches it took, what is read is the same.
      for (let more = (9 - batch) * callsOfBatch; more > 0; more--) await sender.encodeFrame(charge);
      for (const line of heldStory) step(line);
      expect("in Send-Q, not sent", rule).toBe("sent");
    }
    if (prompt > held) return;
    // Who had a CPU all the time, and was slow, waited for something else.
    if (performance.now() - starved() - began > 4 * shortestDelay) slow++;
    if (slow === 2 && prompt === 0) expect("as slow as a delayed ACK", rule).toBe("sent");
  }
}

const heldStory = [
  "a header arrives, and no body",
  "the kernel's table: the body has been written, and lies in the sender's Send-Q",
  "the receiver's kernel waits for a reply that could carry its ACK; then its timer ends the wait",
  "the ACK arrives, and the body leaves",
  "the reader has both, and goes on",
];

/** Milliseconds that the answer and we have been ready to run, and had no CPU: proc_pid_schedstat(5). */
function starved(): number {
  const waits = [`${sender.process.pid}`, "thread-self"].map((task) =>
    Number(readFileSync(`/proc/${task}/schedstat`, "latin1").split(" ")[1]),
  );
  return waits.reduce((sum, nanoseconds) => sum + nanoseconds / 1e6, 0);
}

/** Milliseconds. Linux sends a delayed ACK after 40 at the soonest (TCP_DELACK_MIN), counted in ticks of up to 10. */
const shortestDelay = 30;

let control: Promise<void> | undefined;

/** The control, once a run: connections of the suite's own that write header and body apart are held, and get delayed ACKs. */
async function stall(): Promise<void> {
  await using server = await Receiver.start();
  await using open = new AsyncDisposableStack();
  const connecting = Array.from({ length: 12 }, () => End.connect(server.port, { noDelay: false }));
  const callers = (await Promise.all(connecting)).map((end) => open.use(end));
  for (let round = 0; round < 10; round++) {
    await Promise.all(callers.map((caller) => caller.exchange()));
    const acks = delayedAcks();
    for (const end of [...callers, ...server.ends]) end.begin();
    for (const caller of callers) caller.sendApart();
    const table = readTable();
    const held = server.ends.filter((end) => end.delaysAcks(table) && end.isHeld(table)).length;
    await Promise.all(callers.map((caller) => caller.whole("The suite's own calls get replies")));
    if (held >= 10 && delayedAcks() - acks >= 10) return;
  }
  evidence(false, "twelve connections of the suite's own that write twice, each stalled until a delayed ACK");
}

interface Row {
  sendQ: number;
  recvQ: number;
  pingPong: boolean;
}

/** The kernel's connections, a line each. */
function readTable(): string {
  return readFileSync("/proc/net/tcp", "latin1") + readFileSync("/proc/net/tcp6", "latin1");
}

/** Behind the queues come timer, retransmissions, uid, time-out, inode, two of the kernel's own, rto, ato, quick | pingpong. */
function rowOf(table: string, localPort = 0, remotePort = 0): Row {
  const [local, remote] = [localPort, remotePort].map((port) =>
    port.toString(16).toUpperCase().padStart(4, "0"),
  );
  const row = new RegExp(String.raw`:${local} \w+:${remote} 01 (\w+):(\w+)(?: +\S+){9} +(\d+)`);
  const [, sendQ = "0", recvQ = "0", modes = "0"] = row.exec(table) ?? [];
  return {
    sendQ: Number.parseInt(sendQ, 16),
    recvQ: Number.parseInt(recvQ, 16),
    pingPong: Number(modes) % 2 === 1,
  };
}

/** `write` and its kin, counted by the kernel: proc_pid_io(5). Node's own threads wake each other by a write, too. */
async function writesOf(work: () => Promise<unknown>): Promise<number> {
  const count = () =>
    Number(/^syscw: (\d+)/m.exec(readFileSync(`/proc/${sender.process.pid}/io`, "utf8"))?.[1]);
  const before = count();
  await work();
  return count() - before;
}

function isFew(writes: number, limit: number, rule: string): void {
  evidence(writes > 0, "that the kernel counts the writes of a process");
  expect(writes > limit ? `≈${writes} writes` : `at most ${limit} writes`, rule).toBe(
    `at most ${limit} writes`,
  );
}

/** Segments with data that the answer's sockets have sent to this port, by `ss`; 0 where there is none. */
function dataSegments(port: number): number {
  try {
    const table = execFileSync("ss", ["-tinH", `dport = :${port}`], { encoding: "utf8", timeout: 2000 });
    return table.matchAll(/data_segs_out:(\d+)/g).reduce((sum, [, count]) => sum + Number(count), 0);
  } catch {
    return 0;
  }
}

/** Of the whole machine: a guard, never a verdict. */
function delayedAcks(): number {
  const [names, counts] = readFileSync("/proc/net/netstat", "utf8")
    .split("\n", 2)
    .map((line) => line.split(" "));
  return Number(counts?.[names?.indexOf("DelayedACKs") ?? -1]);
}

function isRequest(frames: Uint8Array[]): boolean {
  const [first] = frames;
  const isUpload = first?.length === 6 && Buffer.compare(first, text("upload")) === 0;
  return isUpload ? frames.length > 1 && frames.at(-1)?.length === 0 : frames.length === 2;
}

/** No constant could be right. */
function replyTo(frames: Uint8Array[]): Uint8Array {
  return text(`${frames.length} frames, ${frames.reduce((sum, frame) => sum + frame.length, 0)} bytes`);
}

function frameOf(payload: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(payload.length);
  return Buffer.concat([head, payload]);
}

/** Short, and different for different bytes. */
function shown(bytes: Uint8Array): string {
  const isText = bytes.length <= 32 && bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  return isText
    ? `${bytes.length} bytes: ${Buffer.from(bytes).toString()}`
    : `${bytes.length} bytes, ${hash("sha1", bytes)}`;
}
