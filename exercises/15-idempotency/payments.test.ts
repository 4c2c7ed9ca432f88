import { readdirSync, readlinkSync } from "node:fs";
import { answer, awaitEvidence, evidence, expect, step, test } from "@tcpip-workshop/grader/suite";
import { LossyNetwork } from "./stage/lossy-network.ts";
import { type Keyed, Requests } from "./stage/requests.ts";
import { attempts, Till } from "./stage/till.ts";
import { type Service, Shop } from "./stage/shop.ts";

const service: Service = answer<typeof import("./payments.ts")>("./payments.ts", { scratch: true });
const spare: Service = answer<typeof import("./payments.ts")>("./payments.ts", { scratch: true });
const services: [Service, Service] = [service, spare];

test(
  "takes the money once for each key, and gives a receipt",
  {
    why: "Two coffees on one morning are two payments. What tells them from a retry is the key, and nothing else.",
    read: 'lesson "A key for each payment"',
  },
  async () => {
    const requests = new Requests(1);
    const first = requests.next();
    const second = { ...first, key: requests.key() };
    await using shop = await Shop.open(services, { [first.account]: 20_000 });
    expect(await shop.charge(first), "The money is there, so it is taken").toBe("201, receipt A");
    shop.hasTaken([first], "The account has paid the amount, and one receipt says for which key");
    const twice = "Another key is another payment, even if all else is equal";
    expect(await shop.charge(second), twice).toBe("201, receipt B");
    shop.hasTaken([first, second], twice);
    expect(shop.desk.asked, "The check is asked once for each payment").toBe(2);
  },
);

test(
  "refuses what is no payment, and touches nothing",
  {
    why: "A payment of −500 is a gift of 500. And a request without a key can't be told from its own retry.",
    read: 'lesson "The task"; draft-ietf-httpapi-idempotency-key-header-07 §2.7',
  },
  async () => {
    const { account, amount, key } = new Requests(2).next();
    await using shop = await Shop.open(services, { [account]: 20_000 });
    let touched = 0;
    shop.onPause = () => void touched++;
    for (const request of [
      { account, amount },
      { key: "", account, amount },
      { key: "k".repeat(256), account, amount },
      ...[0, -500, 1.5, 2 ** 53, NaN].map((no) => ({ key, account, amount: no })),
    ])
      expect(await shop.charge(request), "This is no valid request: it is told 400").toBe("400");
    expect(touched, "Nobody was asked, neither the store nor the check").toBe(0);
    const longest = { key: "k".repeat(255), account, amount };
    expect(await shop.charge(longest), "A key of 255 characters is a key").toBe("201, receipt A");
    shop.hasTaken([longest], "Only the last request was a payment");
  },
);

test(
  "gives the stored reply to the same key, also after a restart",
  {
    why: "Retries come when something is wrong: in the minute of the deployment, to the process that has just started.",
    read: 'lesson "What is stored"; draft-ietf-httpapi-idempotency-key-header-07 §2.6',
  },
  async () => {
    const payment = new Requests(3).next();
    await using shop = await Shop.open(services, { [payment.account]: payment.amount });
    const rule = "The payment has been made: whoever asks again with the key gets the same reply";
    for (const time of ["first", "second", "third"])
      expect(await shop.charge(payment), time === "first" ? "The money is there" : rule).toBe(
        "201, receipt A",
      );
    expect(shop.desk.asked, "A reply that is stored needs no further check").toBe(1);
    step("the service is closed");
    await shop.close();
    expect(isOpen(service.process.pid, shop.file), "`close` closes the store, and so its file").toBe(false);
    await shop.restart();
    shop.now += 3_600_000;
    expect(await shop.charge(payment), "What is stored outlives the process, and the hour").toBe(
      "201, receipt A",
    );
    shop.hasTaken([payment], "Five requests were one payment");
  },
);

test(
  "refuses a key that comes with another payment",
  {
    why: "A customer who pays for the book gets the receipt of the coffee, and nobody ever charges for the book.",
    read: 'lesson "A key for each payment"; draft-ietf-httpapi-idempotency-key-header-07 §2.4, §2.7',
  },
  async () => {
    const { key, account } = new Requests(4).next();
    const first = { key, account, amount: 1503 };
    const accounts = [account, `${account}1`, `3${account}`].map((id) => [id, 20_000]);
    await using shop = await Shop.open(services, Object.fromEntries(accounts));
    expect(await shop.charge(first), "A new key").toBe("201, receipt A");
    for (const [request, rule] of [
      [{ key, account, amount: 1504 }, "The amount is another one"],
      [{ key, account: `${account}1`, amount: 1503 }, "The account is another one"],
      [
        { key, account: `${account}1`, amount: 503 },
        "Another account and amount, however you glue them together",
      ],
      [
        { key, account: `3${account}`, amount: 150 },
        "Another account and amount, however you glue them together",
      ],
    ] as const)
      expect(await shop.charge(request), `${rule}: this key belongs to the first payment`).toBe("422");
    expect(await shop.charge(first), "The key's own payment is replayed as before").toBe("201, receipt A");
    shop.hasTaken([first], "Only the first payment was made");
  },
);

test(
  "stores a refusal as final, like a receipt",
  {
    why: "The client was told no, and has shown it. A retry that says yes takes money for an order that is long cancelled.",
    read: 'lesson "What is stored"',
  },
  async () => {
    const requests = new Requests(5);
    const [poor, exact, unknown, suspect] = [
      requests.next(),
      requests.next(),
      requests.next(),
      requests.next(),
    ];
    await using shop = await Shop.open(services, {
      [poor.account]: poor.amount - 1,
      [exact.account]: exact.amount,
      [suspect.account]: 20_000,
    });
    const replies = [];
    for (const [request, status, rule] of [
      [poor, 402, "The account has a cent too little"],
      [unknown, 404, "There is no such account"],
      [suspect, 403, "The check says no"],
    ] as const) {
      shop.desk.mood = request === suspect ? "no" : "yes";
      const reply = await shop.raw(request);
      expect(shop.told(reply), rule).toBe(String(status));
      replies.push([request, reply] as const);
    }
    shop.desk.mood = "yes";
    expect(await shop.charge(exact), "The account has exactly enough").toBe("201, receipt A");
    step("somebody puts money on the poor account, and the check would now say yes to all");
    shop.ledger.deposit(poor.account, 10_000);
    for (const [request, reply] of replies)
      expect(await shop.raw(request), "A refusal is final: the key gets it again, status and body").toEqual(
        reply,
      );
    const anew = { ...poor, key: requests.key() };
    expect(await shop.charge(anew), "A new key is a new payment, and now there is enough").toBe(
      "201, receipt B",
    );
    shop.hasTaken([exact, anew], "What was refused was never taken");
  },
);

test(
  "stores no failure that says nothing of the payment",
  {
    why: "The disk was full for a second, and this customer can never pay. Or: it was written, and the money is taken again.",
    read: 'lesson "What is stored"',
  },
  async () => {
    const requests = new Requests(6);
    const silent = requests.next();
    await using shop = await Shop.open(services, { [silent.account]: 20_000 });
    shop.desk.mood = "rejects";
    expect(await shop.charge(silent), "The check rejects: nobody knows what it would have said").toBe("503");
    shop.desk.mood = "yes";
    const again = "Nothing was stored, and the claim was given back: the next attempt can begin at once";
    expect(await shop.charge(silent), again).toBe("201, receipt A");
    shop.hasTaken([silent], "There was one payment");
    for (const when of ["before", "after"] as const) {
      const payment = { ...silent, key: requests.key() };
      let asked = false;
      shop.onPause = (point) => {
        if (point === "check") asked = true;
        if (!asked || point !== `${when} transact`) return;
        shop.onPause = () => {};
        throw new Error("the database does not answer");
      };
      const failed =
        when === "before" ? "and has not been done" : "although it has been done: its answer was lost";
      step(`the first transaction behind the check will fail, ${failed}`);
      expect(await shop.charge(payment), "The store rejects: nobody knows what it has done").toBe("503");
      const left = when === "after" ? "That transaction had been done: here is its receipt" : again;
      expect(await shop.charge(payment), left).toBe(`201, receipt ${when === "after" ? "C" : "B"}`);
    }
    expect(shop.ledger.receipts().length, "Three keys, three payments").toBe(3);
  },
);

test(
  "tells a second request that the first is under way",
  {
    why: "The impatient client's second request does the same work a second time: that is how one click becomes two payments.",
    read: 'lesson "In flight"; draft-ietf-httpapi-idempotency-key-header-07 §2.6',
  },
  async () => {
    const payment = new Requests(7).next();
    await using shop = await Shop.open(services, { [payment.account]: 20_000 });
    shop.desk.mood = "holds";
    const first = shop.begin(payment, "a first client");
    await shop.isAsked(1, first, "The check is asked before any money is taken");
    shop.hasTaken([], "The check has not answered: nothing is taken yet");
    step("the check does not answer for now");
    const second = shop.begin(payment, "a second client");
    await shop.refusesMeanwhile(second, "409", "The key is in flight: ask again later");
    const wrong = shop.begin({ ...payment, amount: payment.amount + 1 }, "a third client");
    await shop.refusesMeanwhile(
      wrong,
      "422",
      "The key belongs to another payment, also while that is in flight",
    );
    step("the check says yes to the first one");
    shop.desk.held[0]?.answer(true);
    expect(await first.reply, "The first request was not disturbed").toBe("201, receipt A");
    expect(await shop.charge(payment), "The key is done").toBe("201, receipt A");
    shop.hasTaken([payment], "There was one payment");
  },
);

test(
  "runs one of fifty that come at once",
  {
    why: "A retry storm is when two requests meet between your read and your write. In two processes no lock of yours helps.",
    read: 'lesson "One transaction"',
  },
  async () => {
    const payment = new Requests(8).next();
    await using shop = await Shop.open(services, { [payment.account]: 200_000 });
    const beside = await shop.openBeside();
    shop.desk.mood = "holds";
    step(
      `fifty clients ask for ${payment.amount} with one key, 25 of them in a second process on the same file`,
    );
    await shop.isWonByOne(50, payment, beside);
    shop.hasTaken([payment], "Fifty requests were one payment");
  },
);

test(
  "takes over a claim whose lease is over, and only then",
  {
    why: "The owner has died. Without an end to its lease the key is locked for ever; without a condition all who wait take over.",
    read: 'lesson "In flight"',
  },
  async () => {
    const payment = new Requests(9).next();
    await using shop = await Shop.open(services, { [payment.account]: 200_000 });
    shop.desk.mood = "holds";
    const first = shop.begin(payment, "a first client");
    await shop.isAsked(1, first, "The check is asked before any money is taken");
    step("the check never answers; 9,999 ms have passed since the claim");
    shop.now += 9_999;
    const early = shop.begin(payment);
    await shop.refusesMeanwhile(early, "409", "The lease has a millisecond left: its owner may be alive");
    shop.now += 1;
    step("10,000 ms have passed: fifty clients ask at once, with the same key");
    shop.desk.held.length = 0;
    await shop.isWonByOne(50, payment);
    shop.hasTaken([payment], "There was one payment");
  },
);

test(
  "lets nobody finish who was taken for dead",
  {
    why: "A pause of the garbage collector, a laptop's lid: the owner wakes up, sure of its claim, and charges a second time.",
    read: 'lesson "In flight"',
  },
  async () => {
    const requests = new Requests(10);
    for (const ending of ["plenty", "only one", "an error"] as const) {
      const payment = requests.next();
      const balance = ending === "plenty" ? 20_000 : payment.amount;
      await using shop = await Shop.open(services, { [payment.account]: balance });
      shop.desk.mood = "holds";
      const slow = shop.begin(payment, "a first client");
      await shop.isAsked(1, slow, "The check is asked before any money is taken");
      step("10 seconds pass: its lease is over");
      shop.now += 10_000;
      const next = shop.begin(payment, "a second client");
      await shop.isAsked(2, next, "The second request takes the claim over, and asks the check itself");
      if (ending === "an error") {
        step("the first one's check fails at last");
        shop.desk.held[0]?.fail(new Error("the fraud desk does not answer"));
        expect(await slow.reply, "The check has failed").toBe("503");
        const third = shop.begin(payment, "a third client");
        const kept = "The claim was no longer the first one's to give back: the second one is at work";
        await shop.refusesMeanwhile(third, "409", kept);
      }
      step("the check says yes to the second one");
      shop.desk.held[1]?.answer(true);
      expect(await next.reply, "The second request is the owner").toBe("201, receipt A");
      if (ending !== "an error") {
        step("the check says yes to the first one, at last");
        shop.desk.held[0]?.answer(true);
        expect(await slow.reply, "The first one finds that the key is done, and replays").toBe(
          "201, receipt A",
        );
      }
      shop.hasTaken([payment], "Two owners were one payment");
      expect(await shop.charge(payment), "The stored reply is the owner's").toBe("201, receipt A");
    }
  },
);

test(
  "never takes more than there is, however many come at once",
  {
    why: "Whoever reads the balance and writes it back forgets what others took in between: money that was spent twice.",
    read: 'lesson "One transaction"',
  },
  async () => {
    const requests = new Requests(11);
    const { account, amount } = requests.next();
    const twelve = Array.from({ length: 12 }, (): Keyed => ({ key: requests.key(), account, amount }));
    await using shop = await Shop.open(services, { [account]: 7 * amount + amount - 1 });
    shop.desk.mood = "holds";
    step(`twelve clients ask for ${amount} from ${account} at once, each with a key of its own`);
    const all = twelve.map((request) => shop.begin(request, ""));
    await shop.isAsked(12, all[0]!, "Each of the twelve is a payment of its own");
    step("the check says yes to all of them");
    for (const question of shop.desk.held) question.answer(true);
    const statuses = (await Promise.all(all.map(({ reply }) => reply))).map((told) => told.slice(0, 3));
    const paid = twelve.filter((_, index) => statuses[index] === "201");
    expect(tally(statuses), "Seven can be paid").toBe("7 × 201, 5 × 402");
    shop.hasTaken(paid, "What the account has lost is the sum of its receipts");
  },
);

test(
  "gives all attempts at one payment one key",
  {
    why: "The server can only know what the client tells it. A new key for each attempt asks for a second payment.",
    read: 'lesson "A key for each payment"',
  },
  async () => {
    for (const [replies, limit, rule] of attempts) {
      const till = new Till(replies);
      const { account, amount } = new Requests(12).next();
      step(`pay with ${limit} attempts; what comes back: ${replies.join(", ")}`);
      const outcome = await till.pay(service, { account, amount }, limit);
      expect(outcome, rule).toBe(replies.at(-1));
      expect(till.pauses, "Before each further attempt it waits, and says how many have failed").toEqual(
        replies.slice(1).map((_, index) => index + 1),
      );
      const sent = till.sent.map((request) => JSON.stringify(Object.entries(request).sort()));
      const same = JSON.stringify([
        ["account", account],
        ["amount", amount],
        ["key", till.keys[0]],
      ]);
      const once = "Every attempt carries the payment, and the one key that was made for it";
      expect(sent, once).toEqual(replies.map(() => same));
      expect(till.keys.length, "One payment is one key").toBe(1);
    }
  },
);

test(
  "charges once over a network that loses replies",
  {
    why: "ECONNRESET does not say whether the payment was made. With key and store it need not: asking again is safe.",
    read: 'lesson "What TCP does, and what it does not"',
  },
  async () => {
    const { account, amount } = new Requests(13).next();
    await using shop = await Shop.open(services, { [account]: 20_000 });
    await using network = await LossyNetwork.between(async (request) => await shop.raw(request), 2);
    const till = new Till([]);
    const reply = await service.pay(
      (request) => network.send(request),
      { account, amount },
      {
        attempts: 5,
        newKey: () => till.newKey(),
        wait: async (failures) => {
          step(`the connection is reset: attempt ${failures} has been executed, and its reply is lost`);
          await awaitEvidence(() => network.lost === failures, "a reply that the proxy has swallowed");
        },
      },
    );
    evidence(network.lost === 2, "two replies that the proxy has swallowed");
    expect(shop.told(reply), "The third attempt brings the reply of the first").toBe("201, receipt A");
    shop.hasTaken([{ account, amount, key: till.keys[0]! }], "Three requests were one payment");
  },
);

test(
  "survives kill -9 at every await",
  {
    why: "Deployments, the OOM killer, a power cut: they come between two of your lines, and on some day between these two.",
    read: 'lesson "One transaction"; signal(7)',
  },
  async () => {
    const requests = new Requests(14);
    const once = Array.from({ length: 10 }, (_, index) => [requests.next(), index + 1] as [Keyed, number]);
    // Who comes next finds what the dead one has left, and dies as well.
    const twice = Array.from({ length: 12 }, (_, index) => [requests.next(), index + 1] as [Keyed, number]);
    const payments = [...once, ...twice].map(([payment]) => payment);
    const accounts = Object.fromEntries(payments.map(({ account }) => [account, 20_000]));
    await using shop = await Shop.open(services, accounts);
    step("22 clients pay; each payment is held at one of its awaits: the first, the second, the third …");
    const first = await shop.killAt([...once, ...twice.map(([payment]) => [payment, 4] as [Keyed, number])]);
    evidence(new Set(first).size > 2, "a process that is killed at several awaits");
    shop.now += 10_000;
    step("10 seconds later 12 of them ask again, in a process that is killed as well");
    const second = await shop.killAt(twice);
    shop.now += 10_000;
    step("10 seconds later all of them ask again");
    for (const [index, payment] of payments.entries()) {
      const [nth, again] = [once[index]?.[1] ?? 4, index - once.length];
      const deaths = [
        [nth, first[index]],
        [again + 1, second[again]],
      ] as const;
      const died = deaths.flatMap(([at, point]) => (point === undefined ? [] : `at await ${at}, "${point}"`));
      const rule = `The process was killed ${died.join(", and the next one ") || "behind the reply"}`;
      expect(await shop.charge(payment), `${rule}: who asks again gets the receipt`).toMatch(
        /^201, receipt /,
      );
      shop.hasTakenOnce(payment, `${rule}: the money is taken once`);
    }
  },
);

/** `7 × 201, 5 × 402` */
function tally(statuses: string[]): string {
  const groups = [...Map.groupBy(statuses, (status) => status)].sort();
  return groups.map(([status, of]) => `${of.length} × ${status}`).join(", ");
}

function isOpen(pid: number, file: string): boolean {
  const folder = `/proc/${pid}/fd`;
  const links = readdirSync(folder).map((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`);
    } catch {
      return ""; // closed meanwhile
    }
  });
  return links.includes(file);
}
