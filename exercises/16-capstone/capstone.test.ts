import type { Socket } from "node:net";
import { FrozenListener, refusedPort } from "@tcpip-workshop/faults/kernel";
import { ScriptedPeer } from "@tcpip-workshop/faults/tcp";
import {
  answer,
  awaitEvidence,
  evidence,
  eventually,
  expect,
  field,
  page,
  quietly,
  seed,
  step,
  type Teaching,
  test as suiteTest,
  untilSeen,
} from "@tcpip-workshop/grader/suite";
import type { Gate } from "@tcpip-workshop/idempotency/store";
import type { PaymentClientOptions } from "./client.ts";
import type { GatewayOptions } from "./gateway.ts";
import { audit } from "./stage/audit.ts";
import { bareExchange } from "./stage/bare-exchange.ts";
import { Caller, frame, request } from "./stage/caller.ts";
import { HeldStore } from "./stage/held-store.ts";
import { Ledger } from "./stage/ledger.ts";
import { pay, soon } from "./stage/payments.ts";
import { report } from "./stage/report.ts";
import { type Heard, ScriptedGateway } from "./stage/scripted-gateway.ts";
import { payments, Storm } from "./stage/storm.ts";
import { faults } from "./stage/weather.ts";
import { withoutAPause } from "./stage/without-a-pause.ts";

const clients = answer<typeof import("./client.ts")>("./client.ts");
const gateways = answer<typeof import("./gateway.ts")>("./gateway.ts", { scratch: true });

test(
  "gateway: charges once, however the request is cut, and answers each in its turn",
  {
    why: "A request that is cut at another place under load must not become another request, and least of all another amount.",
    read: 'lesson "The protocol"; exercise 04',
  },
  async () => {
    using ledger = await Ledger.open(gateways.scratch, { café: 10_000 });
    const { port } = await open({ file: ledger.file });
    await using caller = await Caller.connect(port);
    step("a request, cut in its header, behind it, and in the é of café");
    const whole = request({ key: "order 1", amount: 300 });
    const accent = Buffer.from(whole).indexOf(0xc3) + 1;
    const pieces = [whole.slice(0, 2), whole.slice(2, 4), whole.slice(4, accent), whole.slice(accent)];
    await caller.sendInPieces(pieces, gateways.process);
    await caller.hears(ledger, ["order 1: 201, its receipt"], "One request in four chunks is one payment");
    step("two requests in one chunk");
    caller.peer.send(
      Buffer.concat([request({ key: "order 2", amount: 20 }), request({ key: "order 3", amount: 1 })]),
    );
    const three = ["order 1", "order 2", "order 3"].map((key) => `${key}: 201, its receipt`);
    await caller.hears(ledger, three, "Two requests in one chunk are two payments, answered in their order");
    expect(ledger.charges(), "Each was charged once").toEqual(["order 1: 300", "order 2: 20", "order 3: 1"]);
    expect(ledger.balance("café"), "The balance has gone down by the sum of the receipts").toBe(10_000 - 321);
  },
);

test(
  "gateway: answers a known key from its store, and charges a key once",
  {
    why: "The client could not know whether the first request got through. It has to be free to ask again.",
    read: 'lesson "One key, one charge"; exercise 15',
  },
  async () => {
    using ledger = await Ledger.open(gateways.scratch, { café: 1000, poor: 99 });
    // With a gate each look at the store takes a moment, so that eight at once do meet.
    const { port } = await open({ file: ledger.file, gate: async () => {} });
    await using first = await Caller.connect(port, "the first connection");
    await using second = await Caller.connect(port, "the second connection");
    first.ask();
    await first.hears(ledger, ["order 1: 201, its receipt"], "The payment is charged");
    const balance = ledger.balance("café");
    second.ask();
    await second.hears(
      ledger,
      ["order 1: 201, its receipt"],
      "The same key gets the same reply, with the same receipt",
    );
    expect(ledger.balance("café"), "The same key is not charged again").toBe(balance);
    const declined = "There is not so much in the account: 402, and 402 it stays for this key";
    first.ask({ key: "order 2", account: "poor", amount: 100 });
    await first.hears(ledger, ["order 1: 201, its receipt", "order 2: 402"], declined);
    step('somebody pays 1,000 into "poor", and the same request comes again');
    await ledger.setBalance("poor", 1099);
    second.ask({ key: "order 2", account: "poor", amount: 100 });
    second.ask({ key: "order 1", amount: 301 });
    second.ask({ key: "order 1", account: "poor" });
    const other = ["order 1: 201, its receipt", "order 2: 402", "order 1: 422", "order 1: 422"];
    await second.hears(ledger, other, `${declined}. With another amount or account a known key is 422`);
    expect(ledger.charges(), "Only the first request was charged").toEqual(["order 1: 300"]);
    step("the same new key on eight connections at once");
    const eight = await Promise.all(Array.from({ length: 8 }, () => Caller.connect(port)));
    for (const caller of eight) caller.ask({ key: "order 3", amount: 7 });
    const same = "Eight with the same key at once: one charge, and eight times its receipt";
    for (const caller of eight) await caller.hears(ledger, ["order 3: 201, its receipt"], same);
    for (const caller of eight) await caller[Symbol.asyncDispose]();
    expect(ledger.charges(), same).toEqual(["order 1: 300", "order 3: 7"]);
    expect(ledger.balance("café"), same).toBe(1000 - 307);
  },
);

test(
  "gateway: has charged and remembered, or neither, when it is killed in the middle",
  {
    why: "Between two transactions there is always a moment to die in: charged and forgotten is charged twice.",
    read: 'lesson "One key, one charge"',
  },
  async () => {
    for (const at of ["before transact", "after transact"] as const) {
      for (let after = 0; after < 4; after++) {
        using ledger = await Ledger.open(gateways.scratch, { café: 1000 });
        const store = new HeldStore(at);
        store.after = after;
        const { port } = await quietly(() => open({ file: ledger.file, gate: store.gate }));
        await using caller = await Caller.connect(port);
        caller.ask();
        await awaitEvidence(
          () => store.held > 0 || caller.replies.length > 0,
          "the payment come to its transaction",
        );
        if (store.held === 0) break;
        step(`kill -9 ${at} number ${after + 1} of a payment; then a fresh gateway on the same file`);
        await quietly(() => gateways.process.kill());
        const again = await quietly(() => open({ file: ledger.file }));
        await using retry = await Caller.connect(again.port, "the client, once more");
        step("the client asks again, with the same key");
        retry.ask();
        const rule = "Whenever it dies, the same key is charged once, and gets its receipt";
        await retry.hears(ledger, ["order 1: 201, its receipt"], rule);
        expect(ledger.charges(), rule).toEqual(["order 1: 300"]);
        expect(ledger.balance("café"), rule).toBe(700);
      }
    }
  },
);

test(
  "gateway: refuses what is no payment, what is too long, and what nobody waits for any more",
  {
    why: "A length from a stranger is a wish. And a charge that comes after its client has gone is one that nobody believes in.",
    read: 'lesson "The protocol"',
  },
  async () => {
    using ledger = await Ledger.open(gateways.scratch, { café: 1000 });
    const store = new HeldStore();
    const { port } = await open({ file: ledger.file, gate: store.gate });
    await using caller = await Caller.connect(port);
    step("a frame that is no JSON, six requests that are no payments, and two whose time is over");
    caller.peer.send(frame("pay 300"));
    const wrong = [
      { amount: 0 },
      { amount: -300 },
      { amount: 1.5 },
      { amount: "300" },
      { account: 7 },
      { remaining: "soon" },
    ];
    for (const fields of wrong) caller.ask(fields);
    for (const remaining of [0, -20]) caller.ask({ remaining });
    const replies = [": 400", ...wrong.map(() => "order 1: 400"), "order 1: 504", "order 1: 504"];
    await caller.hears(
      ledger,
      replies,
      "400 for what is no payment, 504 for what comes too late; the connection goes on",
    );
    step("a request with 100 ms, whose look-up of the key takes longer");
    store.at = "after get";
    caller.ask({ remaining: 100 });
    await awaitEvidence(() => store.held > 0, "the gateway look up the key");
    const held = performance.now();
    await awaitEvidence(() => performance.now() - held > 110, "the time be over");
    store.release();
    const late = "The time was over before the charge: 504, and nothing is charged";
    await caller.hears(ledger, [...replies, "order 1: 504"], late);
    expect(ledger.charges(), late).toEqual([]);
    step("a request of 4,096 bytes");
    const padded = new TextDecoder().decode(request({ key: "order 2" }).slice(4));
    caller.peer.send(frame(padded + " ".repeat(4096 - Buffer.byteLength(padded))));
    await caller.hears(
      ledger,
      [...replies, "order 1: 504", "order 2: 201, its receipt"],
      "4,096 bytes are not too long",
    );
    step("a header that says 4,097, and not one byte more");
    caller.peer.send(Uint8Array.of(0, 0, 0x10, 0x01));
    await caller.isEnded("A length above 4,096 is refused on sight: the gateway ends the connection");
  },
);

test(
  "gateway: closes the silent, survives the rude, and answers who has said its last word",
  {
    why: "A client that was unplugged says nothing, for ever. One RST that nobody listens for ends the process, for all the others.",
    read: 'lesson "Connections end"; exercises 05, 08 and 14',
  },
  async () => {
    await untilSeen(async (factor) => {
      using ledger = await Ledger.open(gateways.scratch, { café: 1000 });
      const store = new HeldStore("before transact");
      const { port } = await open({ file: ledger.file, idleTimeout: 120 * factor, gate: store.gate });
      await using busy = await Caller.connect(port, "the client that waits");
      busy.ask();
      await awaitEvidence(() => store.held === 1, "the payment come to its transaction", 300);
      step(
        "idleTimeout is 120; one payment is held in the store; one client has said nothing, one half a request",
      );
      await using silent = await Caller.connect(port, "the silent client");
      await using half = await Caller.connect(port, "the client with half a request");
      half.peer.send(request({ key: "order 2" }).slice(0, 30));
      await silent.isEnded("Nothing came for `idleTimeout`, so the gateway closes");
      await half.isEnded("Half a request is no payment under way: the gateway closes after `idleTimeout`");
      step("its store goes on");
      store.release();
      const waited = "A payment was under way, so the connection was not idle, however long it took";
      await busy.hears(ledger, ["order 1: 201, its receipt"], waited);
      store.at = "before transact";
      await using rude = await Caller.connect(port, "the rude client");
      rude.ask({ key: "order 3" });
      await using last = await Caller.connect(port, "the client that half-closes");
      last.ask({ key: "order 4" });
      last.peer.end();
      await awaitEvidence(() => store.held === 2, "two payments come to their transactions", 300);
      step("two are held again: one client sends an RST, the other has sent its FIN behind the request");
      await using other = await Caller.connect(port, "another client");
      rude.peer.reset();
      await awaitEvidence(() => rude.peer.closed, "the RST be sent");
      other.peer.send(frame("no JSON"));
      await other.hears(
        ledger,
        [": 400"],
        "An RST ends its connection, and never the process: others are served",
      );
      store.release();
      await last.hears(
        ledger,
        ["order 4: 201, its receipt"],
        "FIN says: no more requests. Its reply is still due",
      );
      await last.isEnded("Behind the last reply the gateway ends its side too", "FIN");
      const states = (): string[] => gateways.process.sockets({ port }).map(({ state }) => state);
      const nothing = "All connections are over, and the gateway holds none of them";
      await eventually(() => states().join() === "LISTEN", nothing, {
        expected: ["LISTEN"],
        received: states,
      });
    });
  },
);

test(
  "gateway: drains: finishes what is under way, and waits for nobody else",
  {
    why: "Each deploy is a drain. One that cuts makes a hundred customers ask whether they have paid; one that waits for idle connections never ends.",
    read: 'lesson "A drain"',
  },
  async () => {
    using ledger = await Ledger.open(gateways.scratch, { café: 1000 });
    const store = new HeldStore("before transact");
    const gateway = await open({ file: ledger.file, idleTimeout: 20_000, gate: store.gate });
    await using busy = await Caller.connect(gateway.port, "the client that waits");
    await using idle = await Caller.connect(gateway.port, "the idle client");
    busy.ask();
    await awaitEvidence(() => store.held === 1, "the payment come to its transaction");
    step("drain(), while one payment is held in the store and another connection is idle");
    const drained = quietly(() => gateway.drain());
    // Its deadline would come in the next test, should this one fail.
    await using _ended = { [Symbol.asyncDispose]: () => endsWith(drained) };
    drained.catch(() => {});
    await idle.isEnded("An idle connection is told at once, by FIN", "FIN");
    idle.ask({ key: "order 2" });
    const refused = await ScriptedPeer.connect(gateway.port).then(
      () => "accepted",
      (error: { code: string }) => error.code,
    );
    expect(refused, "While it drains nobody is accepted any more").toBe("CONNECTION_REFUSED");
    expect(busy.peer.ended ?? "open", "A payment is under way on this one: it stays until its reply").toBe(
      "open",
    );
    step("its store goes on");
    store.release();
    await busy.hears(ledger, ["order 1: 201, its receipt"], "What was under way is finished, and answered");
    await busy.isEnded("Behind the reply comes the FIN", "FIN");
    // A payment that begins later, elsewhere in this process: when it is done, so is what began at the idle client.
    using others = await Ledger.open(gateways.scratch, { café: 1000 });
    const elsewhere = await quietly(() => open({ file: others.file, gate: async () => {} }));
    await using later = await Caller.connect(elsewhere.port, "a client of another gateway");
    later.ask();
    await later.hears(others, ["order 1: 201, its receipt"], "Another gateway of the same process charges");
    step("both clients close their sides");
    for (const { peer } of [busy, idle]) peer.end();
    await drained;
    const left = gateways.process.sockets({ port: gateway.port }).map(({ state }) => state);
    expect(left, "When drain() resolves, no socket is left").toEqual([]);
    expect(ledger.charges(), "What came behind our FIN gets no reply, so it is not begun").toEqual([
      "order 1: 300",
    ]);
    step("a fresh gateway on the same port and file");
    const next = await open({ file: ledger.file, port: gateway.port, idleTimeout: 100 });
    await using again = await Caller.connect(next.port, "the next client");
    again.ask();
    await again.hears(
      ledger,
      ["order 1: 201, its receipt"],
      "The next gateway knows what this one has charged",
    );
    step("drain(); its client has a reply, and never closes its side");
    await next.drain();
  },
);

test(
  "client: pays over at most `size` connections, and uses each again",
  {
    why: "A connection per payment is a handshake per payment, and its TIME-WAIT. A pool without a limit is a flood at the worst moment.",
    read: 'lesson "The client"; exercise 07',
    deadline: 5000,
  },
  async () => {
    await using gateway = await ScriptedGateway.listen("charge", "charge in pieces");
    gateway.isRead = () =>
      clients.process.sockets({ port: gateway.tap.port }).every(({ recvQ }) => recvQ === 0);
    const client = pays(gateway.tap.port);
    const own = "Each payment gets its own receipt, however its reply is cut";
    for (const key of ["order 1", "order 2"]) await soon(pay(client, { key }), `receipt of ${key}`, own);
    expect(gateway.tap.accepts, "Two payments, one after the other, need one connection").toBe(1);
    const { account, amount, key } = gateway.heard[0]!.request;
    expect({ account, amount, key }, "The gateway hears what is to be paid").toEqual({
      ...acme,
      key: "order 1",
    });
    step("the gateway holds its replies back; forty payments at once");
    gateway.otherwise = "hold";
    const keys = Array.from({ length: 40 }, (_, index) => `order ${index + 3}`);
    const paying = keys.map((each) => quietly(() => pay(client, { key: each })));
    const underWay = (): number => gateway.heard.length - 2;
    const four = "Four connections are allowed, so four payments are under way at once";
    await eventually(() => underWay() >= 4, four, { expected: 4, received: underWay });
    // When these have their receipts, the forty have done what they do.
    await using elsewhere = await ScriptedGateway.listen();
    const other = quietly(() => pays(elsewhere.tap.port));
    for (const each of ["one", "two"]) await quietly(() => pay(other, { key: each }));
    expect(counted(gateway.tap.accepts, 4), "`size` is 4: never more than four connections").toBe("4");
    expect(counted(underWay(), 4), "One payment at a time on each connection").toBe("4");
    step("the gateway replies");
    gateway.release();
    expect(await Promise.all(paying), own).toEqual(keys.map((each) => `receipt of ${each}`));
    expect(gateway.tap.accepts, "Forty payments over the same four connections").toBe(4);
  },
);

test(
  "client: lends no connection on which something came while it was idle, and keeps none for ever",
  {
    why: "After each deploy of the gateway one payment for each connection would fail. And a reply that nobody waits for becomes the next customer's receipt.",
    read: 'lesson "The client"; exercises 07 and 08',
  },
  async () => {
    const comes: [string, (socket: Socket) => unknown][] = [
      ["FIN", (socket) => socket.end()],
      ["RST", (socket) => socket.resetAndDestroy()],
      ["a frame", (socket) => socket.write(frame('{"key":"order 0","status":201,"receipt":"of nobody"}'))],
    ];
    for (const [what, send] of comes) {
      await using gateway = await ScriptedGateway.listen();
      const client = pays(gateway.tap.port, { size: 1, attempts: 1 });
      await soon(pay(client, { key: "order 1" }), "receipt of order 1", "The payment gets its receipt");
      step(`the connection is idle, and the gateway sends ${what}`);
      send(gateway.heard[0]!.connection.socket);
      const gone = "It is closed at once, and not when the next payment comes";
      await eventually(() => gateway.tap.open === 0, gone, { within: 500 });
      const fresh = "The next payment goes over a fresh connection, at its first attempt";
      await soon(pay(client, { key: "order 2" }), "receipt of order 2", fresh);
    }
    await using gateway = await ScriptedGateway.listen();
    const client = pays(gateway.tap.port, { idleTimeout: 60 });
    await soon(pay(client, { key: "order 1" }), "receipt of order 1", "The payment gets its receipt");
    const idle = "Nobody pays for `idleTimeout`: the client closes before the gateway does";
    await eventually(() => gateway.tap.open === 0, idle, { within: 700 });
  },
);

test(
  "client: asks again with the same key, and takes a final reply as final",
  {
    why: "A retry with a new key is a second charge. A retry of a 402 is three insults for one empty account.",
    read: 'lesson "What may be asked again"',
  },
  async () => {
    const lost = ["RST", "FIN", "half a reply", 504] as const;
    await using gateway = await ScriptedGateway.listen(...lost);
    const client = pays(gateway.tap.port, { attempts: 5 });
    step("the gateway loses four replies: RST, FIN, half a reply and FIN, 504; then it charges");
    step("a payment without a key");
    const fifth = await quietly(() => pay(client));
    expect(gateway.keys, "A lost reply is asked for again, each time with the same key").toBe("A A A A A");
    const receipt = `receipt of ${gateway.heard[0]!.request.key}`;
    expect(fifth === receipt ? "its receipt" : fifth, "The fifth attempt gets the receipt").toBe(
      "its receipt",
    );
    step("another payment without a key, of the same amount");
    await quietly(() => pay(client));
    expect(gateway.keys, "Another payment has another key").toBe("A A A A A B");
    for (const [status, code] of [
      [402, "DECLINED"],
      [400, "REJECTED"],
      [422, "REJECTED"],
    ] as const) {
      const before = gateway.heard.length;
      gateway.actions.push(status);
      step(`the gateway replies ${status}`);
      await soon(
        pay(client, { key: `order ${status}` }),
        `rejected with ${code}`,
        `${status} is final: ${code}`,
      );
      expect(gateway.heard.length - before, `${status} is final, so it is not asked again`).toBe(1);
    }
    const nothing = "Each request was answered 504, so nothing can have been charged";
    gateway.actions.push(504, 504, 504);
    step("504 to each of three attempts");
    const three = pays(gateway.tap.port, { attempts: 3 });
    await soon(pay(three, { key: "order 504" }), "rejected with NOT_CHARGED", nothing);
    gateway.actions.push("RST", 504, 504);
    step("an RST, then 504 to two attempts");
    const unknown = "The first request may have been charged: a 504 says nothing of it";
    await soon(pay(three, { key: "order 505" }), "rejected with UNKNOWN", unknown);
    expect(gateway.actions, "Three attempts are three requests").toEqual([]);
    await untilSeen(async (factor) => {
      const ms = 300 * factor;
      await using always = await ScriptedGateway.listen();
      always.otherwise = "RST";
      const { port } = always.tap;
      const eager = quietly(() => pays(port, { attempts: 1000, backoff: 50, totalTimeout: ms }));
      step("an RST to each attempt, for 300 ms; backoff 50, and no end of attempts");
      const told = soon(
        quietly(() => pay(eager, { key: "order 506" })),
        "rejected with UNKNOWN",
        unknown,
        3 * ms,
      );
      const [made] = await Promise.all([withoutAPause(port, { attempts: 60, ms }), told]);
      const own = always.heard.filter(({ request: { key } }) => key === "order 506").length;
      const paused = "Pauses that grow leave time for about five attempts, and never for more than fifteen";
      expect(own <= 15 ? "at most 15" : `≈${own}`, paused).toBe("at most 15");
      evidence(made === 60, "sixty attempts of our own without a pause, in that time");
    });
  },
);

test(
  "client: has a time for the handshake, one for the reply, and never takes a late reply for another's",
  {
    why: "One number for all waits is too long for a handshake and too short for a charge. And a receipt of somebody else's looks like success.",
    read: 'lesson "Three waits in one budget"; exercise 11',
    deadline: 3000,
  },
  async () => {
    await using frozen = await FrozenListener.start();
    await frozen.fill();
    const client = pays(frozen.port, { connectTimeout: 60, attempts: 2, backoff: 1, totalTimeout: 20_000 });
    step("a gateway whose process stands still: nobody answers a SYN");
    const syn = pay(client, { key: "order 0" });
    const synSent = (): boolean =>
      clients.process.sockets({ port: frozen.port }).some(({ state }) => state === "SYN-SENT");
    const shaken = "Two handshakes of `connectTimeout`: no request was sent, so nothing was charged";
    await soon(syn, "rejected with NOT_CHARGED", shaken, 900);
    await eventually(() => !synSent(), "A handshake that was given up leaves no socket in SYN-SENT", {
      within: 500,
    });
    await untilSeen(async (factor) => {
      const replyTimeout = 80 * factor;
      await using gateway = await ScriptedGateway.listen("silence", "silence");
      const mute = quietly(() => pays(gateway.tap.port, { size: 1, replyTimeout, attempts: 1 }));
      step("one connection, replyTimeout 80, one attempt: a gateway that takes a request and is silent");
      const given = "One attempt, and no reply within `replyTimeout`";
      await soon(pay(mute, { key: "order 1" }), "rejected with UNKNOWN", given, 700 * factor);
      step("behind the next request it sends the late reply first");
      const asked = performance.now();
      const next = pay(mute, { key: "order 2" });
      await eventually(() => gateway.heard.length === 2, "The next payment is sent", { within: 500 });
      const [late, now] = gateway.heard as [Heard, Heard];
      const isSame = late.connection === now.connection;
      if (isSame) gateway.charge(late);
      gateway.charge(now);
      evidence(performance.now() - asked < replyTimeout / 2, "the reply leave in time");
      await soon(next, "receipt of order 2", "A receipt of order 1 is none for order 2");
      const closed =
        "A connection whose reply did not come in time is closed: what comes on it is somebody else's";
      expect(isSame ? "the same connection" : "a fresh one", closed).toBe("a fresh one");
    });
  },
);

test(
  "client: makes no call when the time is over",
  {
    why: "Who waits has gone after 250 ms. What is asked for afterwards is charged to somebody who was told that it failed.",
    read: 'lesson "Three waits in one budget"; exercise 12',
    deadline: 3000,
  },
  async () => {
    await untilSeen(async (factor) => {
      const [replyTimeout, totalTimeout] = [100 * factor, 250 * factor];
      await using gateway = await ScriptedGateway.listen();
      gateway.otherwise = "silence";
      const options = { replyTimeout, totalTimeout, attempts: 10, backoff: 1 };
      const client = quietly(() => pays(gateway.tap.port, options));
      step("a client with replyTimeout 100, totalTimeout 250 and 10 attempts; the gateway is silent");
      const whole = "`totalTimeout` is for the whole payment, and not for each attempt";
      await soon(pay(client, { key: "order 1" }), "rejected with UNKNOWN", whole, 2 * totalTimeout);
      const { length } = gateway.heard;
      const told =
        "An attempt tells what it still waits: `replyTimeout`, or what is left of the whole, if that is less";
      for (const [index, { request }] of gateway.heard.entries()) {
        // Each attempt before has waited `replyTimeout`, if not more; timers may be early by a millisecond.
        const left = Math.min(replyTimeout, totalTimeout - replyTimeout * index + 2);
        const isRight = request.remaining >= 1 && request.remaining <= left;
        expect(isRight ? "in time" : `≈${request.remaining} at attempt ${index + 1}`, told).toBe("in time");
      }
      evidence(length >= 3, "three attempts before the time is over");
      step("another payment waits as long, for another gateway");
      await using elsewhere = await ScriptedGateway.listen("silence");
      const other = quietly(() => pays(elsewhere.tap.port, { totalTimeout, attempts: 1 }));
      await quietly(() => pay(other));
      const more = gateway.heard.length - length;
      const over = "The first payment had failed: not one more request for it";
      expect(more === 0 ? "none" : `≈${more} more`, over).toBe("none");
    });
    await using refused = await refusedPort();
    step("a gateway that is not there");
    const nobody = "Ten connections were refused, so nothing can have been charged";
    await soon(pay(pays(refused.port, { attempts: 10, backoff: 1 })), "rejected with NOT_CHARGED", nobody);
  },
);

test(
  "client: closes when the last payment is done, and leaves nothing behind",
  {
    why: "A deploy of the client is a drain too. And a socket that nobody owns is open until the process ends.",
    read: 'lesson "A drain"',
  },
  async () => {
    await using gateway = await ScriptedGateway.listen("charge", "hold");
    const client = pays(gateway.tap.port);
    await soon(pay(client, { key: "order 1" }), "receipt of order 1", "The payment gets its receipt");
    const paying = pay(client, { key: "order 2" });
    await awaitEvidence(() => gateway.heard.length === 2, "the payment arrive");
    step("close(), while the gateway holds its reply back");
    const closed = quietly(() => client.close());
    closed.catch(() => {});
    await soon(pay(client, { key: "order 3" }), "rejected with CLOSED", "Behind close() no payment is taken");
    // When these have their receipts, close() has done what it does at once.
    await using elsewhere = await ScriptedGateway.listen();
    const other = quietly(() => pays(elsewhere.tap.port));
    for (const key of ["one", "two", "three"]) await quietly(() => pay(other, { key }));
    expect(gateway.tap.open, "A payment is under way: its connection stays").toBe(1);
    step("the gateway replies");
    gateway.release();
    await soon(paying, "receipt of order 2", "What was under way is finished");
    await closed;
    const left = clients.process.sockets({ port: gateway.tap.port }).map(({ state }) => state);
    expect(left, "When close() resolves, no socket is left").toEqual([]);
  },
);

storm(
  "together: 2,000 payments through a storm, a deploy and a kill -9, and the ledger is exact",
  {
    why: "This is a Tuesday. None of the faults is rare among two thousand payments, and each cent is somebody's.",
    read: 'lesson "The storm"',
    deadline: 30_000,
  },
  async () => {
    await using storm = await Storm.brew(seed(), { clients, gateways });
    const floor = await bareExchange();
    const cpu = await clients.process.cpuTime(() => storm.rage());
    const socketsOf = (it: typeof clients | typeof gateways, port: number): number =>
      it.process.sockets({ port }).length;
    const left = { client: socketsOf(clients, storm.proxy.port), gateway: socketsOf(gateways, storm.port) };
    const sums = audit(storm);
    page("16 · The storm", report(storm, sums, seed(), left));
    expect(
      sums.strange,
      "Here a caller is told a receipt, DECLINED, NOT_CHARGED or UNKNOWN, and nothing else",
    ).toEqual([]);
    for (const [name, pattern] of Object.entries(faults)) evidence(storm.proxy.saw(pattern), name);
    evidence(storm.exchanges.receipts > sums.receipts, "receipts that were sent more than once");
    expect(sums.twice, "Nobody pays twice: one receipt for a key").toBe("none");
    expect(sums.missing, "Who was told a receipt has it in the ledger, with his account and amount").toBe(
      "none",
    );
    expect(sums.denied, "Who was told DECLINED or NOT_CHARGED has not paid").toBe("none");
    expect(sums.unasked, "Nothing is charged that nobody asked for").toBe("none");
    expect(sums.astray, "Each balance is what it was at first, less the receipts").toEqual([]);
    expect(
      sums.impatient,
      "With 20 seconds and 12 attempts, and pauses between them, nobody is told UNKNOWN or NOT_CHARGED",
    ).toBe("none");
    expect(storm.exchanges.tooLate, "No request is sent with nothing left of its time").toBe(0);
    expect(left, "The storm is over, and no socket is left").toEqual({ client: 0, gateway: 0 });
    const pooled = "A connection carries payment after payment, until a fault ends it";
    expect(
      storm.connections <= payments / 4 ? "at most 500 connections" : `≈${storm.connections}`,
      pooled,
    ).toBe("at most 500 connections");
    const times = cpu / 1000 / payments / floor;
    const price =
      "A payment costs the client about five times the CPU of a bare exchange, the storm's retries included";
    expect(times < 50 ? "below 50 times" : `≈${times.toFixed(0)} times`, price).toBe("below 50 times");
  },
);

/** The rungs that hold. */
const proven = new Set<string>();

/** One defence by itself. */
function test(title: string, teaching: Teaching, body: () => Promise<void>): void {
  suiteTest(title, teaching, async () => {
    await body();
    proven.add(title);
  });
}

/** All of them at once: staged when each one holds by itself, for else it would only say the same again. */
function storm(title: string, teaching: Teaching, body: () => Promise<void>): void {
  suiteTest(title, teaching, async () => {
    const rule = "The storm is staged when each defence holds by itself";
    if (proven.size < 12) page("16 · The storm", `${rule}: ${proven.size} of 12 do.`);
    expect(proven.size < 12 ? "not yet" : "all twelve hold", rule).toBe("all twelve hold");
    await body();
  });
}

const acme = { account: "acme", amount: 250 };

/** A client of the answer's, with time enough for whatever a test is not about. */
function pays(port: number, options: Partial<PaymentClientOptions> = {}) {
  const all = {
    size: 4,
    connectTimeout: 5000,
    replyTimeout: 5000,
    totalTimeout: 20_000,
    idleTimeout: 20_000,
  };
  return clients.create("PaymentClient", {
    host: "127.0.0.1",
    port,
    ...all,
    attempts: 3,
    backoff: 2,
    ...options,
  });
}

/** How many are too many differs from run to run. */
function counted(count: number, most: number): string {
  return count > most ? `≈${count}` : `${count}`;
}

/** A call that has not settled ends with its process. */
async function endsWith(call: Promise<unknown>): Promise<void> {
  const settled = call.then(
    () => true,
    () => true,
  );
  if (!(await Promise.race([settled, Promise.resolve(false)]))) await quietly(() => gateways.process.kill());
}

interface Opened extends Partial<GatewayOptions> {
  file: string;
  gate?: Gate;
}

/** A gateway of the answer's, on a database of the test's. Of power cuts nobody dies here, so nobody waits for the disk. */
async function open({ gate, ...options }: Opened): Promise<{ port: number; drain(): Promise<void> }> {
  const store = { synchronous: "NORMAL", ...(gate && { gate }) } as const;
  step("a gateway on its ledger");
  const gateway = await quietly(() => gateways.startGateway({ idleTimeout: 10_000, store, ...options }));
  return { port: await quietly(() => field(gateway.port)), drain: () => gateway.drain() };
}
