import { refusedPort } from "@tcpip-workshop/faults/kernel";
import {
  answer,
  awaitEvidence,
  expect,
  page,
  quietly,
  seed,
  step,
  untilSeen,
} from "@tcpip-workshop/grader/suite";
import { audit } from "./stage/audit.ts";
import { bareExchange } from "./stage/bare-exchange.ts";
import { charged, frame } from "./stage/caller.ts";
import { crowdTakesTurns } from "./stage/crowd.ts";
import { deaths } from "./stage/deaths.ts";
import { aMoment, chargesElsewhere, type Gateways, GatewayUnderTest } from "./stage/gateway-under-test.ts";
import { finals, isFinal, isToldWhatIsKnown } from "./stage/final-replies.ts";
import { HeldStore } from "./stage/held-store.ts";
import { isKeptForAWhile, isSurprisedBy, surprises } from "./stage/idle-connection.ts";
import { judge } from "./stage/judgement.ts";
import { storm, test } from "./stage/ladder.ts";
import { lastWordsAreAnswered, silenceIsEnded } from "./stage/leave-takings.ts";
import { pausesGrow } from "./stage/pauses.ts";
import { acme, type Clients, elsewhere, PayingClient, soon } from "./stage/paying-client.ts";
import { report } from "./stage/report.ts";
import { ScriptedGateway } from "./stage/scripted-gateway.ts";
import { isAskedInTime } from "./stage/silent-gateway.ts";
import { Storm } from "./stage/storm.ts";
import { handshakeIsGivenUp, lateReplyIsNobodys, trickleIsNoReply } from "./stage/waits.ts";
import { longest, noPayments, refusals, tooLate, tooLong } from "./stage/wrong-requests.ts";

const clients: Clients = answer<typeof import("./client.ts")>("./client.ts", {
  packages: ["core/deadline", "core/framing", "tcp-echo/pool"],
});
const gateways: Gateways = answer<typeof import("./gateway.ts")>("./gateway.ts", {
  scratch: true,
  packages: ["core/framing", "idempotency/sqlite", "idempotency/store"],
});

test(
  "gateway: charges once, however the request is cut, and answers each in its turn",
  {
    why: "A request that is cut at another place under load must not become another request, and least of all another amount.",
    read: 'lesson "The protocol"; exercise 04',
  },
  async () => {
    await using gateway = await GatewayUnderTest.open(gateways, { café: 10_000 });
    const caller = await gateway.connect();
    step("order 1, 300 from café: a request cut in its header, behind it, and in the é of café");
    await caller.askInPieces({ key: "order 1", amount: 300 });
    await caller.hears([charged("order 1")], "One request in four chunks is one payment");
    step("two requests, in one chunk:");
    caller.ask({ key: "order 2", amount: 20 }, { key: "order 3", amount: 1 });
    const two = "Two requests in one chunk are two payments, answered in their order";
    await caller.hears([charged("order 2"), charged("order 3")], two);
    gateway.hasCharged(["order 1: 300", "order 2: 20", "order 3: 1"], "Each was charged once");
    gateway.hasLeft("café", 10_000 - 321, "The balance has gone down by the sum of the receipts");
  },
);

test(
  "gateway: answers a known key from its store, and charges a key once",
  {
    why: "The client could not know whether the first request got through. It has to be free to ask again.",
    read: 'lesson "One key, one charge"; exercise 15',
  },
  async () => {
    await using gateway = await GatewayUnderTest.open(gateways, { café: 1000, poor: 99 }, { gate: aMoment });
    const first = await gateway.connect("the first connection");
    const second = await gateway.connect("the second connection");
    first.ask();
    await first.hears([charged("order 1")], "The payment is charged");
    const balance = gateway.ledger.balance("café");
    second.ask({}, { remaining: 0 });
    const again =
      "A known key gets its stored reply, before anybody looks at the time: also where `remaining` is 0";
    await second.hears([charged("order 1"), charged("order 1")], again);
    gateway.hasLeft("café", balance, "The same key is not charged again");
    const declined =
      "What is more than the account has is 402; that is stored, and 402 it stays for this key";
    first.ask({ key: "order 2", account: "poor", amount: 112 });
    await first.hears(["order 2: 402"], declined);
    step('somebody pays 1,000 into "poor"');
    await gateway.ledger.setBalance("poor", 1099);
    second.ask({ key: "order 2", account: "poor", amount: 112 });
    await second.hears(["order 2: 402"], declined);
    second.ask({ amount: 301 }, { account: "poor" }, { key: "order 2", account: "poor1", amount: 12 });
    const other = "A known key with another amount or account is 422: the fingerprint keeps the two apart";
    const others = ["301 for 300", "poor for café", "12 of poor1 for 112 of poor"];
    await second.hears(["order 1: 422", "order 1: 422", "order 2: 422"], other, others);
    gateway.hasCharged(["order 1: 300"], "Only the first request was charged");
    step("the same new key on eight connections at once");
    const eight = await Promise.all(Array.from({ length: 8 }, () => gateway.connect()));
    for (const caller of eight) quietly(() => caller.ask({ key: "order 3", amount: 7 }));
    const same =
      "Eight with one new key at once: the key's own write lets one of them charge, and all eight get its receipt";
    for (const caller of eight) await caller.hears([charged("order 3")], same);
    gateway.hasCharged(["order 1: 300", "order 3: 7"], same);
    gateway.hasLeft("café", 1000 - 307, same);
  },
);

test(
  "gateway: has charged and remembered, or neither, when it is killed in the middle",
  {
    why: "Between two transactions there is always a moment to die in: charged and forgotten is charged twice.",
    read: 'lesson "One key, one charge"',
  },
  async () => {
    for await (const gateway of deaths(gateways)) {
      const retry = await gateway.connect("the client that asks again");
      retry.ask();
      const rule =
        "Wherever it dies, key, money and receipt are all there or none: asked again, the key is charged once and gets its receipt";
      await retry.hears([charged("order 1")], rule);
      gateway.hasCharged(["order 1: 300"], rule);
      gateway.hasLeft("café", 700, rule);
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
    const store = new HeldStore();
    await using gateway = await GatewayUnderTest.open(gateways, { café: 1000 }, { gate: store.gate });
    const caller = await gateway.connect();
    step("a frame that is no JSON, six requests that are no payments, and two whose time is over");
    caller.peer.send(frame("pay 300"));
    quietly(() => caller.ask(...noPayments, ...tooLate));
    const refused =
      "What is no payment is 400, what comes with no time left is 504, and the connection goes on";
    const replies = [...noPayments.map(() => "order 1: 400"), ...tooLate.map(() => "order 1: 504")];
    await caller.hears(["(empty key): 400", ...replies], refused, refusals);
    step("the store will take longer than 100 ms to look up the next key");
    await caller.askWith(100, store);
    const late =
      "The clock is asked behind the look-up: the time was over before the charge, so 504, and nothing is charged";
    await caller.hears(["order 1: 504"], late);
    gateway.hasCharged([], late);
    step("a request of 4,096 bytes");
    caller.peer.send(longest({ key: "order 2" }));
    await caller.hears([charged("order 2")], "4,096 bytes are not too long");
    step("a header that says 4,097, and not one byte more");
    caller.peer.send(tooLong);
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
      const store = new HeldStore("before transact");
      const setting = { idleTimeout: 120 * factor, gate: store.gate };
      await using gateway = await GatewayUnderTest.open(gateways, { café: 1000 }, setting);
      const busy = await gateway.connect("the client that waits");
      await busy.askAndBeHeld(store, 300);
      await silenceIsEnded(gateway);
      step("its store goes on");
      store.release();
      const waited = "A payment was under way, so the connection was not idle, however long it took";
      await busy.hears([charged("order 1")], waited);
      await lastWordsAreAnswered(gateway, store);
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
    const store = new HeldStore("before transact");
    const setting = { idleTimeout: 20_000, gate: store.gate };
    await using gateway = await GatewayUnderTest.open(gateways, { café: 1000 }, setting);
    const busy = await gateway.connect("the client that waits");
    const idle = await gateway.connect("the idle client");
    await busy.askAndBeHeld(store);
    step("the store holds that payment; another connection is idle; then drain()");
    const drained = gateway.startDrain();
    await idle.isEnded("A drain sends FIN on an idle connection at once", "FIN");
    step("behind that FIN the idle client sends a request all the same:");
    idle.ask({ key: "order 2" });
    expect(await gateway.door(), "While it drains nobody is accepted any more").toBe("CONNECTION_REFUSED");
    busy.isOpen("A payment is under way on this connection: it stays open until its reply is sent");
    step("its store goes on");
    store.release();
    await busy.hears([charged("order 1")], "What was under way is finished, and answered");
    await busy.isEnded("Behind the reply comes the FIN", "FIN");
    await chargesElsewhere(gateways);
    step("both clients close their sides");
    for (const { peer } of [busy, idle]) peer.end();
    await drained;
    gateway.isGone("When drain() resolves, no socket is left");
    gateway.hasCharged(
      ["order 1: 300"],
      "What comes behind the gateway's FIN can get no reply, so it is not begun: nothing is charged for it",
    );
    step("a fresh gateway on the same port and file");
    const next = await gateway.next({ port: gateway.port, idleTimeout: 100 });
    const again = await next.connect("the next client");
    again.ask();
    await again.hears([charged("order 1")], "The next gateway knows what this one has charged");
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
    step("a gateway that charges; its second reply comes in three pieces");
    const client = new PayingClient(clients, gateway.tap.port);
    gateway.isRead = () => client.hasRead;
    const own = "Each payment gets its own receipt, however its reply is cut";
    for (const order of ["order 1", "order 2"]) await client.getsReceipt(order, own);
    expect(
      gateway.tap.accepts,
      "A connection is used again: two payments, one after the other, need one (counted: connections)",
    ).toBe(1);
    const { account, amount, key } = gateway.heard[0]!.request;
    const heard = { account, amount, key };
    expect(heard, "The gateway hears what is to be paid").toEqual({ ...acme, key: "order 1" });
    await crowdTakesTurns(clients, client, gateway, own);
  },
);

test(
  "client: lends no connection on which something came while it was idle, and keeps none for ever",
  {
    why: "After each deploy of the gateway one payment for each connection would fail. And a reply that nobody waits for becomes the next customer's receipt.",
    read: 'lesson "The client"; exercises 07 and 08',
  },
  async () => {
    for (const what of surprises) await isSurprisedBy(what, clients);
    await isKeptForAWhile(clients);
  },
);

test(
  "client: asks again with the same key, and takes a final reply as final",
  {
    why: 'A retry with a new key is a second charge. And whoever hears "not charged" pays once more: it has to be true.',
    read: 'lesson "What may be asked again"',
    deadline: 3000,
  },
  async () => {
    await using gateway = await ScriptedGateway.listen("RST", "FIN", "half a reply", 504);
    const client = new PayingClient(clients, gateway.tap.port, { attempts: 5 });
    step("the gateway loses four replies: RST, FIN, half a reply and FIN, 504; then it charges");
    const fifth = await client.pay();
    expect(
      gateway.keys,
      "A lost reply is asked for again, each time with the same key (A is the first key heard, B another one)",
    ).toBe("A A A A A");
    const told = fifth === `receipt of ${gateway.heard[0]!.request.key}` ? "its receipt" : fifth;
    expect(told, "The fifth attempt gets the receipt").toBe("its receipt");
    step("another payment, of the same account and amount:");
    await client.pay();
    expect(
      gateway.keys,
      "A payment without a key gets one of its own, by chance: another payment, another key (A, then B)",
    ).toBe("A A A A A B");
    for (const [status, code] of finals) await isFinal(status, code, client, gateway);
    await isToldWhatIsKnown(new PayingClient(clients, gateway.tap.port, { attempts: 3 }), gateway);
    await pausesGrow(clients);
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
    await handshakeIsGivenUp(clients);
    await lateReplyIsNobodys(clients);
    await trickleIsNoReply(clients);
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
    await isAskedInTime(clients);
    await using refused = await refusedPort();
    step("a gateway that is not there");
    const client = new PayingClient(clients, refused.port, { attempts: 10, backoff: 1 });
    const nobody = "Ten connections were refused, so nothing can have been charged";
    await soon(client.pay(), "rejected with NOT_CHARGED", nobody);
    step("there too, with 20,000 ms for all; the pause is chance, from 0 to a billion ms:");
    const far = new PayingClient(clients, refused.port, { attempts: 2, backoff: 1e9 });
    const atOnce = "The pause would end behind the deadline, so `pay` rejects at once";
    await soon(far.pay(), "rejected with NOT_CHARGED", atOnce, 500);
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
    const client = new PayingClient(clients, gateway.tap.port);
    await client.getsReceipt("order 1", "The payment gets its receipt");
    const paying = client.pay({ key: "order 2" });
    await awaitEvidence(() => gateway.heard.length === 2, "the payment arrive");
    step("close(), while the gateway holds its reply back");
    const closed = client.close();
    await client.gets("rejected with CLOSED", "order 3", "Behind close() no payment is taken");
    await elsewhere(clients, 3);
    expect(
      gateway.tap.open,
      "What is under way is finished, so its connection stays (counted: open connections)",
    ).toBe(1);
    step("the gateway replies");
    gateway.release();
    await soon(paying, "receipt of order 2", "What was under way is finished");
    await closed;
    expect(client.states, "When close() resolves, no socket is left").toEqual([]);
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
    const exchange = await bareExchange();
    await storm.rage();
    const sums = audit(storm);
    const judgements = judge(storm, sums, exchange);
    page("16 · The storm", report(storm, sums, judgements, seed()));
    if (storm.failure !== undefined) throw storm.failure;
    for (const { rule, expected, found } of judgements) expect(found, rule).toBe(expected);
    storm.hasSeenAll(sums.receipts);
  },
);
