import { refusedPort } from "@tcpip-workshop/faults/kernel";
import { answer, evidence, eventually, expect, step, test, untilSeen } from "@tcpip-workshop/grader/suite";
import { afterAWhile, gone, start } from "./stage/answer-under-test.ts";
import { flood, hello, inWords, isWhole, latin, mebibyte, nothing, sameBytes, text } from "./stage/bytes.ts";
import { dial, fin, ping, reset, roundTrip } from "./stage/client.ts";
import { crowd } from "./stage/crowd.ts";
import { inKernel } from "./stage/kernel-table.ts";
import { outcome } from "./stage/outcome.ts";
import { owed } from "./stage/owed.ts";
import { longPatience } from "./stage/patience.ts";
import { by } from "./stage/rule.ts";
import { listen, repliesAndThen, replyInPieces, writesFirst } from "./stage/server.ts";
import { fill, offer } from "./stage/who-does-not-read.ts";

const tcp = answer<typeof import("./tcp-echo.ts")>("./tcp-echo.ts");

expect.addEqualityTesters([sameBytes]);

test(
  "gives back what a client sends, while the connection is open",
  {
    why: "Clients ask, read the answer and ask again, on one connection: whoever answers only at the end, or ends after the first answer, serves nobody twice. And whoever listens on all addresses serves strangers.",
    read: 'lesson "An echo, and what TCP adds to it"',
  },
  async () => {
    const { port } = await start(tcp);
    const [listener] = tcp.process.sockets({ port });
    const where = "The server listens on 127.0.0.1 only: on all addresses, the whole network can reach it";
    expect(`${listener?.state} ${listener?.local.address}`, where).toBe("LISTEN 127.0.0.1");
    await using client = await dial(port);
    await roundTrip(client, hello);
    await roundTrip(client, text(" again"));
  },
);

test(
  "gives back bytes that are no text exactly as they came",
  {
    why: "A chunk ends where TCP has cut it, half a € included: read as text, both halves turn into U+FFFD, without an error.",
    read: 'lesson "An echo, and what TCP adds to it"; RFC 3629 §3',
  },
  async () => {
    const { port } = await start(tcp);
    await using client = await dial(port);
    await roundTrip(client, Uint8Array.of(0xe2, 0x82), "e2 82, two of the three bytes of a €,");
    await roundTrip(client, Uint8Array.of(0xac), "ac, the third,");
    await roundTrip(
      client,
      Uint8Array.from({ length: 256 }, (_, value) => value),
    );
  },
);

test(
  "answers a FIN with what it owes, and then with its own FIN",
  {
    why: "Without the second FIN the client waits for ever, and the server keeps a descriptor in CLOSE-WAIT until it has none left.",
    read: 'lesson "Half closed"; RFC 9293 §3.6',
  },
  async () => {
    const { port } = await start(tcp);
    for (const bytes of [hello, nothing]) {
      await using client = await dial(port);
      step(
        bytes.length > 0
          ? `the client sends ${inWords(bytes)} and, right behind it, FIN`
          : "another client sends FIN, and nothing in front of it",
      );
      if (bytes.length > 0) client.send(bytes);
      client.end();
      await fin(
        client,
        "To a client's FIN the server answers with what it still owes, and then with its own FIN",
      );
      expect(client.bytes, "What came in front of the FIN comes back in front of the server's FIN").toEqual(
        bytes,
      );
      await gone(
        tcp.process,
        port,
        "Both FINs are sent, so the server's socket is closed: its process does not hold it any more",
      );
    }
  },
);

test(
  "keeps the bytes of many connections apart",
  {
    why: "One customer reads another one's answer. No error is logged anywhere, and it is on the news.",
    read: 'lesson "What belongs to whom"',
  },
  async () => {
    const { port } = await start(tcp);
    await using clients = await crowd(port);
    step("20 clients are connected; each sends 7 bytes, and when all have had these, 2 more");
    await clients.send(0, 7);
    await clients.send(7, 9);
    const apart = "Each client gets back its own bytes, and nobody else's";
    for (const { client, own } of clients.pairs) expect(latin(client.bytes), apart).toBe(latin(own));
  },
);

test(
  "serves the next client after one has sent RST",
  {
    why: 'Every hour some client is killed in the midst of a download, with bytes that it has not read: its kernel sends RST. One "error" event without a listener, and all others are cut off with it.',
    read: 'lesson "RST"; RFC 9293 §3.5.3',
  },
  async () => {
    const { port } = await start(tcp);
    await using witness = await dial(port, false);
    await using first = await dial(port);
    await roundTrip(first, hello);
    const others = "An RST ends one connection: the others are served as before";
    step("the client sends RST");
    await reset(first, others);
    await ping(witness, others);
    await using second = await dial(port);
    second.pause();
    step("another client sends 1 MiB, reads nothing, and sends RST, while the server still owes it bytes");
    second.send(flood(1));
    await reset(second, others);
    await ping(witness, others);
    await using third = await dial(port);
    await roundTrip(third, hello);
    const left =
      "Two connections were reset, two are open: the process holds their sockets and the listening one";
    await eventually(() => tcp.process.sockets({ port }).length === 3, left);
  },
);

test(
  "sends what it still holds when FIN comes",
  {
    why: "A large reply to a slow client lacks its end, or carries somebody else's bytes, and the access log says 200.",
    read: 'lesson "Half closed", "What belongs to whom"',
  },
  async () => {
    const { port } = await start(tcp);
    await using client = await dial(port);
    await using other = await dial(port, false);
    const bytes = flood(20);
    const sent = await fill(client, other, bytes);
    step("the client sends FIN, and then reads");
    client.end();
    await ping(other);
    client.resume();
    await fin(
      client,
      "To a client's FIN the server answers with what it still owes, and then with its own FIN",
      longPatience,
    );
    const tail =
      "What your process still holds when the client's FIN comes is owed as well: it is sent first, and then FIN";
    isWhole(client.bytes, bytes.subarray(0, sent), tail);
  },
);

test(
  "stops reading from a client that does not read",
  {
    why: "One client that never reads makes the process grow until the kernel kills it, and with it every other connection.",
    read: 'lesson "Back-pressure"; RFC 9293 §3.8.6',
  },
  async () => {
    const { port } = await start(tcp);
    await using client = await dial(port);
    const bytes = flood(32);
    let offered = 0;
    const peak = await tcp.process.peakMemory(async () => (offered = await offer(client, bytes)));
    evidence(inKernel(client) < bytes.length, "the kernel's buffers hold less than 32 MiB");
    const stall =
      "Who does not read is not read from: the server stops reading, its window closes, and the client cannot send all of 32 MiB";
    expect(client.sentBytes < bytes.length ? "stalled" : "sent all of it", stall).toBe("stalled");
    // All that has left the client, and is not in the kernel any more.
    const held = client.sentBytes - inKernel(client);
    const little =
      "What a client does not read waits in the kernel, not in your process: that holds less than 1 MiB of it";
    const few = "less than 1 MiB in your process";
    expect(held < mebibyte ? few : `≈${Math.round(held / mebibyte)} MiB in your process`, little).toBe(few);
    const memory = "What one client does not read may not cost the process more than 16 MiB";
    expect(peak < 16 * mebibyte ? "at most 16 MiB" : `≈${Math.round(peak / mebibyte)} MiB`, memory).toBe(
      "at most 16 MiB",
    );
    step("the client reads again, and sends FIN");
    client.resume();
    client.end();
    await fin(
      client,
      "A pause ends when the client reads again: the server reads on, gives back the rest, and answers FIN with FIN",
      longPatience,
    );
    const whole = "Nothing was lost and nothing overwritten while the client did not read";
    isWhole(client.bytes, bytes.subarray(0, offered), whole);
  },
);

test(
  "sends its bytes and then FIN, and collects the reply until the server's FIN",
  {
    why: "Replies longer than a segment come in pieces. Who takes the first piece for all of it is right on a laptop only.",
    read: 'lesson "The client"; RFC 9293 §3.7',
    deadline: 3000,
  },
  async () => {
    await using server = await replyInPieces(tcp.process);
    step(
      "a server of ours waits for FIN; it sends back 2 bytes, the rest when these have been read, and then FIN",
    );
    const both =
      "`echo` sends its bytes and then FIN, and resolves when the server's reply and the server's FIN have come";
    const all = "A reply may come in pieces: it is everything that comes in front of the server's FIN";
    expect(await by(both, tcp.echo(server.port, hello)), all).toEqual(hello);
    const none = "No bytes are a payload too: the reply is FIN, with nothing in front of it";
    expect(await by(none, tcp.echo(server.port, nothing)), none).toEqual(nothing);
    await gone(tcp.process, server.port, "The exchange is over: no socket of it is left in the process");
  },
);

test(
  "reads while it writes",
  {
    why: "Two sides that both write first and read later wait for each other for ever, from the size on that fills the buffers between them.",
    read: 'lesson "The client"',
    deadline: 4000,
  },
  async () => {
    const payload = flood(8);
    await using server = await writesFirst(payload);
    step("a server of ours sends 8 MiB, and reads on only when your client has taken them");
    const both =
      "`echo` reads while it writes: the server sends its reply before it has taken all of the payload";
    isWhole(await by(both, tcp.echo(server.port, payload)), payload, both);
  },
);

test(
  "rejects with the socket's error when nobody listens, and when RST comes",
  {
    why: 'A socket\'s error that nobody listens to ends the process: "the server restarted" becomes "all clients crashed".',
    read: 'lesson "The client"; RFC 9293 §3.5.2',
    deadline: 2000,
  },
  async () => {
    await using server = await repliesAndThen(tcp.process, 2, (socket) => socket.resetAndDestroy());
    await using nobody = await refusedPort();
    step("at the next port nobody listens: the kernel answers SYN with RST");
    const refused = "An RST in answer to SYN is ECONNREFUSED, and `echo` rejects with that error";
    expect(await outcome(refused, tcp.echo(nobody.port, hello)), refused).toEqual({ threw: "ECONNREFUSED" });
    step("a server of ours sends back 2 bytes of 5, and then RST");
    const reset = "An RST in the middle of the reply is ECONNRESET, and `echo` rejects with that error";
    expect(await outcome(reset, tcp.echo(server.port, hello)), reset).toEqual({ threw: "ECONNRESET" });
    evidence(
      server.records.some(({ what }) => what === "RST by server"),
      "the server sent RST",
    );
    await gone(tcp.process, server.port, "The connection was reset: no socket of it is left in the process");
  },
);

test(
  "rejects a reply that is too short or too long",
  {
    why: "A server that is killed sends FIN as well, and a confused one sends too much: whoever takes that for the answer works on with wrong data, and no log tells.",
    read: 'lesson "The client"',
    deadline: 2000,
  },
  async () => {
    const truncated = { threw: "ECHO_TRUNCATED" };
    await using killed = await listen((socket) => {
      socket.once("data", (chunk: Buffer) => socket.end(chunk.subarray(0, 3)));
    });
    step("a server of ours sends back 3 bytes of 5, and then FIN");
    const short =
      "A FIN after too few bytes is no success: the rest will never come, and `echo` rejects with ECHO_TRUNCATED";
    expect(await outcome(short, tcp.echo(killed.port, hello)), short).toEqual(truncated);

    await using deaf = await listen((socket) => void socket.pause().end());
    step("another one sends FIN at once, and reads none of the 8 MiB that your client has for it");
    const early =
      "A FIN after too few bytes ends the call at once, though there are bytes still to be sent: `echo` rejects with ECHO_TRUNCATED";
    expect(await outcome(early, tcp.echo(deaf.port, flood(8))), early).toEqual(truncated);

    await using talker = await repliesAndThen(tcp.process, 5, (socket) => socket.write("!"));
    step("a third one sends back all 5 bytes, a sixth when these have been read, and never FIN");
    const long =
      "Only FIN ends a reply, not the last byte that is due: one byte more, and `echo` rejects with ECHO_TOO_LONG";
    expect(await outcome(long, tcp.echo(talker.port, hello)), long).toEqual({ threw: "ECHO_TOO_LONG" });
    for (const { port } of [killed, deaf, talker])
      await gone(tcp.process, port, "The reply was refused: no socket of it is left in the process");
  },
);

test(
  "close ends the connections that owe nothing, without waiting for their clients",
  {
    why: "A deploy waits for `close`, and idle clients stay for hours: so after 30 seconds comes SIGKILL, in the midst of the others' work.",
    read: 'lesson "An orderly end"; RFC 9293 §3.6',
    deadline: 600,
  },
  async () => {
    const server = await start(tcp);
    await using silent = await dial(server.port);
    await using idle = await dial(server.port);
    await roundTrip(idle, hello);
    step("another client has sent nothing; both stay connected, and neither ever sends FIN");
    const unasked =
      "`close` itself ends the connections that owe nothing, and resolves: it does not wait until their clients leave";
    await by(unasked, server.close());
    for (const client of [silent, idle])
      await fin(
        client,
        "A connection that owes nothing is ended with FIN: to its client that is the end, and no error",
      );
    await gone(
      tcp.process,
      server.port,
      "`close` has resolved, so no socket of the server is left in its process",
    );
    // A process that dies of what it closed has died by the time that it would answer.
    await afterAWhile(tcp, "`close` harms nobody: its process lives on, and can start another server");
  },
);

test(
  "close lets the others finish, and resolves when they have",
  {
    why: "With every deploy some customers get half an answer. The graph of errors has a spike at each release, and nobody knows why.",
    read: 'lesson "An orderly end"; RFC 9293 §3.6.1',
    deadline: 4000,
  },
  async () => {
    await untilSeen(
      async (factor) => {
        const server = await start(tcp);
        const bytes = flood(20);
        await using clients = await owed(server.port, bytes, factor > 2);
        const { little, much } = clients;
        let resolved = false;
        const closing = server.close().then(() => (resolved = true));
        closing.catch(() => {});
        const open = () => tcp.process.sockets({ port: server.port });
        const refuses =
          "From `close` on, nobody listens: new connections are refused, and go to another server";
        await eventually(() => !open().some(({ state }) => state === "LISTEN"), refuses);
        const cut = "A connection that owes bytes runs on after `close`, until its client has had them";
        await afterAWhile(tcp, cut);
        const runs = open().some(({ remote }) => remote.port === much.client.localPort);
        expect(runs ? "it runs on" : "`close` has ended it", cut).toBe("it runs on");
        const early =
          "`close` resolves when the last connection is over, and not before: two of them still owe bytes";
        expect(resolved ? "`close` has resolved" : "`close` is pending", early).toBe("`close` is pending");
        step("both clients begin to read");
        for (const { client } of [little, much]) client.resume();
        await by("`close` resolves when the last connection is over", closing);
        for (const { client, length } of [much, little]) {
          const end =
            "A connection that owes bytes runs on until its client has had all it sent, and ends with FIN: RST would say that some were thrown away";
          await fin(client, end, longPatience);
          const whole =
            "What is owed when `close` is called arrives to the last byte, also what still waits in your process";
          isWhole(client.bytes, bytes.subarray(0, length), whole);
        }
        await gone(
          tcp.process,
          server.port,
          "`close` has resolved, so no socket of the server is left in its process",
        );
      },
      { attempts: 3 },
    );
  },
);
