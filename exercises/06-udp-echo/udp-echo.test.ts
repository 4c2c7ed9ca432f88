import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { LossyRelay, seededDatagrams } from "@tcpip-workshop/faults/udp";
import {
  answer,
  awaitEvidence,
  eventually,
  expect,
  field,
  seed,
  step,
  test,
  timeline,
  type WaitOptions,
} from "@tcpip-workshop/grader/suite";
import type { ClientOptions, ServerOptions } from "./udp-echo.ts";

const echo = answer<typeof import("./udp-echo.ts")>("./udp-echo.ts");

// A Buffer is a Uint8Array: only the bytes count.
expect.addEqualityTesters([
  (a: unknown, b: unknown) =>
    a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : undefined,
]);

/** Milliseconds for a call: far more than `until` waits, so that what is told is the rule that was broken. */
const deadline = 30_000;

const [hello, world, nothing] = [text("hello"), text("world"), new Uint8Array(0)];

test(
  "sends each payload back to its sender, under the id it came with",
  {
    why: "A reply under another id, or to somebody else, is one that nobody waits for: each request then times out.",
    read: 'lesson "The datagram"; RFC 768 for the layer below',
    deadline,
  },
  async () => {
    const server = await startServer();
    await using one = await Peer.open("client 1");
    await using two = await Peer.open("client 2");
    step('client 1 sends 00 00 00 07 and "hello"');
    await one.send(frame(7, hello), server);
    await one.gets(1, "The server sends a datagram back to whoever sent it one");
    expect(one.last, "The reply is the request's id and, without a handle, its payload").toEqual(
      frame(7, hello),
    );
    step('client 2 sends ff fe 00 01 and "world"');
    await two.send(frame(0xfffe0001, world), server);
    await two.gets(1, "Client 2 asked, so client 2 gets the reply");
    expect(two.last, "An id is any four bytes, and comes back as it was").toEqual(frame(0xfffe0001, world));
    step("client 1 sends 00 00 00 08 and nothing behind it");
    await one.send(frame(8, nothing), server);
    await one.gets(2, "A payload of no bytes is a payload: the server answers it too");
    expect(one.last, "The reply to an empty payload is the id alone").toEqual(frame(8, nothing));
  },
);

test(
  "goes on after a datagram too short for an id, and after work that failed",
  {
    why: "Anyone can send you three bytes. A server that dies of them, or of one bad request, takes all its clients along.",
    read: 'lesson "The datagram"',
    deadline,
  },
  async () => {
    const { handle, worked } = noting((payload) => {
      if (worked.length === 1) throw new Error("the database is away");
      return payload;
    });
    const server = await startServer({ handle });
    await using client = await Peer.open("client");
    step("a client sends datagrams of 0, 1 and 3 bytes");
    for (const bytes of [nothing, Uint8Array.of(1), Uint8Array.of(0, 0, 7)]) await client.send(bytes, server);
    step("it sends request 1, for which `handle` throws, and then request 2");
    await client.send(frame(1, hello), server);
    await client.send(frame(2, world), server);
    const goesOn = "Short datagrams and work that failed stop nothing: request 2 is answered";
    await until(() => client.has(frame(2, world)), goesOn);
    step("it sends request 1 again, and this time `handle` returns; and then request 3");
    await client.send(frame(1, hello), server);
    await client.send(frame(3, text("you")), server);
    await until(() => client.has(frame(3, text("you"))), "Request 3 is answered");
    const again =
      "Work that failed is not remembered: when the request comes again, `handle` is called again";
    expect(worked, again).toEqual(["hello", "world", "hello", "you"]);
    const bytes = client.received.map((datagram) => datagram.bytes);
    const replies = "Short datagrams and work that failed get no reply; every other request gets one";
    expect(bytes, replies).toEqual([frame(2, world), frame(1, hello), frame(3, text("you"))]);
  },
);

test(
  "puts an id of its own in front of each payload, and returns the reply's payload",
  {
    why: "Clients that all begin with id 1 get each other's stored replies as soon as one inherits another's port.",
    read: 'lesson "Who is calling?"; RFC 7252 §4.4',
    deadline,
  },
  async () => {
    await using server = await Peer.open("server");
    const client = await connect(server.port, { wait: new Clock().wait });
    const first = underWay(client.request(hello));
    await server.gets(1, "A request is sent as one datagram");
    const [ask] = server.received;
    expect(ask?.bytes.subarray(4), "Behind four bytes of id comes the payload, whole").toEqual(hello);
    step('the server replies "olleh", under the id that came');
    await server.reply(0, text("olleh"));
    await first.ends("The reply is there: `request` ends at once with its payload, without the id", {
      reply: "olleh",
    });

    const second = underWay(client.request(nothing));
    const alone = () => server.received.findIndex(({ bytes }) => bytes.length === 4);
    await until(() => alone() > 0, "A payload of no bytes is sent too: as an id alone, which is four bytes");
    expect(server.idBesides(0, alone()), "Two requests of a client have different ids").toBe("another id");
    step("the server replies with an empty payload");
    await server.reply(alone(), nothing);
    await second.ends("An empty reply is a reply", { reply: "" });
    await server.settled();
    const firsts = server.received.filter(({ bytes }) => bytes.length > 4);
    const over = "The reply ended the first request and its wait: nothing is sent for it any more";
    expect(firsts.length > 1 ? "it was sent again" : "sent once", over).toBe("sent once");

    const other = await connect(server.port);
    const third = underWay(other.request(hello));
    await server.gets(3, "The other client's request is sent as one datagram");
    const begins = "A client's first id is random: this one began with the same as the client before it";
    expect(server.idBesides(0, 2), begins).toBe("another id");
    await server.reply(2, world);
    await third.ends("A client without options works too", { reply: "world" });
  },
);

test(
  "gives each request the reply with its id, whatever order they come in",
  {
    why: "The slow query's customer gets the fast one's answer: UDP keeps no order, and neither does your server.",
    read: 'lesson "Who is calling?"',
    deadline,
  },
  async () => {
    await using server = await Peer.open("server");
    const client = await connect(server.port, { wait: new Clock().wait });
    const requests = ["one", "two", "three"].map((payload) => underWay(client.request(text(payload))));
    await server.gets(3, "Three requests are under way at once: none waits for another one's reply");
    step("the server replies to the third, and then to the first");
    await server.reply(2, text("for three"));
    await server.reply(0, text("for one"));
    const outcomes = () => requests.map(({ outcome }) => outcome ?? "it waits");
    const own = "Each reply ends the request with its id, and no other: the second request still waits";
    await until(() => outcomes().filter((outcome) => outcome !== "it waits").length > 1, own, {
      expected: [{ reply: "for one" }, "it waits", { reply: "for three" }],
      received: outcomes,
    });
    expect(outcomes(), own).toEqual([{ reply: "for one" }, "it waits", { reply: "for three" }]);
    step("the server replies to the second");
    await server.reply(1, text("for two"));
    await requests[1]?.ends("The last reply was for the second request", { reply: "for two" });
  },
);

test(
  "sends the same datagram again when no reply comes",
  {
    why: "Who retries under a new id has placed a second order. Who never retries has lost the first one.",
    read: 'lesson "When nothing comes"; RFC 7252 §4.2',
    deadline,
  },
  async () => {
    await using server = await Peer.open("server");
    await using relay = await LossyRelay.start(server, { toServer: { drop: [1] }, toClient: { drop: [1] } });
    timeline(relay);
    const clock = new Clock();
    const client = await connect(relay.port, { wait: clock.wait });
    const request = underWay(client.request(hello));
    await until(() => relay.counts.toServer.received > 0, "A request is sent as one datagram");
    step("the network loses the request");
    await awaitEvidence(() => relay.counts.toServer.dropped === 1, "the relay drops the first datagram");
    await clock.isAsked(1, "After it has sent, the client waits by its `wait` option: once for each attempt");
    step("the wait ends");
    clock.expire(0);
    await server.gets(1, "No reply came while the client waited, so it sends again");

    step("the server replies, and the network loses the reply");
    await server.reply(0, world);
    await awaitEvidence(() => relay.counts.toClient.dropped === 1, "the relay drops the first reply");
    await clock.isAsked(2, "After the second attempt the client waits again");
    step("the wait ends");
    clock.expire(1);
    await server.gets(2, "No reply came while the client waited, so it sends again");
    const same =
      "A retry is the same datagram again, the id included: only so can the server know it for a copy";
    expect(server.idBesides(0, 1), same).toBe("the same id");
    expect(textOf(server.last.subarray(4)), same).toBe("hello");
    step("the server replies, and the reply arrives");
    await server.reply(1, world);
    await request.ends("The third attempt was answered, so the request is", { reply: "world" });
  },
);

test(
  "waits up to twice as long after each attempt, by chance less, and gives up after the last",
  {
    why: "A server that stumbles gets every client's retries at once, again and again, and never stands up.",
    read: 'lesson "When nothing comes"; RFC 8085 §3.1.3, RFC 7252 §4.2',
    deadline,
  },
  async () => {
    await using server = await Peer.open("server");
    const clock = new Clock();
    const client = await connect(server.port, { attempts: 4, firstWait: 1000, wait: clock.wait });
    const request = underWay(client.request(hello));
    step("the server never replies, and one wait after the other ends");
    for (const [index, longest] of [1000, 2000, 4000, 8000].entries()) {
      await clock.isAsked(
        index + 1,
        `After attempt ${index + 1} of 4 the client waits, the last one included`,
      );
      await server.gets(index + 1, `Attempt ${index + 1} of 4 is sent before the client waits`);
      expect(request.outcome ?? "it waits", "With attempts left, the request goes on").toBe("it waits");
      const span = `The wait after attempt ${index + 1} is between half of ${longest} ms and all of it`;
      expectInside(clock.waits[index] ?? 0, [longest / 2, longest], span);
      clock.expire(index);
    }
    await request.ends("The wait after the last attempt is over: the request ends with NO_REPLY", {
      threw: "NO_REPLY",
    });
    await server.settled();
    expect(server.received.length, "`attempts: 4` is four datagrams, the first one included").toBe(4);

    step("32 more requests get no reply either");
    const many = new Clock(0, 4 * 32);
    const crowd = await connect(server.port, { attempts: 4, firstWait: 1000, wait: many.wait });
    const requests = Array.from({ length: 32 }, () => underWay(crowd.request(hello)));
    for (const each of requests) {
      await each.ends("Each request gives up after its own attempts", { threw: "NO_REPLY" });
    }
    const first = many.waits.slice(0, 32);
    const spread =
      "Of 32 waits between 500 and 1000 ms some are below 750 and some above: the random part is as large as that";
    const [least, most] = [Math.min(...first), Math.max(...first)];
    if (most - least < 1) {
      const same = most % 1 === 0 ? `32 waits of ${most} ms` : `32 waits of ≈${most.toFixed(1)} ms each`;
      expect(same, spread).toBe("32 waits that differ");
    }
    const range = `all from ≈${least.toFixed(1)} to ≈${most.toFixed(1)} ms`;
    expect(least < 750 && most > 750 ? "both" : range, spread).toBe("both");
  },
);

test(
  "waits no longer than the deadline, all waits together",
  {
    why: "Your caller gave you one second and has gone home: what you still send is load that nobody reads the answer to.",
    read: 'lesson "When nothing comes"',
    deadline,
  },
  async () => {
    await using server = await Peer.open("server");
    const clock = new Clock(1, 16);
    // Whatever chance does, three waits of this one are less than the deadline, and four are more.
    const client = await connect(server.port, { attempts: 20, firstWait: 138, wait: clock.wait });
    const patient = underWay(client.request(world));
    await server.gets(1, "A request is sent as one datagram");
    await clock.isAsked(1, "After it has sent, the client waits by its `wait` option");
    step("the server never replies to the next request, and each of its waits ends at once");
    const request = underWay(client.request(hello, { deadline: 1000 }));
    const noReply =
      "When a request has waited for its deadline it ends with NO_REPLY, whatever attempts are left";
    await until(() => request.outcome !== undefined || clock.waits.length > 16, noReply);
    const waits = clock.waits.slice(1);
    const sum = waits.reduce((total, wait) => total + wait, 0);
    const cut =
      "The waits add up to the deadline of 1000 ms: the one that is longer than what is left is cut to it";
    expectInside(sum, [999.9, 1000.1], cut);
    await request.ends(noReply, { threw: "NO_REPLY" });
    await server.settled();
    const each = "Each datagram is followed by a wait: what is sent when no time is left gets no reply";
    expect(server.received.length - 1, each).toBe(waits.length);
    const own = "Another request's time is up: that is no reason to end this one";
    expect(patient.outcome ?? "it waits", own).toBe("it waits");
    step("the server replies to the first request");
    await server.reply(0, hello);
    await patient.ends(own, { reply: "hello" });

    step("the server never replies to a request whose deadline is `Infinity`");
    await using silent = await Peer.open("another server");
    // And here five are less than 30 s, which is the default, and six are more.
    const endless = await connect(silent.port, { attempts: 20, firstWait: 960, wait: new Clock(0, 20).wait });
    await underWay(endless.request(hello, { deadline: Infinity })).ends(
      "All attempts were made: the request ends with NO_REPLY",
      { threw: "NO_REPLY" },
    );
    await silent.settled();
    const all =
      "`deadline: Infinity` cuts no wait and ends nothing: all 20 attempts are made, however long they take";
    expect(counted(silent.received.length, "datagram"), all).toBe("20 datagrams");
  },
);

test(
  "takes a reply from the server only, and only for a request that waits",
  {
    why: "Who guesses four bytes writes your answer. And the reply to a retry comes twice: the second belongs to nobody.",
    read: 'lesson "Who is calling?"; RFC 5452 §9.1, RFC 7252 §4.4',
    deadline,
  },
  async () => {
    await using server = await Peer.open("server");
    await using stranger = await Peer.open("stranger");
    const client = await connect(server.port, { wait: new Clock().wait });
    const request = underWay(client.request(hello));
    await server.gets(1, "A request is sent as one datagram");
    const [ask] = server.received;
    step("a stranger, on another port, sends a reply with the right id");
    await stranger.send(frame(server.idOf(0), text("forged")), ask?.from ?? 0);
    step("the server sends datagrams of 0 and 3 bytes, and a reply with an id that was never used");
    const unknown = frame(server.idOf(0) ^ 0x80, text("unknown"));
    for (const bytes of [nothing, Uint8Array.of(0, 0, 7), unknown]) await server.send(bytes, ask?.from ?? 0);
    const probe = underWay(client.request(world));
    await server.gets(2, "Another request is sent as one datagram");
    step("the server replies to the second request");
    await server.reply(1, text("second"));
    await probe.ends("The second request gets the reply with its id", { reply: "second" });
    const notYet =
      "The first request had no reply yet: one was from another port, two had no id, and one had another id";
    expect(request.outcome ?? "it waits", notYet).toEqual("it waits");
    step("the server replies to the first request");
    await server.reply(0, text("first"));
    await request.ends("This reply is the server's, with the id that waits", { reply: "first" });

    const next = underWay(client.request(hello));
    await server.gets(3, "The next request is sent as one datagram");
    step("the server sends its first reply once more, and then the reply to the next request");
    await server.reply(0, text("first"));
    await server.reply(2, text("next"));
    const late = "A reply to a request that is over belongs to nobody, and least of all to the next request";
    await next.ends(late, { reply: "next" });
  },
);

test(
  "tells what the system says: too large, nobody there",
  {
    why: "Half a minute of retries, for a datagram that can't be sent or a server that isn't there, and the kernel knew at once.",
    read: 'lesson "What the system tells you"; RFC 8085 §5.2',
    deadline,
  },
  async () => {
    await using server = await Peer.open("server");
    const clock = new Clock();
    const client = await connect(server.port, { wait: clock.wait });
    const small = underWay(client.request(hello));
    await server.gets(1, "A request is sent as one datagram");
    const large = underWay(client.request(new Uint8Array(65_504)));
    const tooLarge =
      "4 + 65,504 is one byte more than a datagram can carry: the request ends with the system's error, EMSGSIZE";
    await large.ends(tooLarge, { threw: "EMSGSIZE" });
    const goesOn = "Another request was too large: that is no reason to end this one";
    expect(small.outcome ?? "it waits", goesOn).toBe("it waits");
    const largest = underWay(client.request(new Uint8Array(65_503)));
    await server.gets(2, "4 + 65,503 = 65,507 bytes are what a datagram can carry over IPv4");
    step("the server replies to both that it got");
    await server.reply(1, new Uint8Array(65_503));
    await server.reply(0, world);
    await largest.ends("A reply of 65,507 bytes arrives whole", { returned: new Uint8Array(65_503) });
    await small.ends("The small request has had its reply", { reply: "world" });

    step("another client connects to a port on which nobody listens");
    await using closed = await refusingPort();
    const other = await connect(closed.port, { wait: clock.wait });
    const refused = underWay(other.request(hello));
    const connected = "Only a connected socket hears of ICMP: to the kernel, the client's socket is ESTAB";
    expect(openSockets(server.received[0]?.from ?? 0), connected).toEqual(["ESTAB"]);
    const nobody =
      "Port unreachable, said ICMP: the request ends at once with the system's error, ECONNREFUSED";
    await refused.ends(nobody, { threw: "ECONNREFUSED" });
    step("a server starts on that port, and the same client sends the next request");
    await using started = await Peer.open("the new server", closed.port);
    const next = underWay(other.request(world));
    const livesOn = "ECONNREFUSED ended the requests that waited, not the client: the next request is sent";
    await until(() => started.received.length > 0 || next.outcome !== undefined, livesOn);
    expect(next.outcome ?? "it is sent, and waits", livesOn).toBe("it is sent, and waits");
    await started.reply(0, hello);
    await next.ends("The server that is there now has replied", { reply: "hello" });
  },
);

test(
  "does the work once when the reply is lost and the request comes again",
  {
    why: "The customer is charged twice: the first charge went through, and only the reply to it was lost.",
    read: 'lesson "Once, though it comes twice"; RFC 7252 §4.5',
    deadline,
  },
  async () => {
    const { handle, worked } = noting((payload) => `${payload}: time ${worked.length}`);
    const server = await startServer({ handle });
    await using relay = await LossyRelay.start({ port: server }, { toClient: { drop: [1] } });
    timeline(relay);
    const clock = new Clock();
    const client = await connect(relay.port, { wait: clock.wait });
    const request = underWay(client.request(text("charge")));
    await until(() => relay.counts.toClient.received > 0, "The server has the request, and replies");
    step("the network loses the reply");
    await awaitEvidence(() => relay.counts.toClient.dropped === 1, "the relay drops the first reply");
    await clock.isAsked(1, "After it has sent, the client waits by its `wait` option");
    step("the wait ends");
    clock.expire(0);
    await request.ends("The copy is answered with the reply that was stored for the first one", {
      reply: "charge: time 1",
    });
    expect(worked, "The request came twice, and `handle` was called once").toEqual(["charge"]);
  },
);

test(
  "does the work once when the copy comes while it is still at it, and holds up nobody",
  {
    why: "Just the slow requests are retried while they run. Checked only when done, each of them is done twice.",
    read: 'lesson "Once, though it comes twice"',
    deadline,
  },
  async () => {
    const finish = Promise.withResolvers<void>();
    const { handle, worked } = noting((payload) => finish.promise.then(() => `${payload}: done`));
    const server = await startServer({ handle });
    await using client = await Peer.open("client");
    step("a client sends request 1, a copy of it, and request 2; the work takes its time");
    for (const [id, payload] of [
      [1, "one"],
      [1, "one"],
      [2, "two"],
    ] as const)
      await client.send(frame(id, text(payload)), server);
    const begun = "The work for request 2 begins while that for request 1 is not done yet";
    await until(() => worked.includes("two"), begun, {
      expected: ["one", "two"],
      received: () => worked,
    });
    expect(worked, "A copy that comes while the work is done does not begin it again").toEqual([
      "one",
      "two",
    ]);
    step("the work is done");
    finish.resolve();
    const replies = ["one: done", "two: done"].map((payload, index) => frame(index + 1, text(payload)));
    const answered = "When the work is done, both requests are answered";
    await until(() => replies.every((reply) => client.has(reply)), answered);
  },
);

test(
  "knows a request by its sender and its id",
  {
    why: "Two clients that both use id 7 are the rule. Known by the id alone, one gets what the other asked for.",
    read: 'lesson "Once, though it comes twice"; RFC 7252 §4.5',
    deadline,
  },
  async () => {
    const { handle, worked } = noting();
    const server = await startServer({ handle });
    await using one = await Peer.open("client 1");
    await using two = await Peer.open("client 2");
    step('client 1 sends 00 00 00 07 and "one"; client 2 sends 00 00 00 07 and "two"');
    step("both send the same once more");
    for (const round of [1, 2]) {
      for (const [peer, payload] of [
        [one, "one"],
        [two, "two"],
      ] as const) {
        await peer.send(frame(7, text(payload)), server);
        await peer.gets(round, "Each datagram with a request gets a reply, copies too");
        const own = `The client that sent "${payload}" gets "${payload}", whoever else uses id 7`;
        expect(textOf(peer.last.subarray(4)), own).toBe(payload);
      }
    }
    expect(worked, "There were two requests, however often each of them came").toEqual(["one", "two"]);
    step('client 1 sends 00 00 00 08 and "one"');
    await one.send(frame(8, text("one")), server);
    await one.gets(3, "A new id is a new request, and answered");
    const order =
      "A new id is a new request, though its payload is an old one: two orders of one thing are two";
    expect(worked, order).toEqual(["one", "two", "one"]);
  },
);

test(
  "forgets the oldest request when its window is full",
  {
    why: "A store that only grows is a leak that any stranger can open: each id from each port is one entry more.",
    read: 'lesson "Once, though it comes twice"',
    deadline,
  },
  async () => {
    const { handle, worked } = noting();
    const server = await startServer({ window: 2, handle });
    await using one = await Peer.open("client 1");
    await using two = await Peer.open("client 2");
    const ask = async (client: Peer, id: number): Promise<void> => {
      await client.send(frame(id, text(String(id))), server);
      await client.gets(client.received.length + 1, "Each request and each copy is answered");
    };
    step("client 1 sends request 1; client 2 sends requests 2 and 3, and copies of 3 and 2");
    await ask(one, 1);
    for (const id of [2, 3, 3, 2]) await ask(two, id);
    const kept = "A window of 2 holds the last two requests: copies of 2 and 3 are answered from it";
    expect(worked, kept).toEqual(["1", "2", "3"]);
    step("client 1 sends a copy of request 1");
    await ask(one, 1);
    const forgotten =
      "A window of 2, for all clients together, has lost request 1 to 2 and 3: the work is done again";
    expect(worked, forgotten).toEqual(["1", "2", "3", "1"]);

    const finish = Promise.withResolvers<void>();
    const slow = noting((payload) => finish.promise.then(() => payload));
    const busy = await startServer({ window: 2, handle: slow.handle });
    step("to a server whose work takes its time, client 1 sends requests 1, 2, 3 and a copy of 1");
    for (const id of [1, 2, 3, 1]) await one.send(frame(id, text(String(id))), busy);
    const running =
      "Work under way counts too: a window of 2 has lost request 1 to 2 and 3, and its copy begins it again";
    const expected = ["1", "2", "3", "1"];
    await until(() => slow.worked.length > 3, running, { expected, received: () => slow.worked });
    expect(slow.worked, running).toEqual(expected);
    finish.resolve();
  },
);

test(
  "answers every request and does none twice, whatever the network loses, doubles and reorders",
  {
    why: "One fault at a time is the laboratory. On a bad evening they come together, to all your requests at once.",
    read: 'lesson "Once, though it comes twice"',
    deadline,
  },
  async () => {
    const { handle, worked } = noting((payload) => `${payload}: done`);
    const server = await startServer({ handle });
    const storm = seededDatagrams({ seed: seed() >>> 0, drop: 0.3, duplicate: 0.3, reorder: 0.3 });
    await using relay = await LossyRelay.start({ port: server }, storm, { holdLimit: 5 });
    timeline(relay);
    step("the network loses 3 of 10 datagrams each way, doubles and reorders others");
    const wait = (_: number, signal: AbortSignal) => setTimeout(2, undefined, { signal });
    const client = await connect(relay.port, { attempts: 200, wait });
    const payloads = Array.from({ length: 64 }, (_, index) => `request ${index + 1}`);
    const requests = payloads.map((payload) =>
      underWay(client.request(text(payload), { deadline: Infinity })),
    );
    for (const [index, request] of requests.entries()) {
      const own = "With 200 attempts each request gets through, and gets its own reply";
      await request.ends(own, { reply: `${payloads[index]}: done` }, { within: 2000 });
    }
    await awaitEvidence(
      () =>
        (["toServer", "toClient"] as const).every((way) => {
          const { dropped, duplicated, reordered } = relay.counts[way];
          return dropped > 0 && duplicated > 0 && reordered > 0;
        }),
      "the relay drops, doubles and reorders both ways",
    );
    const once = "64 requests were sent, many of them several times, and `handle` was called once for each";
    expect(worked.toSorted(), once).toEqual(payloads.toSorted());
  },
);

test(
  "leaves no wait, no request and no socket behind",
  {
    why: "A timer that is left keeps the process from ending; a socket that is left is one more, for each client you ever made.",
    read: 'lesson "Leave nothing behind"',
    deadline,
  },
  async () => {
    await using peer = await Peer.open("server");
    const clock = new Clock();
    const client = await connect(peer.port, { wait: clock.wait });
    const done = underWay(client.request(hello));
    await peer.gets(1, "A request is sent as one datagram");
    await clock.isAsked(1, "After it has sent, the client waits by its `wait` option");
    await peer.reply(0, world);
    await done.ends("The reply has come", { reply: "world" });
    await clock.isOver(0, "The reply has come: the signal of the wait aborts, and nobody waits on");

    const waiting = underWay(client.request(hello));
    await clock.isAsked(2, "After it has sent, the client waits by its `wait` option");
    const local = peer.received[0]?.from ?? 0;
    await soon(client.close(), closes);
    await waiting.ends("A client that is closed rejects the requests that wait, with CLOSED", {
      threw: "CLOSED",
    });
    await clock.isOver(1, "The client is closed: the signal of the wait aborts");
    expect(openSockets(local), "The client is closed, and so is its socket").toEqual([]);
    await underWay(client.request(hello)).ends("A closed client takes no more requests", { threw: "CLOSED" });

    const finish = Promise.withResolvers<void>();
    const { handle, worked } = noting((payload) => finish.promise.then(() => payload));
    const server = await soon(echo.startEchoServer({ handle }), listens);
    const port = await field(server.port);
    await peer.send(frame(1, hello), port);
    await until(() => worked.length === 1, "The server hands each request's payload to `handle`");
    await soon(server.close(), closes);
    expect(openSockets(port), "The server is closed, and so is its socket").toEqual([]);
    step("work that was begun before the server was closed is done now");
    finish.resolve();
    const next = await startServer();
    await peer.send(frame(2, hello), next);
    await peer.gets(3, "Work that ends after `close` harms nobody: another server in the process answers");
  },
);

const listens = "`startEchoServer` resolves when the server listens";
const closes = "`close` resolves when the socket is closed";

/** A server of the answer's; returns its port. */
async function startServer(...options: [ServerOptions?]): Promise<number> {
  return await field((await soon(echo.startEchoServer(...options), listens)).port);
}

function connect(port: number, ...options: [ClientOptions?]) {
  return soon(echo.connect(port, ...options), "`connect` resolves to a client when the socket is connected");
}

async function soon<T>(call: Promise<T>, rule: string): Promise<T> {
  let isSettled = false;
  const settle = () => (isSettled = true);
  call.then(settle, settle);
  // The first call of all waits for the process to start, too.
  await until(() => isSettled, rule, { within: 5000 });
  return await call;
}

/** A UDP socket of the test's own, which keeps what comes. */
class Peer implements AsyncDisposable {
  readonly received: { bytes: Uint8Array; from: number }[] = [];
  readonly #name: string;
  readonly #lines: string[] = [];
  readonly #socket: Socket;

  static async open(name: string, at = 0): Promise<Peer> {
    const peer = new Peer(name, at);
    peer.#socket.on("message", (bytes, { port }) => {
      if (port === peer.port) return; // its own, see `settled`
      peer.received.push({ bytes, from: port });
      peer.#note(`← :${port}`, bytes);
    });
    peer.#socket.bind(at, "127.0.0.1");
    await once(peer.#socket, "listening");
    timeline(peer);
    return peer;
  }

  /** @param at a port that is its own, or that of a `refusingPort` */
  constructor(name: string, at: number) {
    this.#name = name;
    this.#socket = createSocket({ type: "udp4", reuseAddr: at !== 0 });
  }

  get port(): number {
    return this.#socket.address().port;
  }

  get last(): Uint8Array {
    return this.received.at(-1)?.bytes ?? nothing;
  }

  async gets(count: number, rule: string): Promise<void> {
    const received = () => counted(this.received.length, "datagram");
    const expected = counted(count, "datagram");
    await until(() => this.received.length >= count, rule, { expected, received });
  }

  has(bytes: Uint8Array): boolean {
    return this.received.some((datagram) => Buffer.compare(datagram.bytes, bytes) === 0);
  }

  idOf(index: number): number {
    return Buffer.from(this.received[index]?.bytes ?? frame(0, nothing)).readUInt32BE(0);
  }

  /** Ids are random: a failure must not show them. */
  idBesides(one: number, other: number): string {
    return this.idOf(one) === this.idOf(other) ? "the same id" : "another id";
  }

  async send(bytes: Uint8Array, port: number): Promise<void> {
    this.#note(`→ :${port}`, bytes);
    await new Promise<void>((resolve, reject) => {
      this.#socket.send(bytes, port, "127.0.0.1", (error) => (error ? reject(error) : resolve()));
    });
  }

  /** To the datagram that was received at `index`, under its id. */
  async reply(index: number, payload: Uint8Array): Promise<void> {
    await this.send(frame(this.idOf(index), payload), this.received[index]?.from ?? 0);
  }

  /** Waits until what was sent to it before now has been received: behind it comes one of its own. */
  async settled(): Promise<void> {
    const own = once(this.#socket, "message");
    await this.send(nothing, this.port);
    await own;
  }

  timeline(): string[] {
    return this.#lines;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(resolve));
  }

  #note(what: string, bytes: Uint8Array): void {
    const hex = Buffer.from(bytes.subarray(0, 24)).toString("hex");
    const rest = bytes.length > 24 ? `… (${bytes.length} bytes)` : "";
    this.#lines.push(`${this.#name} ${what} ${hex}${rest}`);
  }
}

/** The client's `wait`: waits that last until the test ends them; from `first` on, `count` of them end at once. */
class Clock {
  readonly waits: number[] = [];
  readonly #ends: (() => void)[] = [];
  readonly #over = new Set<number>();
  readonly #first: number;
  readonly #count: number;

  constructor(first = 0, count = 0) {
    this.#first = first;
    this.#count = count;
  }

  readonly wait = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const index = this.waits.push(milliseconds) - 1;
    const abort = () => {
      this.#over.add(index);
      reject(signal?.reason as Error);
    };
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted === true) abort();
    this.#ends.push(resolve);
    if (index >= this.#first && index < this.#first + this.#count) resolve();
    await promise;
  };

  async isAsked(count: number, rule: string): Promise<void> {
    const received = () => counted(this.waits.length, "wait");
    await until(() => this.waits.length >= count, rule, { expected: counted(count, "wait"), received });
    expect(this.waits.length, `${rule}: no more than that`).toBe(count);
  }

  expire(index: number): void {
    this.#ends[index]?.();
  }

  async isOver(index: number, rule: string): Promise<void> {
    await until(() => this.#over.has(index), rule, { expected: "aborted", received: () => "not aborted" });
  }
}

/** A reply's payload as text, where it is short. */
type Outcome = { reply: string } | { returned: unknown } | { threw: unknown };

/** What a call under way threw that no rule provides for, and in which test. */
let crash: { test: string | undefined; error: unknown } | undefined;

/** A call whose outcome is looked at later, if ever. */
function underWay(call: Promise<unknown>) {
  const { currentTestName } = expect.getState();
  let outcome: Outcome | undefined;
  const settled = call.then(
    (returned) => {
      const isShort = returned instanceof Uint8Array && returned.length <= 100;
      return (outcome = isShort ? { reply: textOf(returned) } : { returned });
    },
    (error: unknown) => {
      const isAnswers = error instanceof Error && error.name !== "AnswerFailure";
      const code = isAnswers && "code" in error ? error.code : undefined;
      if (typeof code !== "string" || code.startsWith("ERR_")) crash = { test: currentTestName, error };
      return (outcome = { threw: typeof code === "string" ? code : error });
    },
  );
  return {
    get outcome() {
      return outcome;
    },
    async ends(rule: string, expected: Outcome, options: WaitOptions = {}): Promise<void> {
      await until(() => outcome !== undefined, rule, {
        ...options,
        expected,
        received: () => "the request still waits",
      });
      const ended = await settled;
      if ("threw" in ended && typeof ended.threw !== "string") throw ended.threw;
      expect(ended, rule).toEqual(expected);
    },
  };
}

/** `eventually`, over at once when a call under way has thrown what no rule provides for. */
async function until(condition: () => unknown, rule: string, options: WaitOptions = {}): Promise<void> {
  const { currentTestName } = expect.getState();
  const look = () => {
    if (crash?.test === currentTestName && crash !== undefined) throw crash.error;
    return condition();
  };
  await eventually(look, rule, { within: 600, ...options });
}

/** A `handle` that takes and returns text, and notes with what it was called. */
function noting(work: (payload: string) => string | Promise<string> = (payload) => payload) {
  const worked: string[] = [];
  const handle = async (payload: Uint8Array) => {
    worked.push(textOf(payload));
    return text(await work(textOf(payload)));
  };
  return { worked, handle };
}

/** The states of the answer's sockets with this port, by the kernel's table. */
function openSockets(port: number): string[] {
  const sockets = echo.process.sockets({ port }).filter(({ local }) => local.port === port);
  return sockets.map(({ state }) => state);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function expectInside(wait: number, [least, most]: [number, number], rule: string): void {
  const span = `from ${least} to ${most} ms`;
  expect(wait >= least && wait <= most ? span : `≈${wait.toFixed(1)} ms`, rule).toBe(span);
}

/** A port that answers ICMP port unreachable: whoever has it hears only itself, until a Peer opens beside it. */
async function refusingPort(): Promise<AsyncDisposable & { port: number }> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.connect(port, "127.0.0.1");
  await once(socket, "connect");
  return {
    port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => socket.close(resolve)),
  };
}

function frame(id: number, payload: Uint8Array): Uint8Array {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(id >>> 0);
  return new Uint8Array(Buffer.concat([header, payload]));
}

function text(characters: string): Uint8Array {
  return new TextEncoder().encode(characters);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
