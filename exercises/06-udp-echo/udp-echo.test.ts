import { answer, expect, step } from "@tcpip-workshop/grader/suite";
import { underTest } from "./stage/answer-under-test.ts";
import { frame, hello, nothing, sameBytes, textOf, world } from "./stage/bytes.ts";
import { Clock } from "./stage/clock.ts";
import { beginsElsewhere } from "./stage/first-id.ts";
import { forge, repliesLate } from "./stage/forgeries.ts";
import { test } from "./stage/ladder.ts";
import { leavesWork } from "./stage/leave-taking.ts";
import { losesReply, losesReplyOf, losesRequest, losingTheFirst } from "./stage/losses.ts";
import { Peer } from "./stage/peer.ts";
import { outlivesRefusal } from "./stage/refusal.ts";
import { become, waits } from "./stage/request.ts";
import { areCutTo, outlastsSilence, spreads, waitsAfterEach } from "./stage/silence.ts";
import { hasStormed, storm, wait } from "./stage/storm.ts";
import { until } from "./stage/until.ts";
import { forgetsWorkUnderWay } from "./stage/window.ts";
import { failingFirst, noting, slowly } from "./stage/work.ts";

const echo = underTest(answer<typeof import("./udp-echo.ts")>("./udp-echo.ts"));

expect.addEqualityTesters([sameBytes]);

test(
  "sends each payload back to its sender, under the id it came with",
  {
    why: "A reply under another id, or to somebody else, is one that nobody waits for: each request then times out.",
    read: 'lesson "The datagram"; RFC 768 for the layer below',
  },
  async () => {
    const server = await echo.startServer();
    await using one = await Peer.open("client 1");
    await using two = await Peer.open("client 2");
    step('client 1 sends 00 00 00 07 and "hello"');
    await one.asks(server, frame(7, hello), "The server sends a datagram back to whoever sent it one");
    const whole = "The reply is the request's id and, without a handle, its payload";
    expect(one.last, whole).toEqual(frame(7, hello));
    step('client 2 sends ff fe 00 01 and "world"');
    await two.asks(server, frame(0xfffe0001, world), "Client 2 asked, so client 2 gets the reply");
    expect(two.last, "An id is any four bytes, and comes back as it was").toEqual(frame(0xfffe0001, world));
    step("client 1 sends 00 00 00 08 and nothing behind it");
    const empty = "A payload of no bytes is a payload: the server answers it too";
    await one.asks(server, frame(8, nothing), empty);
    expect(one.last, "The reply to an empty payload is the id alone").toEqual(frame(8, nothing));
  },
);

test(
  "goes on after a datagram too short for an id, and after work that failed",
  {
    why: "Anyone can send you three bytes. A server that dies of them, or of one bad request, takes all its clients along.",
    read: 'lesson "The datagram"',
  },
  async () => {
    const server = await echo.startWorking(failingFirst("hello"));
    await using client = await Peer.open("client");
    step("a client sends datagrams of 0, 1 and 3 bytes");
    await client.send(server, nothing, Uint8Array.of(1), Uint8Array.of(0, 0, 7));
    step('it sends request 1, "hello", for which `handle` throws, and then request 2, "world"');
    await client.send(server, frame(1, hello), frame(2, world));
    const goesOn = "Short datagrams and work that failed stop nothing: request 2 is answered";
    await until(() => client.has(frame(2, world)), goesOn);
    const noRequest = "Fewer than four bytes are no request: `handle` is not called for them";
    expect(server.worked, noRequest).toEqual(["hello", "world"]);
    step('it sends request 1 again, and this time `handle` returns; and then request 3, "you"');
    await client.send(server, frame(1, hello), frame(3, "you"));
    await until(() => client.has(frame(3, "you")), "Request 3 is answered");
    const again =
      "Work that failed is not remembered: when the request comes again, `handle` is called again";
    expect(server.worked, again).toEqual(["hello", "world", "hello", "you"]);
    const replies = "Short datagrams and work that failed get no reply; every other request gets one";
    expect(client.datagrams, replies).toEqual([frame(2, world), frame(1, hello), frame(3, "you")]);
  },
);

test(
  "puts an id of its own in front of each payload, and returns the reply's payload",
  {
    why: "The id is all that ties a reply to its request. Ids that begin anew bring another client's stored reply, and a reply that is not taken when it comes is a time-out to your caller.",
    read: 'lesson "Who is calling?", "When nothing comes"; RFC 7252 §4.4',
  },
  async () => {
    await using server = await Peer.open("server");
    const client = await echo.connectClocked(server);
    const first = await server.hears(client.asks(hello));
    expect(server.payloadOf(0), "Behind four bytes of id comes the payload, whole").toEqual(hello);
    step('the server replies "olleh", under the id that came');
    await server.reply(0, "olleh");
    await first.gets("olleh", "The reply is there: `request` ends at once with its payload, without the id");

    const second = client.asks(nothing);
    const alone = () => server.datagrams.findIndex((bytes) => bytes.length === 4);
    await until(() => alone() > 0, "A payload of no bytes is sent too: as an id alone, which is four bytes");
    expect(server.idBesides(0, alone()), "Two requests of a client have different ids").toBe("another id");
    step("the server replies with an empty payload");
    await server.reply(alone(), nothing);
    await second.gets("", "An empty reply is a reply");
    await server.settled();
    const firsts = server.datagrams.filter((bytes) => bytes.length > 4);
    const over = "The reply ended the first request and its wait: nothing is sent for it any more";
    expect(firsts.length > 1 ? "it was sent again" : "sent once", over).toBe("sent once");
    await beginsElsewhere(echo, server);
  },
);

test(
  "gives each request the reply with its id, whatever order they come in",
  {
    why: "UDP keeps no order, and neither does your server: matched by order, the slow query's customer gets the fast one's answer. And one at a time, all wait for the slowest.",
    read: 'lesson "Who is calling?"',
  },
  async () => {
    await using server = await Peer.open("server");
    const client = await echo.connectClocked(server);
    const requests = ["one", "two", "three"].map((payload) => client.asks(payload));
    await server.gets(3, "Three requests are on the wire at once: none waits for another one's reply");
    step("the server replies to the third, and then to the first");
    await server.reply(2, "for three");
    await server.reply(0, "for one");
    const own = "A reply ends the request with its id, and no other: no reply to the second request has come";
    await become(requests, [{ reply: "for one" }, waits, { reply: "for three" }], own);
    step("the server replies to the second");
    await server.reply(1, "for two");
    await requests[1]?.gets("for two", "The last reply was for the second request");
  },
);

test(
  "sends the same datagram again when no reply comes",
  {
    why: "Who retries under a new id has placed a second order. Who never retries has lost the first one.",
    read: 'lesson "When nothing comes"; RFC 7252 §4.2',
  },
  async () => {
    await using server = await Peer.open("server");
    await using network = await losingTheFirst(server, "toServer", "toClient");
    const client = await echo.connectClocked(network);
    const request = client.asks(hello);
    await losesRequest(network);
    const once = "After it has sent, the client waits by its `wait` option: once for each attempt";
    await client.clock.runsOut(0, once);
    await server.gets(1, "No reply came while the client waited, so it sends again");
    await losesReplyOf(server, network, world);
    await client.clock.runsOut(1, "After the second attempt the client waits again");
    await server.gets(2, "No reply came while the client waited, so it sends again");
    const same =
      "A retry is the same datagram again, the id included: only so can the server know it for a copy";
    expect(server.idBesides(0, 1), same).toBe("the same id");
    expect(textOf(server.last.subarray(4)), same).toBe("hello");
    step("the server replies, and the reply arrives");
    await server.reply(1, world);
    await request.gets("world", "The third attempt was answered, so the request is");
  },
);

test(
  "waits up to twice as long after each attempt, by chance less, and gives up after the last",
  {
    why: "A server that stumbles gets every client's retries at once, again and again, and never stands up.",
    read: 'lesson "When nothing comes"; RFC 8085 §3.1.3, RFC 7252 §4.2',
  },
  async () => {
    await using server = await Peer.open("server");
    const client = await echo.connectClocked(server, { attempts: 4, firstWait: 1000 });
    const request = client.asks(hello);
    await waitsAfterEach(request, client.clock, server);
    const last = "The wait after the last attempt is over: the request ends with NO_REPLY";
    await request.throws("NO_REPLY", last);
    await server.settled();
    expect(server.received.length, "`attempts: 4` is four datagrams, the first one included").toBe(4);
    await spreads(echo, server);
  },
);

test(
  "waits no longer than the deadline, all waits together",
  {
    why: "Your caller gave you one second and has gone home: what you still send is load that nobody reads the answer to. And whoever gives up takes nobody along.",
    read: 'lesson "When nothing comes"',
  },
  async () => {
    await using server = await Peer.open("server");
    const clock = new Clock(1, 16);
    // Whatever chance does, three waits of this one are less than the deadline, and four are more.
    const client = await echo.connectClocked(server, { attempts: 20, firstWait: 138 }, clock);
    const patient = await server.hears(client.asks(world));
    await clock.isAsked(1);
    step("the server never replies to the next request, and each of its waits ends at once");
    const request = client.asks(hello, { deadline: 1000 });
    const noReply =
      "When a request has waited for its deadline it ends with NO_REPLY, whatever attempts are left";
    await until(() => request.isOver || clock.waits.length > 16, noReply);
    const made = clock.waits.slice(1);
    areCutTo(1000, made);
    await request.throws("NO_REPLY", noReply);
    await server.settled();
    const each = "Each datagram is followed by a wait: what is sent when no time is left gets no reply";
    expect(server.received.length - 1, each).toBe(made.length);
    const own = "Another request's time is up: that is no reason to end this one";
    patient.goesOn(own);
    step("the server replies to the first request");
    await server.reply(0, hello);
    await patient.gets("hello", own);
    await outlastsSilence(echo);
  },
);

test(
  "takes a reply from the server only, and only for a request that waits",
  {
    why: "Who guesses four bytes writes your answer. And the reply to a retry comes twice: the second belongs to nobody.",
    read: 'lesson "Who is calling?"; RFC 5452 §9.1, RFC 7252 §4.4',
  },
  async () => {
    await using server = await Peer.open("server");
    await using stranger = await Peer.open("stranger");
    const client = await echo.connectClocked(server);
    const request = await server.hears(client.asks(hello));
    await forge(server, stranger);
    const probe = await server.hears(client.asks(world), 2, "Another request is sent as one datagram");
    step("the server replies to the second request");
    await server.reply(1, "second");
    await probe.gets("second", "The second request gets the reply with its id");
    const notYet =
      "Only a reply from the server's own address and port, with the request's own id, ends a request: none such has come yet";
    request.goesOn(notYet);
    step("the server replies to the first request");
    await server.reply(0, "first");
    await request.gets("first", "This reply is the server's, with the id that waits");
    await repliesLate(server, client);
  },
);

test(
  "tells what the system says: too large, nobody there",
  {
    why: "Half a minute of retries, for a datagram that can't be sent or a server that isn't there, and the kernel knew at once. And a client that dies of it is dead when the server is back.",
    read: 'lesson "What the system tells you"; RFC 8085 §5.2',
  },
  async () => {
    await using server = await Peer.open("server");
    const client = await echo.connectClocked(server);
    const small = await server.hears(client.asks(hello));
    const tooLarge =
      "4 + 65,504 is one byte more than a datagram can carry: the request ends with the system's error, EMSGSIZE";
    await client.asks(new Uint8Array(65_504)).throws("EMSGSIZE", tooLarge);
    small.goesOn("Another request was too large: that is no reason to end this one");
    const most = "4 + 65,503 = 65,507 bytes are what a datagram can carry over IPv4";
    const largest = await server.hears(client.asks(new Uint8Array(65_503)), 2, most);
    step("the server replies to both that it got");
    await server.reply(1, new Uint8Array(65_503));
    await server.reply(0, world);
    await largest.ends({ returned: new Uint8Array(65_503) }, "A reply of 65,507 bytes arrives whole");
    await small.gets("world", "The small request has had its reply");
    await outlivesRefusal(echo, server.senderOf(0));
  },
);

test(
  "does the work once when the reply is lost and the request comes again",
  {
    why: "Only the reply was lost: a server that works again charges the customer twice, and one that keeps silent lets him believe that he was never charged.",
    read: 'lesson "Once, though it comes twice"; RFC 7252 §4.5',
  },
  async () => {
    const server = await echo.startWorking(noting((payload, count) => `${payload}: time ${count}`));
    await using network = await losingTheFirst(server, "toClient");
    const client = await echo.connectClocked(network);
    const request = client.asks("charge");
    await losesReply(network);
    await client.clock.runsOut(0);
    const stored =
      "A copy of a request whose work is done is answered with the reply that was stored, not by more work and not by silence";
    await request.gets("charge: time 1", stored);
    expect(server.worked, "The request came twice, and `handle` was called once").toEqual(["charge"]);
  },
);

test(
  "does the work once when the copy comes while it is still at it, and holds up nobody",
  {
    why: "It is the slow requests that are retried while they run: noted only when done, each is done twice. And where one has to wait for another, the slowest stops them all.",
    read: 'lesson "Once, though it comes twice"',
  },
  async () => {
    const server = await echo.startWorking(slowly((payload) => `${payload}: done`));
    await using client = await Peer.open("client");
    step('a client sends request 1, "one", a copy of it, and request 2, "two"; `handle` takes its time');
    await client.send(server, frame(1, "one"), frame(1, "one"), frame(2, "two"));
    const [expected, received] = [["one", "two"], () => server.worked];
    const begun =
      "`handle` is called for request 2 while it is still at request 1: no request waits for another one's work";
    await until(() => server.worked.includes("two"), begun, { expected, received });
    const once = "A copy that comes while `handle` is still at the first one does not call it again";
    expect(server.worked, once).toEqual(expected);
    step("the work is done");
    server.finish();
    const replies = [frame(1, "one: done"), frame(2, "two: done")];
    const answered = "When the work is done, both requests are answered";
    await until(() => replies.every((reply) => client.has(reply)), answered);
  },
);

test(
  "knows a request by its sender and its id",
  {
    why: "Two clients both use id 7, and one orders the same thing twice: a server that takes that for a copy gives one the other's answer, or does half of the work.",
    read: 'lesson "Once, though it comes twice"; RFC 7252 §4.5',
  },
  async () => {
    const server = await echo.startWorking(noting());
    await using one = await Peer.open("client 1");
    await using two = await Peer.open("client 2");
    step('client 1 sends 00 00 00 07 and "one"; client 2 sends 00 00 00 07 and "two"');
    step("both send the same once more");
    for (const payload of ["one", "two", "one", "two"]) {
      const peer = payload === "one" ? one : two;
      await peer.asks(server, frame(7, payload), "Each datagram with a request gets a reply, copies too");
      const own = `The client that sent "${payload}" gets "${payload}", whoever else uses id 7`;
      expect(textOf(peer.last.subarray(4)), own).toBe(payload);
    }
    expect(server.worked, "There were two requests, however often each of them came").toEqual(["one", "two"]);
    step('client 1 sends 00 00 00 08 and "one"');
    await one.asks(server, frame(8, "one"), "A new id is a new request, and answered");
    const order =
      "A new id is a new request, though its payload is an old one: `handle` is called for it as well";
    expect(server.worked, order).toEqual(["one", "two", "one"]);
  },
);

test(
  "forgets the oldest request when its window is full",
  {
    why: "A store that only grows is a leak that any stranger can open: each id from each port is one entry more.",
    read: 'lesson "Once, though it comes twice"',
  },
  async () => {
    const server = await echo.startWorking(noting(), { window: 2 });
    await using one = await Peer.open("client 1");
    await using two = await Peer.open("client 2");
    step("client 1 sends request 1; client 2 sends requests 2 and 3, and copies of 3 and 2");
    await one.asksOnce(server, 1);
    for (const id of [2, 3, 3, 2]) await two.asksOnce(server, id);
    const kept =
      "A window of 2 holds the last two requests: `handle` is not called again for copies of 2 and 3";
    expect(server.worked, kept).toEqual(["1", "2", "3"]);
    step("client 2 sends requests 4 and 5, and a copy of 3");
    for (const id of [4, 5, 3]) await two.asksOnce(server, id);
    const lost = "A window of 2 has lost request 3 to 4 and 5: `handle` is called for its copy";
    expect(server.worked.slice(3), lost).toEqual(["4", "5", "3"]);
    step("client 1 sends a copy of request 1");
    await one.asksOnce(server, 1);
    const forgotten =
      "There is one window for all clients together: client 2's requests have taken request 1's place in it, so `handle` is called for its copy";
    expect(server.worked.slice(3), forgotten).toEqual(["4", "5", "3", "1"]);
    await forgetsWorkUnderWay(echo, one);
  },
);

test(
  "answers every request and does none twice, whatever the network loses, doubles and reorders",
  {
    why: "One fault at a time is the laboratory. On a bad evening they come together, to all your requests at once.",
    read: 'lesson "Once, though it comes twice"',
  },
  async () => {
    const server = await echo.startWorking(noting((payload) => `${payload}: done`));
    await using network = await storm(server);
    step("the network loses 3 of 10 datagrams each way, doubles and reorders others");
    const client = await echo.connect(network, { attempts: 200, wait });
    const payloads = Array.from({ length: 64 }, (_, index) => `request ${index + 1}`);
    const requests = payloads.map((payload) => client.asks(payload, { deadline: Infinity }));
    const own = "With 200 attempts each request gets through, and gets its own reply";
    for (const [index, request] of requests.entries())
      await request.gets(`${payloads[index]}: done`, own, { within: 2000 });
    await hasStormed(network);
    const once = "64 requests were sent, many of them several times, and `handle` was called once for each";
    expect(server.worked.toSorted(), once).toEqual(payloads.toSorted());
  },
);

test(
  "leaves no wait, no request and no socket behind",
  {
    why: "A timer that is left keeps the process from ending; a socket that is left is one more, for each client you ever made.",
    read: 'lesson "Leave nothing behind"',
  },
  async () => {
    await using peer = await Peer.open("server");
    const client = await echo.connectClocked(peer);
    const done = await peer.hears(client.asks(hello));
    await client.clock.isAsked(1);
    await peer.reply(0, world);
    await done.gets("world", "The reply has come");
    await client.clock.isOver(
      0,
      "The reply has come, so the request is over: the signal that `wait` was given aborts",
    );

    const waiting = client.asks(hello);
    await client.clock.isAsked(2);
    await client.close();
    await waiting.throws("CLOSED", "A client that is closed rejects the requests that wait, with CLOSED");
    await client.clock.isOver(1, "The client is closed: the signal of the wait aborts");
    expect(echo.openSockets(peer.senderOf(0)), "The client is closed, and so is its socket").toBe(
      "no socket",
    );
    await client.asks(hello).throws("CLOSED", "A closed client takes no more requests");
    await leavesWork(echo, peer);
    const next = await echo.startServer();
    await peer.send(next, frame(2, hello));
    await peer.gets(3, "Work that ends after `close` harms nobody: another server in the process answers");
  },
);
