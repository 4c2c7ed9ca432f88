import { setTimeout } from "node:timers/promises";
import { refusedPort } from "@tcpip-workshop/faults/kernel";
import {
  answer,
  eventually,
  evidence,
  expect,
  quietly,
  Random,
  seed,
  step,
  test,
  untilSeen,
} from "@tcpip-workshop/grader/suite";
import { hopeless, isPlanned, planned, played, playThrough } from "./stage/attempts.ts";
import { areLeft, isLeft } from "./stage/budget-left.ts";
import { Client } from "./stage/client.ts";
import { areIdle, type HopProcess, policy, spell, startChain, startHop, stopped } from "./stage/hop.ts";
import { NextHop } from "./stage/next-hop.ts";
import { bad, down, final, passedOn, refused } from "./stage/requests.ts";
import { describe, staircase, staircases } from "./stage/staircase.ts";

const service: HopProcess = answer<typeof import("./budget.ts")>("./budget.ts");
// The chain of the last test: three processes. They start together, while the tests are collected.
const edge: HopProcess = answer<typeof import("./budget.ts")>("./budget.ts");
const database: HopProcess = answer<typeof import("./budget.ts")>("./budget.ts");

test(
  "finds the hops whose time-out is shorter than what they wait for",
  {
    why: "A staircase that does not fit is found in the configuration, on a Tuesday morning, or at 3 a.m. by a disk that hangs.",
    read: 'lesson "The staircase"',
  },
  async () => {
    for (const [index, [hops, found, rule]] of staircases.entries()) {
      const plan = staircase(hops);
      const asked = `tooShort of ${describe(plan)}`;
      if (index === 0) step(asked);
      const names = await quietly(() => service.tooShort(plan));
      const isRight = String(names) === found.split(" ").join();
      if (index > 0 && !isRight) {
        step(index === 1 ? "→ right" : `→ right, as for ${index - 1} more staircases`);
        step(asked);
      }
      if (!isRight) step("of each hop that says nothing else: attempts 1, margin 50, backoff 20");
      expect(names, rule).toEqual(found.split(" ").filter(Boolean));
    }
  },
);

test(
  "tells the next hop less than it waits itself",
  {
    why: "Where both give up at the same moment, chance decides whose error you read, and the cause is lost.",
    read: 'lesson "The staircase"',
  },
  async () => {
    const now = new Random(seed()).integer(1_000_000, 9_000_000);
    const plan = { ...policy, attemptTimeout: 300, margin: 40, backoff: 25, attempts: 5 };
    step(`policy: ${spell(plan)}; \`now\` is any number`);
    for (const [left, failures, at, until, budget, rule] of planned) {
      step(`nextAttempt(policy, now + ${left}, now, ${failures})`);
      const attempt = await quietly(() => service.nextAttempt(plan, now + left, now, failures));
      isPlanned(attempt, { at: now + at, until: now + until, budget }, now, rule);
    }
  },
);

test(
  "plans no attempt that can't end in time",
  {
    why: "A call without time is work that is thrown away, for a server that has just too much of it.",
    read: 'lesson "Retries live inside the budget"',
  },
  async () => {
    const now = new Random(seed()).integer(1_000_000, 9_000_000);
    const plan = { ...policy, attempts: 4, attemptTimeout: 300, margin: 40, backoff: 25, least: 30 };
    step(`policy: ${spell(plan)}; \`now\` is any number`);
    const attempt = (left: number, failures: number) => {
      step(`nextAttempt(policy, now ${left < 0 ? "-" : "+"} ${Math.abs(left)}, now, ${failures})`);
      return quietly(() => service.nextAttempt(plan, now + left, now, failures));
    };
    const enough = { at: now, until: now + 70, budget: 30 };
    isPlanned(await attempt(70, 0), enough, now, "70 less the margin of 40 is `least`, and that is enough");
    for (const [left, failures, rule] of hopeless)
      isPlanned(await attempt(left, failures), undefined, now, `${rule}: there is no attempt`);
    const fourth = "Four attempts are allowed, and three have failed: there is one more";
    expect((await attempt(5000, 3)) === undefined ? "no attempt" : "an attempt", fourth).toBe("an attempt");
    for (const [takes, budgets] of played) {
      step(`nextAttempt(policy, now + 600, …), again and again, each call failing after ${takes} ms`);
      const told = await playThrough(service, plan, now, now + 600, takes);
      const rule = "The budgets of all attempts come out of one deadline, and so do the pauses between them";
      expect(told, rule).toEqual(budgets);
    }
  },
);

test(
  "passes a request on with what is left of its budget, and the reply back",
  {
    why: "A hop that hands on a number from its configuration has the next one work for a client that is long gone.",
    read: 'lesson "A deadline, not a duration"',
  },
  async () => {
    await using next = await NextHop.play({ "price of tea": ["ok 340 ¢"], coffee: ["sold out"], "": ["ok"] });
    for (const [budget, text, reply, limits, longest] of passedOn) {
      const hop = await startHop(service, { next: next.port, margin: 100, ...limits });
      const before = next.heard.length;
      await using client = await Client.ask(hop, `${budget} ${text}`);
      const heard = await next.isCalledBy(client, before);
      expect(heard.text, "The text is passed on as it came").toBe(text);
      const rule = `The hop has ${longest} for this call, so the next one is told 100 less, and less the time that has passed`;
      isLeft(heard, longest - 100, client.sent, rule);
      await client.isTold(reply, "The next hop's reply is passed on as it came");
    }
    expect(next.heard.length, "Four requests, each with a reply, are four calls").toBe(4);
  },
);

test(
  "counts from the request, not from the connection",
  {
    why: "Connections are often opened ahead of time. One that has waited for its request must not have used up its budget.",
    read: 'lesson "A deadline, not a duration"',
  },
  async () => {
    await using next = await NextHop.play({ tea: ["ok 340"], milk: ["ok 120"] });
    const hop = await startHop(service, { next: next.port, margin: 100 });
    step("a client connects, and sends nothing yet");
    await using slow = await Client.connect(hop, "the client that connects first and asks last");
    await Client.isAnswered(hop, "5000 milk", "ok 120", "A silent connection keeps nobody waiting");
    // Connections are accepted in order: by now the first one is the hop's.
    await setTimeout(100);
    slow.send("5000 tea");
    await slow.isTold("ok 340", "A request that comes late on its connection is answered like any other");
    const rule = "The budget of 5,000 counts from the line on, not from the connection. The margin is 100";
    isLeft(next.heard.at(-1), 4900, slow.sent, rule);
  },
);

test(
  "calls nobody when the time is up already, or for what is no request",
  {
    why: "A queue of requests whose clients have given up is worked off to the last one, while those that wait get their turn too late.",
    read: 'lesson "Retries live inside the budget"',
  },
  async () => {
    await using next = await NextHop.play({ tea: ["ok 340"] });
    const hop = await startHop(service, { next: next.port, margin: 100, least: 50 });
    for (const half of ["", "5000 te"]) {
      await using client = await Client.connect(hop, `the client that sends "${half}" and FIN`);
      client.breakOff(half);
      await client.isClosed("A connection that ends without a line is closed");
    }
    for (const [request, error, rule] of refused) {
      await Client.isAnswered(hop, request, `error ${error} service`, rule);
      expect(`calls: ${next.heard.length}`, `${rule}. There is no call`).toBe("calls: 0");
    }
  },
);

test(
  "tries again with what is left",
  {
    why: "A time-out that begins anew with each attempt is three time-outs, and the client has waited for one.",
    read: 'lesson "A deadline, not a duration"',
  },
  async () => {
    await using next = await NextHop.play({ tea: ["error DEADLINE_EXCEEDED disk", "RST", "FIN", "ok 340"] });
    step("the next hop replies DEADLINE_EXCEEDED to the first call, RST to the second, FIN to the third");
    const hop = await startHop(service, { next: next.port, attempts: 4, backoff: 20, margin: 100 });
    await using client = await Client.ask(hop, "5000 tea");
    const rule = "Three calls failed at once, each in its own way, and the fourth is answered";
    await client.isTold("ok 340", rule);
    const what = "The first attempt is told what is left of 5,000, less the margin of 100";
    isLeft(next.heard[0], 4900, client.sent, what);
    const less = "Another attempt is told what is left by then: the pauses have to come out of it too";
    areLeft(next.heard, [20, 60, 140], client.sent, less);
    await using closed = await refusedPort();
    const alone = await startHop(service, { next: closed.port, attempts: 2, backoff: 1 });
    step("its next hop is a port that nobody listens on");
    await Client.isAnswered(
      alone,
      "5000 tea",
      "error UNAVAILABLE service",
      "Nobody listens there: the error is its own",
    );
  },
);

test(
  "gives up at once when no attempt is left",
  {
    why: "Three hops that try three times each turn a click into 27 queries. An error that comes late, or under another name, helps nobody.",
    read: 'lesson "Retries live inside the budget"',
  },
  async () => {
    await using next = await NextHop.play({ tea: [bad], milk: [down], coffee: [down] });
    for (const [text, reply, calls, limits, rule] of final) {
      const hop = await startHop(service, { next: next.port, attempts: 3, backoff: 1, ...limits });
      step(`the next hop replies "${reply}" to each call for "${text}"`);
      await Client.isAnswered(hop, `5000 ${text}`, reply, rule);
      next.hasBeenCalled(text, calls, rule);
    }
  },
);

test(
  "stops waiting in time, hangs up, and says who was late",
  {
    why: "A hop that waits on has a caller who is gone. One that stops waiting, and does not hang up, leaves a query running for nobody.",
    read: 'lesson "Cancellation is a message too"',
  },
  async () => {
    await using next = await NextHop.play({ tea: ["hang", "ok 340"], milk: ["hang"] });
    step("the next hop does not answer the first call, and replies ok to the second");
    const quick = await startHop(service, { next: next.port, attempts: 5, backoff: 1, attemptTimeout: 60 });
    await using first = await Client.ask(quick, "5000 tea");
    const another =
      "A call that has no reply after `attemptTimeout`, 60 ms, has failed: the next attempt begins";
    await first.isTold("ok 340", another, { besides: () => `, and calls so far: ${next.heard.length}` });
    await next.isHungUpOn("The hop stops waiting for a call, so it hangs up on it");
    const hop = await startHop(service, { next: next.port, attempts: 3, backoff: 1, margin: 150 });
    step('the next hop answers no call for "milk"');
    await using client = await Client.ask(hop, "300 milk");
    const late = "The next hop hangs: this one stops waiting at its deadline, and says so in its own name";
    await client.isTold("error DEADLINE_EXCEEDED service", late);
    client.hasWaited(
      300,
      "The margin comes off what the hop tells. The hop itself waits until its deadline, 300 ms",
    );
    next.hasBeenCalled("milk", 1, "Nothing is left at the deadline, so there was one call");
    await next.isHungUpOn("The hop stops waiting for a call, so it hangs up on it");
  },
);

test(
  "closes the connection behind each attempt",
  {
    why: "The next hop may leave its side open. Then each request leaves a socket behind, until there are no descriptors left.",
    read: 'lesson "The task", rule 4',
  },
  async () => {
    await using next = await NextHop.play({ tea: ["open:error UNAVAILABLE disk", "open:ok 340"] });
    const hop = await startHop(service, { next: next.port, attempts: 2, backoff: 1 });
    step("the next hop replies an error to the first call, ok to the second, and ends neither connection");
    await using client = await Client.ask(hop, "5000 tea");
    await client.isTold("ok 340", "A line is a reply, whether its connection ends behind it or not");
    await next.isHungUpOn("An attempt is over when it has a reply: the hop closes its connection");
  },
);

test(
  "hangs up on the next hop when its own caller hangs up",
  {
    why: "Users press reload when it is slow. Each time the query before it goes on, and makes the next one slower.",
    read: 'lesson "Cancellation is a message too"',
  },
  async () => {
    await using next = await NextHop.play({ tea: ["hang"], water: ["hang"], coffee: ["ok 420"] });
    const hop = await startHop(service, { next: next.port, attempts: 3, backoff: 0 });
    const nobody = "The caller has hung up: that is no failure, and no reason for another call";
    step('the next hop says nothing to "tea" and "water", and replies ok to "coffee"');
    const calls = [
      ["tea", "FIN"],
      ["water", "RST"],
    ] as const;
    await using clients = new AsyncDisposableStack();
    const hangUps: (() => void)[] = [];
    for (const [text, how] of calls) {
      const client = clients.use(await Client.ask(hop, `5000 ${text}`));
      await next.isCalled(text, "The hop calls the next one, which hangs");
      hangUps.push(() => client.hangUp(how));
    }
    for (const hangUp of hangUps) hangUp();
    await next.areHungUpOn(calls, "The caller has hung up, so the hop hangs up on the call under way");
    await Client.isAnswered(hop, "5000 coffee", "ok 420", "Other callers are served as before");
    for (const [text] of calls) next.hasBeenCalled(text, 1, nobody);
  },
);

test(
  "calls nobody for a caller that hung up in a pause",
  {
    why: "Retries for clients that have gone come on top of those for clients that wait, just when the next hop is in trouble.",
    read: 'lesson "Cancellation is a message too"',
  },
  async () => {
    await untilSeen(async (factor) => {
      const [twice, pause] = [["error UNAVAILABLE disk", "ok 420"], 120 * factor];
      await using next = await NextHop.play({ milk: twice, coffee: twice });
      const hop = await startHop(service, { next: next.port, attempts: 3, backoff: pause }, "backoff");
      step("the next hop replies UNAVAILABLE to each client's first call, and ok to the second");
      await using impatient = await Client.ask(hop, "5000 milk");
      await next.hasFailed("milk");
      step("now the hop is in the pause behind its first call");
      impatient.hangUp("FIN");
      next.evidencePause(pause);
      // The pause of this one begins later: when it is over, so is the other.
      await using patient = await Client.ask(hop, "5000 coffee");
      await patient.isTold("ok 420", "Other callers are served as before, at their second attempt");
      const nobody = "The caller hung up in the pause: nobody waits, and nobody is called when it is over";
      next.hasBeenCalled("milk", 1, nobody);
      expect(`connections: ${next.accepts}`, nobody).toBe("connections: 3");
    });
  },
);

test(
  "makes no call with a budget that ran out in a pause",
  {
    why: "A process that stood still for two seconds goes on, and sends off all that it had planned, for clients that are gone.",
    read: 'lesson "Retries live inside the budget"',
  },
  async () => {
    await untilSeen(async (factor) => {
      const pause = 60 * factor;
      await using next = await NextHop.play({ tea: ["error UNAVAILABLE disk"], water: ["ok 0"] });
      const hop = await startHop(service, { next: next.port, attempts: 2, backoff: pause }, "backoff");
      step('the next hop replies "error UNAVAILABLE disk" to each call for "tea"');
      await using client = await Client.ask(hop, `${2 * pause} tea`, `≈${2 * pause} tea`);
      await next.hasFailed("tea");
      // It hangs up a moment before it plans what comes. Whatever it says to another call, it says a turn later.
      await quietly(() => service.tooShort([])).catch(() => {});
      // Who got to its first call so late plans no second one, and could not show what it does with it.
      const isLate = (next.heard[0]?.at ?? 0) - client.sent > pause / 4;
      if (factor < 8) evidence(!isLate, "a hop that has time for a second attempt");
      // It is the budget that has to pass, whatever the answer does.
      const later = (next.heard[0]?.at ?? 0) + 2 * pause + 40;
      await stopped(service.process.pid, later, () => next.evidencePause(pause));
      step("your process is stopped in the pause, and goes on when the budget is over");
      const last = "The process stood still until its time was over: it passes on the error that it has";
      await client.isClosed(last);
      await Client.isAnswered(hop, "5000 water", "ok 0", "The next client is served as before");
      const over = "When the pause was over, so was the budget: no call may begin";
      expect(`calls after the pause: ${next.accepts - 2}`, over).toBe("calls after the pause: 0");
      await client.isTold("error UNAVAILABLE disk", last);
    });
  },
);

test(
  "gives a chain of three its errors from the inside out, and leaves no work that nobody waits for",
  {
    why: "When a disk hangs, everybody in front of it has to let go, and to know that it is the disk. Otherwise one fault is a fault of all.",
    read: 'lesson "The staircase"',
  },
  async () => {
    await using disk = await NextHop.play({ tea: ["hang"], milk: ["hang"], coffee: ["ok 420"] });
    const first = await startChain({ database, service, edge }, disk.port);
    await using client = await Client.ask(first, "700 tea");
    await disk.isCalled("tea", "The request gets through all three hops, to the disk");
    const kept = "Each of three hops keeps a margin of 120 from what it tells the next";
    isLeft(disk.heard[0], 700 - 3 * 120, client.sent, kept);
    await using fickle = await Client.ask(first, "5000 milk");
    await disk.isCalled("milk", "A second request gets through all three hops");
    fickle.hangUp("FIN");
    const gone = "The client hangs up at the edge, and so do all hops, up to the disk";
    await eventually(() => disk.open <= 1, gone);
    const cause = "The database gives up first, and its error gets through: the others still had time for it";
    await client.isTold("error DEADLINE_EXCEEDED database", cause, { within: 2000 });
    await disk.isHungUpOn("Everybody has given up, so nobody keeps the disk at work");
    await Client.isAnswered(first, "5000 coffee", "ok 420", "The chain serves the next client as before");
    expect(
      disk.heard.map(({ text }) => text),
      "No call was made twice",
    ).toEqual(["tea", "milk", "coffee"]);
    for (const one of [client, fickle]) one.close();
    await eventually(() => areIdle([edge, service, database]), "All is over, so no connection is left");
  },
);
