import { answer, evidence, expect, step, test } from "@tcpip-workshop/grader/suite";
import { areMadeOnce, balances, deaths, holdAt } from "./stage/deaths.ts";
import { LossyNetwork } from "./stage/lossy-network.ts";
import { accountsOf, type Keyed, mixedUp, noPayments, Requests } from "./stage/requests.ts";
import { isEnoughFor } from "./stage/rush.ts";
import { deadline, type Service, Shop } from "./stage/shop.ts";
import { endings, wakesUp } from "./stage/slow-owner.ts";
import { isWonByOne } from "./stage/storm.ts";
import { failsStore, failsStoreOnce } from "./stage/store-faults.ts";
import { outcomes, paysAsScripted, retries } from "./stage/till.ts";

const service: Service = answer<typeof import("./payments.ts")>("./payments.ts", {
  scratch: true,
  packages: ["idempotency/sqlite", "idempotency/store"],
});
const spare: Service = answer<typeof import("./payments.ts")>("./payments.ts", {
  scratch: service.scratch,
  packages: ["idempotency/sqlite", "idempotency/store"],
});
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
    await shop.tells(first, "201, receipt A", "The money is there, so it is taken");
    shop.hasTaken([first], "The account has lost the amount, and one receipt has it, with the key");
    const twice = "Another key is another payment, even if all else is equal";
    await shop.tells(second, "201, receipt B", twice);
    shop.hasTaken([first, second], twice);
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
    for (const [request, rule] of noPayments({ account, amount, key }))
      await shop.tells(request, "400", rule);
    expect(
      touched,
      "What is no payment is refused before anybody is asked: neither the store nor the check (counted: how often)",
    ).toBe(0);
    const longest = { key: "k".repeat(255), account, amount };
    await shop.tells(longest, "201, receipt A", "A key of 255 characters is a key");
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
      await shop.tells(payment, "201, receipt A", time === "first" ? "The money is there" : rule);
    expect(
      shop.desk.asked,
      "A reply that is stored needs no further check: it is asked once (counted: how often)",
    ).toBe(1);
    step("the service is closed, and opens the file anew in another process");
    await shop.reopen();
    const isOpen = shop.ledger.isOpenIn(service.process.pid);
    expect(isOpen, "`close` closes the store: the process must not have the file open any more").toBe(false);
    shop.now += 3_600_000;
    await shop.tells(
      payment,
      "201, receipt A",
      "The reply is in the file: another process gives it too, an hour later",
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
    await shop.tells(first, "201, receipt A", "A new key");
    for (const [request, rule] of mixedUp(first))
      await shop.tells(request, "422", `${rule}: this key belongs to the first payment`);
    await shop.tells(first, "201, receipt A", "The key's own payment is replayed as before");
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
    const [poor, exact, unknown, suspect] = requests.several(4) as [Keyed, Keyed, Keyed, Keyed];
    const accounts = accountsOf([poor, -1], [exact, 0], [suspect, 9000]);
    await using shop = await Shop.open(services, accounts);
    const replies = [];
    for (const [request, status, rule] of [
      [poor, 402, "The account has a cent less than the amount: 402"],
      [unknown, 404, "There is no such account: 404"],
      [suspect, 403, "The check says no: 403"],
    ] as const) {
      shop.desk.mood = request === suspect ? "no" : "yes";
      if (request === suspect) step("the check will say no to the next one");
      const reply = await shop.raw(request);
      expect(shop.told(reply), rule).toBe(String(status));
      replies.push([request, reply] as const);
    }
    shop.desk.mood = "yes";
    await shop.tells(exact, "201, receipt A", "The account has exactly enough");
    step(`10,000 are paid into ${poor.account}, and the check says yes from now on`);
    shop.ledger.deposit(poor.account, 10_000);
    for (const [request, first] of replies) {
      const again = await shop.raw(request);
      expect(
        shop.told(again),
        "A refusal is final: it is stored as done, with its status, and the key gets it again, whatever has changed since",
      ).toBe(shop.told(first));
      expect(again.body, "The body is stored with the status: the key gets the same one again").toBe(
        first.body,
      );
    }
    const anew = { ...poor, key: requests.key() };
    await shop.tells(anew, "201, receipt B", "A new key is a new payment: now it is enough");
    shop.hasTaken([exact, anew], "What was refused was never taken");
  },
);

test(
  "tells a second request that the first is under way",
  {
    why: "The impatient client's second request does the same work a second time: that is how one click becomes two payments.",
    read: 'lesson "In flight"; draft-ietf-httpapi-idempotency-key-header-07 §2.6',
    deadline,
  },
  async () => {
    const payment = new Requests(7).next();
    await using shop = await Shop.open(services, { [payment.account]: 20_000 });
    shop.desk.mood = "holds";
    const first = shop.begin(payment, "a first client");
    await shop.isAsked(1, first, "Who claims a new key asks the check, before any money is taken");
    shop.hasTaken([], "The check has not answered: nothing is taken yet");
    step("the check does not answer for now");
    const inFlight =
      "The first request is still at the check, so the key is in flight: 409, and the check is not asked again";
    await shop.refusesMeanwhile(shop.begin(payment, "a second client"), "409", inFlight);
    const wrong = shop.begin({ ...payment, amount: payment.amount + 1 }, "a third client");
    const mixed = "The key belongs to another payment, be that done or in flight: 422";
    await shop.refusesMeanwhile(wrong, "422", mixed);
    step("the check says yes to the first one");
    shop.desk.held[0]?.answer(true);
    expect(
      await first.reply,
      "The first request has the key, and its check says yes: it is paid, whoever asked meanwhile",
    ).toBe("201, receipt A");
    await shop.tells(payment, "201, receipt A", "The key is done: who asks again gets the stored reply");
    shop.hasTaken([payment], "There was one payment");
  },
);

test(
  "runs one of fifty that come at once",
  {
    why: "A retry storm is when two requests meet between your read and your write. In two processes no lock of yours helps.",
    read: 'lesson "One transaction"',
    deadline,
  },
  async () => {
    const payment = new Requests(8).next();
    await using shop = await Shop.open(services, { [payment.account]: 200_000 });
    const beside = await shop.openBeside();
    shop.desk.mood = "holds";
    step("fifty clients ask with one key, 25 at each of two processes; none writes before both do");
    const one =
      "Of fifty with one key, in both processes together, one claims it and asks the check; all others are told 409";
    await isWonByOne(shop, payment, [shop.instance, beside], one);
    shop.hasTaken([payment], "Fifty requests were one payment");
  },
);

test(
  "takes over a claim whose lease is over, and only then",
  {
    why: "The owner has died. Without an end to its lease the key is locked for ever; without a condition all who wait take over.",
    read: 'lesson "In flight"',
    deadline,
  },
  async () => {
    const payment = new Requests(9).next();
    await using shop = await Shop.open(services, { [payment.account]: 200_000 });
    shop.desk.mood = "holds";
    const first = shop.begin(payment, "a first client");
    await shop.isAsked(1, first, "Who claims a new key asks the check, before any money is taken");
    step("the check never answers; 9,999 ms have passed since the claim");
    shop.now += 9_999;
    const alive = "The lease has a millisecond left, so its owner may be alive: 409";
    await shop.refusesMeanwhile(shop.begin(payment), "409", alive);
    shop.now += 1;
    step("10,000 ms have passed since the claim: the lease is over");
    const mixed = "The key belongs to another payment, also when the lease of that is over: 422";
    const wrong = shop.begin({ ...payment, amount: payment.amount + 1 }, "another client");
    await shop.refusesMeanwhile(wrong, "422", mixed);
    step("fifty clients ask at once, with the key's own payment");
    shop.desk.forgets();
    const one =
      "The lease is over: of fifty one takes the claim over and asks the check, all others are told 409";
    await isWonByOne(shop, payment, [shop.instance, shop.instance], one);
    shop.hasTaken([payment], "There was one payment");
  },
);

test(
  "survives kill -9 at every await",
  {
    why: "Deployments, the OOM killer, a power cut: they come between two of your lines, and on some day between these two.",
    read: 'lesson "One transaction"; signal(7)',
    deadline,
  },
  async () => {
    const { once, twice, all } = deaths(new Requests(14));
    await using shop = await Shop.open(services, balances(all));
    step("22 clients pay; each payment is held at one of its awaits: the first, the second, the third …");
    const first = await holdAt(shop, [...once, ...twice.map(({ payment }) => ({ payment, nth: 4 }))]);
    await shop.kill();
    step("10 seconds later, in another process, 12 of them ask again, and are held for ever as well");
    shop.now += 10_000;
    const second = await holdAt(shop, twice);
    step("10 seconds later all of them ask again");
    shop.now += 10_000;
    await areMadeOnce(shop, all, first, second);
  },
);

test(
  "stores no failure that says nothing of the payment",
  {
    why: "The disk was full for a second, and this customer can never pay. Or the payment was made, and who clears up takes its key away.",
    read: 'lesson "What is stored"',
  },
  async () => {
    const payments = new Requests(6).several(5) as [Keyed, Keyed, Keyed, Keyed, Keyed];
    const [silent, down, claimed, before, after] = payments;
    await using shop = await Shop.open(services, balances(payments));
    step("nobody answers at the fraud desk: the check rejects");
    shop.desk.mood = "rejects";
    await shop.tells(silent, "503", "The check rejects: nobody knows what it would have said, so 503");
    step("the check says yes again");
    shop.desk.mood = "yes";
    const again =
      "A 503 is not stored, and the claim is given back: the next attempt begins at once, and is a payment like any other";
    await shop.tells(silent, "201, receipt A", again);
    shop.hasTaken([silent], "There was one payment");
    const failed = "The store rejects: nobody knows what it has done, so 503";
    failsStore(shop);
    await shop.tells(down, "503", `${failed}, and \`charge\` never rejects`);
    step("the store is up again");
    shop.onPause = () => {};
    await shop.tells(down, "201, receipt B", "Nothing could be written: the next attempt begins at once");
    failsStoreOnce(shop, "first transaction", "after");
    await shop.tells(claimed, "503", failed);
    const kept = "A `transact` that rejects may have been done, as this claim was: it is given back as well";
    await shop.tells(claimed, "201, receipt C", kept);
    failsStoreOnce(shop, "first transaction behind the check", "before");
    await shop.tells(before, "503", failed);
    await shop.tells(before, "201, receipt D", again);
    failsStoreOnce(shop, "first transaction behind the check", "after");
    await shop.tells(after, "503", failed);
    const left = "That transaction had been done: its key is done, and who asks again gets its receipt";
    await shop.tells(after, "201, receipt E", left);
    shop.hasTakenOnce(
      after,
      "A `transact` that rejects may have been done: what is done stays, so the money is taken once",
    );
    shop.hasTaken(payments, "Five keys are five payments");
  },
);

test(
  "lets nobody finish who was taken for dead",
  {
    why: "A pause of the garbage collector, a laptop's lid: the owner wakes up, sure of its claim. It charges a second time, or says what is not so.",
    read: 'lesson "In flight"',
    deadline,
  },
  async () => {
    const requests = new Requests(10);
    for (const ending of endings) {
      const payment = requests.next();
      // Where the slow one is at the check, there is enough for one payment only.
      const balance = ending.hangsAt === "store" ? 20_000 : payment.amount;
      await using shop = await Shop.open(services, { [payment.account]: balance });
      await wakesUp(shop, payment, ending);
    }
  },
);

test(
  "never takes more than there is, however many come at once",
  {
    why: "Whoever reads the balance and writes it back forgets what others took in between: money that was spent twice.",
    read: 'lesson "One transaction"',
    deadline,
  },
  async () => {
    const requests = new Requests(11);
    const { account, amount } = requests.next();
    const twelve = Array.from({ length: 12 }, (): Keyed => ({ key: requests.key(), account, amount }));
    await using shop = await Shop.open(services, { [account]: 7 * amount + amount - 1 });
    await isEnoughFor(shop, twelve, 7);
  },
);

test(
  "gives all attempts at one payment one key",
  {
    why: "A new key for each attempt asks for a second payment, and gets it.",
    read: 'lesson "A key for each payment"',
  },
  async () => await paysAsScripted(service, new Requests(12), retries),
);

test(
  "asks again until the payment's fate is known, and no longer",
  {
    why: "Who gives up at 409 never hears that the payment was made. Who repeats a 402 is a load that no reply ends.",
    read: 'lesson "The task"; draft-ietf-httpapi-idempotency-key-header-07 §2.7',
  },
  async () => await paysAsScripted(service, new Requests(15), outcomes),
);

test(
  "charges once over a network that loses replies",
  {
    why: "ECONNRESET does not say whether the payment was made. With key and store it need not: asking again is safe.",
    read: 'lesson "What TCP does, and what it does not"',
    deadline,
  },
  async () => {
    const { account, amount } = new Requests(13).next();
    await using shop = await Shop.open(services, { [account]: 20_000 });
    await using network = await LossyNetwork.between((request) => shop.raw(request), 2);
    const { reply, key } = await network.pay(service, { account, amount });
    expect(
      shop.told(reply),
      "The first attempt has paid, and its reply was lost: the third one, with the same key, brings it",
    ).toBe("201, receipt A");
    evidence(network.lost === 2, "two replies that the proxy has swallowed");
    shop.hasTaken([{ account, amount, key }], "Three requests were one payment");
  },
);
