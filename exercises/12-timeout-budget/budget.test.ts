import { setTimeout } from "node:timers/promises";
import { refusedPort } from "@tcpip-workshop/faults/kernel";
import { ConnectionTap, ScriptedPeer } from "@tcpip-workshop/faults/tcp";
import {
  answer,
  type Answer,
  evidence,
  eventually,
  expect,
  Random,
  seed,
  test,
  timeline,
} from "@tcpip-workshop/grader/suite";
import type { HopOptions, Policy } from "./budget.ts";

type Process = Answer<typeof import("./budget.ts")>;
const service: Process = answer<typeof import("./budget.ts")>("./budget.ts");
// The chain of the last test: three processes. They start together, while the tests are collected.
const edge: Process = answer<typeof import("./budget.ts")>("./budget.ts");
const database: Process = answer<typeof import("./budget.ts")>("./budget.ts");

test(
  "finds the hops whose time-out is shorter than what they wait for",
  {
    why: "A staircase that does not fit is found in the configuration, on a Tuesday morning, or at 3 a.m. by a disk that hangs.",
    read: 'lesson "The staircase"',
  },
  async () => {
    // Time-outs from the outside in, and where it is not 1 the number of attempts; the margin is 50, the pause 20.
    for (const [staircase, found, rule] of [
      ["600 400 200", "", "600 covers 400 + 50, and 400 covers 200 + 50"],
      ["400 400 400", "edge service", "Equal time-outs leave no time for the error to travel"],
      ["200 400 600", "edge service", "The outer hop has to wait longer, not shorter"],
      ["450 400", "", "450 is exactly 400 + 50, and that is enough"],
      ["449 400", "edge", "449 is 1 less than 400 + 50"],
      ["2x600 400 200", "edge", "Each of two attempts may take 400 + 50"],
      ["2x920 400", "", "2 × (400 + 50), and one pause of 20 between them, are 920"],
      ["2x919 400", "edge", "2 × (400 + 50), and one pause of 20 between them, are 920"],
      ["3x510 100", "", "3 × (100 + 50), and pauses of 20 and 40 between them, are 510"],
      ["3x509 100", "edge", "3 × (100 + 50), and pauses of 20 and 40 between them, are 510"],
      ["600 400 3x200", "", "The last hop calls nobody: its attempts cost nothing"],
      ["900 300 280 100", "service", "Each hop is compared with the next one, and with no other"],
    ] as const) {
      const hops = staircase.split(" ").map((step, index) => {
        const [timeout = 0, attempts = 1] = step.split("x").map(Number).toReversed();
        return {
          name: ["edge", "service", "database", "disk"][index] ?? "",
          timeout,
          attempts,
          margin: 50,
          backoff: 20,
        };
      });
      const names = await service.tooShort(hops);
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
    const random = new Random(seed());
    const now = random.integer(1_000_000, 9_000_000);
    const plan = { ...policy, attemptTimeout: 300, margin: 40, backoff: 25, attempts: 5 };
    const first = await service.nextAttempt(plan, now + 200, now, 0);
    const less = "The hop waits until its deadline, 200 from now, and the next one has 40 less";
    expect(first, less).toEqual({ at: now, until: now + 200, budget: 160 });
    const long = "The deadline is 5,000 away: the hop waits `attemptTimeout`, 300, for one call";
    const capped = { at: now, until: now + 300, budget: 260 };
    expect(await service.nextAttempt(plan, now + 5000, now, 0), long).toEqual(capped);
    for (const [failures, pause] of [25, 50, 100, 200].entries()) {
      const attempt = await service.nextAttempt(plan, now + 5000, now, failures + 1);
      const rule = `After ${failures + 1} failures the pause is ${pause}, and the call's own time begins behind it`;
      expect(attempt, rule).toEqual({ at: now + pause, until: now + pause + 300, budget: 260 });
    }
    const rest = await service.nextAttempt(plan, now + 200, now, 2);
    const tail = "The pause of 50 comes out of the 200 that are left, as everything does";
    expect(rest, tail).toEqual({ at: now + 50, until: now + 200, budget: 110 });
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
    const attempt = (left: number, failures: number) => service.nextAttempt(plan, now + left, now, failures);
    const enough = { at: now, until: now + 70, budget: 30 };
    expect(await attempt(70, 0), "70 less the margin of 40 is `least`, and that is enough").toEqual(enough);
    for (const [left, failures, rule] of [
      [69, 0, "69 less the margin of 40 is 1 below `least`"],
      [94, 1, "94 less the pause of 25 and the margin of 40 is 1 below `least`"],
      [0, 0, "The deadline is now"],
      [-500, 0, "The deadline has passed"],
      [5000, 4, "Four attempts are allowed, and four have failed"],
    ] as const)
      expect(await attempt(left, failures), `${rule}: there is no attempt`).toBeUndefined();
    const fourth = "Four attempts are allowed, and three have failed: there is one more";
    expect(await attempt(5000, 3), fourth).toBeDefined();
    for (const [takes, budgets] of [
      [10, [260, 260, 260, 260]],
      [100, [260, 260, 260, 85]],
      [200, [260, 260, 85]],
      [300, [260, 235]],
    ] as const) {
      const told: number[] = [];
      for (let time = now, next; (next = await service.nextAttempt(plan, now + 600, time, told.length));) {
        told.push(next.budget);
        time = Math.min(next.until, next.at + takes);
      }
      const rule = `A request with 600 is played through, in which each call fails after ${takes}: its budgets`;
      expect(told, `${rule} come out of one deadline`).toEqual(budgets);
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
    await using next = await nextHop({ "price of tea": ["ok 340 ¢"], coffee: ["sold out"], "": ["ok"] });
    for (const [budget, text, reply, limits, longest] of [
      [5000, "price of tea", "ok 340 ¢", {}, 5000],
      [600_000, "coffee", "sold out", {}, 20_000],
      [5000, "coffee", "sold out", { attemptTimeout: 3000 }, 3000],
      [5000, "", "ok", { timeout: 2000 }, 2000],
    ] as const) {
      const hop = await start(service, { next: next.port, margin: 100, ...limits });
      const sent = performance.now();
      await using client = await ask(hop, `${budget} ${text}`);
      await replies(client, reply, "The next hop's reply is passed on as it came");
      const heard = next.heard.at(-1);
      const rule = `The hop has ${longest} for this call, so the next one is told 100 less, and the time that has passed`;
      isLeft(heard, longest - 100, sent, rule);
      expect(heard?.text, "The text is passed on as it came").toBe(text);
    }
    expect(next.heard.length, "Four requests, each with a reply, are four calls").toBe(4);
  },
);

test(
  "calls nobody when the time is up already",
  {
    why: "A queue of requests whose clients have given up is worked off to the last one, while those that wait get their turn too late.",
    read: 'lesson "Retries live inside the budget"',
  },
  async () => {
    await using next = await nextHop({ tea: ["ok 340"] });
    const hop = await start(service, { next: next.port, margin: 100, least: 50 });
    const short = "The margin is 100 and `least` is 50: this budget is not enough to call anybody";
    const wrong = "This is no request: there is no whole number with a space behind it";
    for (const request of ["", "5000 te"]) {
      await using client = await ScriptedPeer.connect(hop);
      timeline(`the client that sends "${request}" and FIN`, client);
      if (request) client.send(request);
      client.end();
      await eventually(() => client.ended, "A connection that ends without a line is closed", {
        within: 500,
      });
    }
    for (const request of ["149 tea", "100 tea", "0 tea", "-5 tea", "tea", "soon tea", "1.5 tea"]) {
      const isRequest = /^-?\d+ /.test(request);
      await using client = await ask(hop, request);
      const error = `error ${isRequest ? "DEADLINE_EXCEEDED" : "BAD_REQUEST"} service`;
      await replies(client, error, isRequest ? short : wrong);
      expect(next.heard.length, `${isRequest ? short : wrong}. There is no call`).toBe(0);
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
    await using next = await nextHop({ tea: ["error DEADLINE_EXCEEDED disk", "RST", "FIN", "ok 340"] });
    const hop = await start(service, { next: next.port, attempts: 4, backoff: 20, margin: 100 });
    const sent = performance.now();
    await using client = await ask(hop, "5000 tea");
    await replies(
      client,
      "ok 340",
      "Three calls failed at once, each in its own way, and the fourth is answered",
    );
    const [first] = next.heard;
    isLeft(first, 4900, sent, "The first attempt is told what is left of 5,000, less the margin of 100");
    for (const [retry, pauses] of [20, 60, 140].entries()) {
      // A timer may ring a millisecond too soon, and what is told is rounded.
      const most = (first?.told ?? 0) - pauses + 2 * (retry + 1);
      const rule = "Another attempt is told what is left by then: the pauses have to come out of it too";
      isLeft(next.heard[retry + 1], most, sent, rule);
    }
    await using closed = await refusedPort();
    const alone = await start(service, { next: closed.port, attempts: 2, backoff: 1 });
    await using other = await ask(alone, "5000 tea");
    await replies(other, "error UNAVAILABLE service", "Nobody listens there: the hop itself makes the error");
  },
);

test(
  "gives up at once when no attempt is left",
  {
    why: "Three hops that try three times each turn a click into 27 queries. And an error under another name sends you to the wrong machine.",
    read: 'lesson "Retries live inside the budget"',
  },
  async () => {
    const tight = "Behind a pause of 4,000, less than `least` would be left: the error is passed on now";
    const [down, wrong] = ["error UNAVAILABLE disk", "error BAD_REQUEST disk"];
    await using next = await nextHop({ tea: [wrong], milk: [down], coffee: [down] });
    for (const [text, reply, calls, limits, rule] of [
      ["tea", wrong, 1, {}, "What is wrong with a request stays wrong: the error is passed on as it came"],
      ["milk", down, 3, {}, "Three attempts are allowed, and the error of the last one is passed on"],
      ["coffee", down, 1, { backoff: 4000, least: 4500 }, tight],
    ] as const) {
      const hop = await start(service, { next: next.port, attempts: 3, backoff: 1, ...limits });
      await using client = await ask(hop, `5000 ${text}`);
      await replies(client, reply, rule);
      expect(next.calls(text), `${rule}. So many calls are made`).toBe(calls);
    }
  },
);

test(
  "stops waiting in time, hangs up, and says who was late",
  {
    why: "To stop waiting ends nothing: the query goes on, with its connection and its memory, for nobody.",
    read: 'lesson "Cancellation is a message too"',
  },
  async () => {
    await using next = await nextHop({ tea: ["hang", "ok 340"], milk: ["hang"] });
    const quick = await start(service, { next: next.port, attempts: 5, backoff: 1, attemptTimeout: 60 });
    await using first = await ask(quick, "5000 tea");
    await replies(first, "ok 340", "Only the first call hangs, and `attemptTimeout` leaves time for others");
    await hungUp(next, "The hop stops waiting for a call, so it hangs up on it");
    const hop = await start(service, { next: next.port, attempts: 3, backoff: 1, margin: 20 });
    await using client = await ask(hop, "200 milk");
    const late = "The next hop hangs: this one stops waiting at its deadline, and says so in its own name";
    await replies(client, "error DEADLINE_EXCEEDED service", late);
    expect(next.calls("milk"), "Nothing is left at the deadline, so there was one call").toBe(1);
    await hungUp(next, "The hop stops waiting for a call, so it hangs up on it");
  },
);

test(
  "hangs up on the next hop when its own caller hangs up",
  {
    why: "Users press reload when it is slow. Each time the query before it goes on, and makes the next one slower.",
    read: 'lesson "Cancellation is a message too"',
  },
  async () => {
    const twice = ["error UNAVAILABLE disk", "ok 420"];
    await using next = await nextHop({ tea: ["hang"], coffee: twice, milk: twice });
    const hop = await start(service, { next: next.port, attempts: 3, backoff: 150 });
    for (const [calls, how] of [
      [1, "end"],
      [2, "reset"],
    ] as const) {
      await using client = await ask(hop, "5000 tea");
      await eventually(() => next.calls("tea") === calls, "The hop calls the next one, which hangs");
      client[how]();
      await hungUp(next, "The caller has hung up, so the hop hangs up on the call under way");
    }
    await using impatient = await ask(hop, "5000 milk");
    await hasFailed(next, "milk");
    impatient.end();
    // The pause of this one begins later than theirs: when it is over, so are theirs.
    await using patient = await ask(hop, "5000 coffee");
    await replies(patient, "ok 420", "Other callers are served as before, at their second attempt");
    const nobody = "The caller has hung up: nobody waits, and nobody is called for it any more";
    const calls = { tea: next.calls("tea"), milk: next.calls("milk"), connections: next.accepts };
    expect(calls, nobody).toEqual({ tea: 2, milk: 1, connections: 5 });
  },
);

test(
  "makes no call with a budget that ran out in a pause",
  {
    why: "A virtual machine that stood still for two seconds wakes up, and sends off all that it had planned, for clients that are gone.",
    read: 'lesson "Retries live inside the budget"',
  },
  async () => {
    const failing = ["error UNAVAILABLE disk"];
    await using next = await nextHop({ tea: failing, milk: failing, coffee: failing, water: ["ok 0"] });
    // Once more with longer times, should this machine have been too busy to stop the process in its pause.
    for (const [text, pause] of Object.entries({ tea: 60, milk: 300, coffee: 1500 })) {
      const hop = await start(service, { next: next.port, attempts: 2, backoff: pause });
      await using client = await ask(hop, `${2 * pause} ${text}`);
      await hasFailed(next, text);
      process.kill(service.process.pid, "SIGSTOP");
      const [inPause, accepted] = [next.calls(text) === 1, next.accepts];
      // No wait for the answer: it is the budget that has to pass.
      await setTimeout((next.heard.at(-1)?.at ?? 0) + 2 * pause + 40 - performance.now());
      process.kill(service.process.pid, "SIGCONT");
      if (!inPause) continue;
      const over = "The process stood still until its time was over: it passes on the error that it has";
      await eventually(() => client.ended, over);
      await using other = await ask(hop, "5000 water");
      await replies(other, "ok 0", "The next client is served as before");
      const begun = next.accepts - accepted - 1;
      expect(begun, "When the pause was over, so was the budget: no call may begin").toBe(0);
      await replies(client, "error UNAVAILABLE disk", over);
      return;
    }
    evidence(false, "the process stopped in its pause");
  },
);

test(
  "gives a chain of three its errors from the inside out, and leaves no work that nobody waits for",
  {
    why: "When a disk hangs, everybody in front of it has to let go, and to know that it is the disk. Otherwise one fault is a fault of all.",
    read: 'lesson "The staircase"',
  },
  async () => {
    await using disk = await nextHop({ tea: ["hang"], milk: ["hang"], coffee: ["ok 420"] });
    const common = { attempts: 2, backoff: 1, margin: 120 };
    const third = await start(database, { ...common, name: "database", next: disk.port, least: 50 });
    const second = await start(service, { ...common, name: "service", next: third, least: 170 });
    const first = await start(edge, { ...common, name: "edge", next: second, least: 290 });
    const sent = performance.now();
    await using client = await ask(first, "700 tea");
    await eventually(() => disk.calls("tea") === 1, "The request gets through all three hops, to the disk");
    isLeft(
      disk.heard[0],
      700 - 3 * 120,
      sent,
      "Each of three hops keeps a margin of 120 from what it tells the next",
    );
    await using fickle = await ask(first, "5000 milk");
    await eventually(() => disk.calls("milk") === 1, "A second request gets through all three hops");
    fickle.end();
    await eventually(
      () => disk.open === 1,
      "The client hangs up at the edge, and so do all hops, up to the disk",
    );
    const cause = "The database gives up first, and its error gets through: the others still had time for it";
    await replies(client, "error DEADLINE_EXCEEDED database", cause, 2000);
    await hungUp(disk, "Everybody has given up, so nobody keeps the disk at work");
    await using last = await ask(first, "5000 coffee");
    await replies(last, "ok 420", "The chain serves the next client as before");
    expect(
      disk.heard.map(({ text }) => text),
      "No call was made twice",
    ).toEqual(["tea", "milk", "coffee"]);
    for (const peer of [client, fickle, last]) peer.end();
    const inUse = () =>
      [edge, service, database].flatMap((hop) => hop.process.sockets()).map(({ state }) => state);
    await eventually(
      () => inUse().every((state) => state === "LISTEN"),
      "All is over, so no connection is left",
    );
  },
);

/** Limits that stop nobody, for tests of something else. */
const policy: Policy = {
  timeout: 20_000,
  attempts: 1,
  attemptTimeout: 600_000,
  backoff: 0,
  margin: 10,
  least: 1,
};

/** @returns the hop's port */
async function start(hop: Process, options: Partial<HopOptions> & { next: number }): Promise<number> {
  // Data with functions: the data has crossed.
  const { port } = await hop.startHop({ ...policy, name: "service", ...options });
  return port as unknown as number;
}

async function ask(port: number, request: string): Promise<ScriptedPeer> {
  const client = await ScriptedPeer.connect(port);
  timeline(`the client that sends "${request}\\n"`, client);
  client.send(`${request}\n`);
  return client;
}

async function replies(client: ScriptedPeer, line: string, rule: string, within = 1000): Promise<void> {
  const received = () => Buffer.from(client.bytes).toString();
  const end = { within, expected: `${line}\n`, received };
  await eventually(() => client.ended !== undefined, rule, end);
  expect(received(), rule).toBe(`${line}\n`);
}

async function hasFailed(next: NextHop, text: string): Promise<void> {
  const failed = () => next.calls(text) === 1 && next.open === 0;
  await eventually(failed, "The hop calls the next one, and reads that it has failed");
}

async function hungUp(next: NextHop, rule: string): Promise<void> {
  const received = () => `calls still open: ${next.open}`;
  await eventually(() => next.open === 0, rule, { within: 400, expected: "calls still open: 0", received });
}

/** What was told is what is left: no more than `most`, and no less than the time since `sent` explains. */
function isLeft(heard: Heard | undefined, most: number, sent: number, rule: string): void {
  const [told, at] = [heard?.told ?? NaN, heard?.at ?? 0];
  const least = Math.floor(most - (at - sent)) - 2;
  if (told > most) expect(`≈${told}`, rule).toBe(`at most ≈${most}`);
  expect(told >= least ? "enough" : `≈${told}`, rule).toBe("enough");
}

interface Heard {
  told: number;
  text: string;
  at: number;
}

type NextHop = Awaited<ReturnType<typeof nextHop>>;

/** Plays the next hop: for each text what it does the first time, the second time …, and then the last of these. */
async function nextHop(plays: { [text: string]: string[] }) {
  const heard: Heard[] = [];
  const calls = (text: string) => heard.filter((one) => one.text === text).length;
  const tap = await ConnectionTap.listen((socket) => {
    let line = "";
    socket.on("data", (chunk: Buffer) => {
      line += chunk.toString();
      if (!line.endsWith("\n")) return;
      const [, told = NaN, text = line] = /^(-?\d+) (.*)\n$/.exec(line) ?? [];
      heard.push({ told: Number(told), text, at: performance.now() });
      const play = plays[text]?.[calls(text) - 1] ?? plays[text]?.at(-1);
      if (play === "RST") socket.resetAndDestroy();
      else if (play === "FIN") socket.end();
      else if (play !== "hang") socket.end(`${play}\n`);
    });
  });
  timeline("the next hop, played by the test", tap);
  return {
    port: tap.port,
    heard,
    calls,
    /** Connections, whether a request came on them or not. */
    get accepts() {
      return tap.accepts;
    },
    /** Those that are not over. */
    get open() {
      return tap.open;
    },
    [Symbol.asyncDispose]: () => tap[Symbol.asyncDispose](),
  };
}
