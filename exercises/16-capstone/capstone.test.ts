import { refusedPort } from "@tcpip-workshop/faults/kernel";
import { ScriptedPeer } from "@tcpip-workshop/faults/tcp";
import {
  answer,
  awaitEvidence,
  eventually,
  expect,
  field,
  quietly,
  step,
  test,
} from "@tcpip-workshop/grader/suite";
import type { GatewayOptions } from "./gateway.ts";
import { Caller, frame, request } from "./stage/caller.ts";
import { HeldStore } from "./stage/held-store.ts";
import { Ledger } from "./stage/ledger.ts";

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
    using ledger = await Ledger.open(gateways.scratch, { café: 1000 });
    const store = new HeldStore("before transact");
    const { port } = await open({ file: ledger.file, idleTimeout: 120, gate: store.gate });
    const { started } = gateways.process;
    await using busy = await Caller.connect(port, "the client that waits");
    busy.ask();
    await awaitEvidence(() => store.held === 1, "the payment come to its transaction");
    step("one payment is held in the store; one client has said nothing, one half a request");
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
    await awaitEvidence(() => store.held === 2, "two payments come to their transactions");
    step("two are held again: one client sends an RST, the other has sent its FIN behind the request");
    rude.peer.reset();
    await awaitEvidence(() => rude.peer.closed, "the RST be sent");
    store.release();
    await last.hears(
      ledger,
      ["order 4: 201, its receipt"],
      "FIN says: no more requests. Its reply is still due",
    );
    await last.isEnded("Behind the last reply the gateway ends its side too", "FIN");
    expect(gateways.process.started, "Nobody's RST ends the process").toBe(started);
    const states = (): string[] => gateways.process.sockets({ port }).map(({ state }) => state);
    const nothing = "All connections are over, and the gateway holds none of them";
    await eventually(() => states().join() === "LISTEN", nothing, { expected: ["LISTEN"], received: states });
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
    const gateway = await open({ file: ledger.file, idleTimeout: 250, gate: store.gate });
    await using busy = await Caller.connect(gateway.port, "the client that waits");
    await using idle = await Caller.connect(gateway.port, "the idle client");
    busy.ask();
    await awaitEvidence(() => store.held === 1, "the payment come to its transaction");
    step("drain(), while one payment is held in the store and another connection is idle");
    const drained = quietly(() => gateway.drain());
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
    step("neither client ever closes its side");
    await drained;
    const left = gateways.process.sockets({ port: gateway.port }).map(({ state }) => state);
    expect(left, "When drain() resolves, no socket is left").toEqual([]);
    expect(ledger.charges(), "What came behind our FIN gets no reply, so it is not begun").toEqual([
      "order 1: 300",
    ]);
    step("a fresh gateway on the same port and file");
    const next = await open({ file: ledger.file, port: gateway.port });
    await using again = await Caller.connect(next.port, "the next client");
    again.ask();
    await again.hears(
      ledger,
      ["order 1: 201, its receipt"],
      "The next gateway knows what this one has charged",
    );
  },
);

/** A gateway of the answer's, on a database of the test's. */
async function open(
  options: Partial<GatewayOptions> & { file: string },
): Promise<{ port: number; drain(): Promise<void> }> {
  const gateway = await gateways.startGateway({ idleTimeout: 10_000, ...options });
  return { port: await quietly(() => field(gateway.port)), drain: () => gateway.drain() as Promise<void> };
}
