import { answer, awaitEvidence, expect, step, test } from "@tcpip-workshop/grader/suite";
import type { Cause, Finding, Side } from "./diagnose.ts";
import { hangingServer, lateClient } from "./stage/hanging-server.ts";
import { hostWithIPv6 } from "./stage/ipv6-host.ts";
import { anyone, brief, rowsOf } from "./stage/rows.ts";
import { hasSs, look, sockets, type View } from "./stage/socket-table.ts";
import { Stage } from "./stage/stage.ts";

const module = answer<typeof import("./diagnose.ts")>("./diagnose.ts");

// At once, for it is a process that has to start.
const hanging = hangingServer();
hanging.catch(() => {});

test(
  "reads state, queues, addresses and ports of a row",
  {
    why: "Whoever mixes up the two queues, or the two ends, sends the wrong team out of bed.",
    read: 'lesson "Six columns"; ss(8)',
  },
  async () => {
    await using stage = await Stage.listen({ backlog: 7, host: "127.0.0.1" });
    const [client] = await stage.connect(1);
    const [port, clientPort] = [stage.port, client?.localPort ?? 0];
    step("a server listens with a backlog of 7, and one client is connected to it");
    const rows = await module.parseSs(look(stage.seenFrom("server")));
    const [here, there] = [
      { address: "127.0.0.1", port },
      { address: "127.0.0.1", port: clientPort },
    ];
    const listener = { state: "LISTEN", recvQ: 0, sendQ: hasSs ? 7 : 0, local: here, peer: anyone };
    expect(
      rows.find(({ state }) => state === "LISTEN"),
      "The listener's row: its peer is 0.0.0.0:*, and a star for a port is 0",
    ).toEqual(listener);
    const connection = { state: "ESTAB", recvQ: 0, sendQ: 0, local: here, peer: there };
    expect(
      rows.find(({ state }) => state === "ESTAB"),
      "The connection's row: local is this machine's end, peer the other one",
    ).toEqual(connection);
    expect(rows.length, "Two sockets are two rows; the header is none").toBe(2);
  },
);

test(
  "reads the rows in their order, with or without a header, and leaves out what is no row",
  {
    why: "The colleague who pastes you the table used other flags than you do.",
    read: 'lesson "Six columns"',
  },
  async () => {
    const text = `
State      Recv-Q Send-Q Local Address:Port  Peer Address:Port Process
LISTEN     3      511          0.0.0.0:443        0.0.0.0:*     users:(("node",pid=4711,fd=21))
ESTAB      0      36         127.0.0.1:443      127.0.0.1:50122 users:(("node",pid=4711,fd=23)) timer:(on,200ms,0)
\t cubic wscale:7,7 rto:204 rtt:0.03/0.01 mss:32768 bytes_sent:36 users:x:9
TIME-WAIT  0      0          127.0.0.1:50118    127.0.0.1:5432  timer:(timewait,59sec,0)
ops@web-3:~$ ss -tan
`;
    const states = ["LISTEN 3 511 443", "ESTAB 0 36 443", "TIME-WAIT 0 0 50118"];
    expect(
      brief(await module.parseSs(text)),
      "Three rows are here; what stands behind the peer's address, between rows and below is of no interest",
    ).toEqual(states);
    const bare = text.split("\n").slice(2).join("\n");
    expect(
      brief(await module.parseSs(bare)),
      "The same rows without a header, as `ss -H` prints them",
    ).toEqual(states);
    const none = "State Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n";
    expect(await module.parseSs(none), "A header alone is a table without rows").toEqual([]);
    expect(await module.parseSs(""), "No text is a table without rows").toEqual([]);
  },
);

test(
  "reads IPv6 addresses, which have colons of their own",
  {
    why: "A Node server listens on :: unless told otherwise: a reader that knows only IPv4 never sees it.",
    read: 'lesson "Six columns"; RFC 5952 §6',
  },
  async () => {
    for (const [printed, address, port] of [
      ["[::1]:8080", "::1", 8080],
      ["[::]:*", "::", 0],
      ["[::ffff:127.0.0.1]:8080", "::ffff:127.0.0.1", 8080],
      ["*:8080", "*", 8080],
      ["[fe80::1]%eth0:22", "fe80::1%eth0", 22],
      ["127.0.0.53%lo:53", "127.0.0.53%lo", 53],
    ] as const) {
      const [row] = await module.parseSs(`ESTAB 0 0 ${printed} [2001:db8::7]:50122\n`);
      expect(
        row?.local,
        `${printed}: the port is behind the last colon, brackets are no part of the address, and the rest stays as printed`,
      ).toEqual({ address, port });
      expect(row?.peer, "[2001:db8::7]:50122, the peer").toEqual({ address: "2001:db8::7", port: 50122 });
    }
  },
);

test(
  "counts the rows of each state",
  {
    why: "The first look at a sick machine is one number a state; two of them an hour apart tell what grows.",
    read: 'lesson "Six columns"',
  },
  async () => {
    const row = (state: string) => ({ state, recvQ: 0, sendQ: 0, local: anyone, peer: anyone });
    const rows = ["ESTAB", "TIME-WAIT", "ESTAB", "CLOSE-WAIT", "ESTAB"].map(row);
    expect(await module.countStates(rows), "Three, one and one").toEqual({
      ESTAB: 3,
      "TIME-WAIT": 1,
      "CLOSE-WAIT": 1,
    });
    expect(await module.countStates([]), "No rows, no states").toEqual({});
  },
);

test(
  "finds nothing wrong with healthy traffic",
  {
    why: "An alarm that rings for healthy connections is switched off, and then it does not ring for the others.",
    read: 'lesson "What each row says"',
  },
  async () => {
    await using stage = await Stage.listen();
    const clients = await stage.connect(3);
    step("three clients are connected; one has 100 bytes that it has not read yet");
    clients[0]?.pause();
    stage.accepted[0]?.write(new Uint8Array(100));
    await stage.sees("client", ({ recvQ }) => recvQ === 100, 1);
    const healthy = "Open connections are healthy, and a few bytes in a queue are bytes on their way";
    expect(await diagnose(stage.seenFrom("client")), `The client's machine: ${healthy}`).toEqual([]);
    expect(
      await diagnose(stage.seenFrom("server"), [stage.port]),
      `The server's machine: ${healthy}; the port that should listen does`,
    ).toEqual([]);
    const most = [
      ...rowsOf("LISTEN", 1, { recvQ: 511, sendQ: 511 }),
      ...rowsOf("ESTAB", 1, { recvQ: 65_536, sendQ: 65_536 }),
      ...rowsOf("SYN-RECV", 1),
    ];
    expect(
      await module.diagnose(most.join("\n")),
      "As much as is still healthy: as many wait as the backlog says, 65,536 bytes in a queue",
    ).toEqual([]);
  },
);

test(
  "blames CLOSE-WAIT on the program of this machine",
  {
    why: "Descriptors leak by one a connection until accept fails with EMFILE; restarting it hides that for another week.",
    read: 'lesson "Who closes?"; RFC 9293 §3.3.2',
  },
  async () => {
    await using stage = await Stage.listen();
    for (const client of await stage.connect(3)) client.end();
    step("three clients send FIN, and the server does not close its side");
    await stage.sees("server", ({ state }) => state === "CLOSE-WAIT", 3);
    expect(
      await diagnose(stage.seenFrom("server"), [stage.port]),
      "The peers have sent FIN, the kernel has told the program here, and the program has not closed",
    ).toEqual([finding("we-do-not-close", "us", 3)]);
  },
);

test(
  "blames FIN-WAIT-2 on the peer's program",
  {
    why: "It is the same leak seen from the other end: look for it here, and you look for ever.",
    read: 'lesson "Who closes?"; RFC 9293 §3.3.2',
  },
  async () => {
    await using stage = await Stage.listen();
    for (const client of await stage.connect(2)) client.end();
    step("two clients send FIN, and the server does not close its side: this is the client's machine");
    await stage.sees("client", ({ state }) => state === "FIN-WAIT-2", 2);
    expect(
      await diagnose(stage.seenFrom("client")),
      "Our FIN was acknowledged, so the peer's kernel is well; its program has not closed yet",
    ).toEqual([finding("peer-does-not-close", "peer", 2)]);
  },
);

test(
  "finds a listener whose accept queue is full",
  {
    why: "The process lives, its port is open, health checks hang: it has stopped accepting, and clients time out.",
    read: 'lesson "Two meanings of a queue"; listen(2)',
  },
  async () => {
    const frozen = await hanging;
    step("a server with a backlog of 1 hangs; the kernel has completed two handshakes for it");
    expect(
      await diagnose({ host: frozen.host, port: frozen.port, from: "server" }, [frozen.port]),
      "A listener's Recv-Q is what waits for accept, its Send-Q the backlog: at backlog + 1 the queue is full",
    ).toEqual([finding("accept-queue-full", "us", 1)]);
    expect(
      await module.diagnose(rowsOf("LISTEN", 1, { recvQ: 512, sendQ: 511 }).join("\n")),
      "512 connections wait, and the backlog is 511",
    ).toEqual([finding("accept-queue-full", "us", 1)]);
  },
);

test(
  "says of SYN-SENT that nobody answers, not that the process is down",
  {
    why: "A stopped process answers with RST at once. Restarting it does nothing about a firewall, or a full accept queue.",
    read: 'lesson "No answer"; RFC 9293 §3.5.2',
  },
  async () => {
    await using frozen = await hanging;
    const { host, port } = frozen;
    using _late = lateClient(frozen);
    step("that server again, seen from the clients' machine: a third client's SYN stays without an answer");
    await awaitEvidence(
      () => sockets({ host, port, from: "client" }).some(({ state }) => state === "SYN-SENT"),
      "a SYN without an answer",
    );
    expect(
      await diagnose({ host, port, from: "client" }),
      "Lost on the way, filtered, or dropped in front of a full accept queue: from here it looks the same",
    ).toEqual([finding("syn-not-answered", "beyond", 1)]);
  },
);

test(
  "finds the program here that does not read",
  {
    why: "Its queue is full, the window is zero, and the peer's queue fills behind it: the slow one is us.",
    read: 'lesson "Two meanings of a queue"',
  },
  async () => {
    await using stage = await Stage.unread();
    step("a client sends 512 KiB, and the server does not read: this is the server's machine");
    expect(
      await diagnose(stage.seenFrom("server")),
      "The bytes have arrived and lie in Recv-Q: the kernel has done its part, the program has not",
    ).toEqual([finding("we-do-not-read", "us", 1)]);
    expect(
      await module.diagnose(rowsOf("ESTAB", 2, { recvQ: 65_537 }).join("\n")),
      "65,537 bytes are more than 65,536",
    ).toEqual([finding("we-do-not-read", "us", 2)]);
    expect(
      await module.diagnose(rowsOf("CLOSE-WAIT", 1, { recvQ: 200_000 }).join("\n")),
      "The queues are judged for ESTAB only: of this row it is the state that says all",
    ).toEqual([finding("we-do-not-close", "us", 1)]);
  },
);

test(
  "says of a full Send-Q that the other end does not acknowledge",
  {
    why: "Our write returned long ago, so our metrics say that all is sent; the bytes are still here.",
    read: 'lesson "Two meanings of a queue"',
  },
  async () => {
    await using stage = await Stage.unread();
    step("a client sends 512 KiB, and the server does not read: this is the client's machine");
    expect(
      await diagnose(stage.seenFrom("client")),
      "What was sent and is not acknowledged lies in Send-Q: the peer does not read, or the path loses",
    ).toEqual([finding("not-acknowledged", "beyond", 1)]);
  },
);

test(
  "sees a FIN that waits behind bytes nobody takes",
  {
    why: "The program here has closed and knows nothing any more; the kernel keeps the bytes, and retries for minutes.",
    read: 'lesson "Who closes?"',
  },
  async () => {
    await using stage = await Stage.unread();
    stage.clients[0]?.end();
    await stage.sees("client", ({ state }) => state === "FIN-WAIT-1", 1);
    step("the client of the last test closes behind its 512 KiB: this is the client's machine");
    expect(
      await diagnose(stage.seenFrom("client")),
      "FIN-WAIT-1: we have closed, and the FIN stands in line behind what the peer does not take",
    ).toEqual([finding("fin-not-acknowledged", "beyond", 1)]);
    const others = [...rowsOf("LAST-ACK", 2, { sendQ: 1 }), ...rowsOf("CLOSING", 1, { sendQ: 1 })];
    expect(
      await module.diagnose(others.join("\n")),
      "In LAST-ACK and CLOSING our FIN is not acknowledged either",
    ).toEqual([finding("fin-not-acknowledged", "beyond", 3)]);
  },
);

test(
  "takes TIME-WAIT for what it is: no leak, but ports in use towards one peer",
  {
    why: "28,232 ports for one destination, 60 seconds each: at 470 new connections a second connect fails.",
    read: 'lesson "TIME-WAIT"; RFC 9293 §3.6.1',
  },
  async () => {
    await using stage = await Stage.listen({ answersFin: true });
    for (const client of await stage.connect(24)) client.end();
    await stage.sees("client", ({ state }) => state === "TIME-WAIT", 24);
    step("24 clients have closed first, and their kernel keeps the ports: this is the clients' machine");
    expect(
      await diagnose(stage.seenFrom("client")),
      "24 local ports towards one address and port: nobody's fault and no leak, and worth a pool",
    ).toEqual([finding("ports-in-time-wait", "nobody", 24)]);

    await using closer = await Stage.listen({ answersFin: true, closesFirst: true });
    await closer.connect(24);
    await closer.sees("server", ({ state }) => state === "TIME-WAIT", 24);
    step("now the server has closed 24 connections first: this is the server's machine");
    expect(
      await diagnose(closer.seenFrom("server"), [closer.port]),
      "Each of the 24 has another peer: a listening port is not used up by them",
    ).toEqual([]);
    const few = [...rowsOf("TIME-WAIT", 19), ...rowsOf("TIME-WAIT", 19, { peer: "192.0.2.1:6379" })];
    expect(
      await module.diagnose(few.join("\n")),
      "19 towards one port of a host and 19 towards another one are not 20 towards either",
    ).toEqual([]);
    const some = [...rowsOf("TIME-WAIT", 20), ...rowsOf("TIME-WAIT", 3, { peer: "192.0.2.9:5432" })];
    expect(
      await module.diagnose(some.join("\n")),
      "20 towards one peer are a finding, and the 3 towards another one are no part of it",
    ).toEqual([finding("ports-in-time-wait", "nobody", 20)]);
  },
);

test(
  "misses a listener that should be there",
  {
    why: "ECONNREFUSED leaves no row behind: what is not in the table is the finding.",
    read: 'lesson "No answer"; RFC 9293 §3.5.2',
  },
  async () => {
    const stage = await Stage.listen();
    const [{ port }, view] = [stage, stage.seenFrom("server")];
    await stage[Symbol.asyncDispose]();
    step("a server has ended; a client was refused");
    await awaitEvidence(() => sockets(view).length === 0, "no row with the server's port");
    expect(
      await diagnose(view, [port]),
      "No program listens on the port that it was asked to look for",
    ).toEqual([finding("nobody-listens", "us", 0)]);
    await using other = await Stage.listen();
    await other.connect(1);
    expect(
      await diagnose(other.seenFrom("client"), [other.port]),
      "A connection *to* that port, from this machine, is no listener on it",
    ).toEqual([finding("nobody-listens", "us", 0)]);
    const another = "LISTEN 0 511 0.0.0.0:8080 0.0.0.0:*\nESTAB 0 0 198.51.100.7:8443 192.0.2.1:50122\n";
    expect(
      await module.diagnose(another, [8080, 8443, 9090]),
      "8080 has its listener; 8443 has only a connection that is left, 9090 nothing: one finding for both",
    ).toEqual([finding("nobody-listens", "us", 0)]);
  },
);

test(
  "tells the causes apart when all come at once, over IPv6 too",
  {
    why: "A sick machine has more than one row; the loudest symptom is mostly another machine's.",
    read: 'lesson "What each row says"',
  },
  async () => {
    const host = await hostWithIPv6();
    await using upstream = await Stage.unread(host);
    await using leaky = await Stage.listen({ host });
    await using polite = await Stage.listen({ host, answersFin: true });
    for (const client of await leaky.connect(4)) client.end();
    for (const client of await polite.connect(21)) client.end();
    await leaky.sees("server", ({ state }) => state === "CLOSE-WAIT", 4);
    await polite.sees("client", ({ state }) => state === "TIME-WAIT", 21);
    step("one machine: four clients of its server are gone, its own client waits, 21 calls are done");
    const text = look(leaky.seenFrom("server"), upstream.seenFrom("client"), polite.seenFrom("client"));
    const found = (await module.diagnose(text, [leaky.port])).toSorted((a, b) =>
      a.cause.localeCompare(b.cause),
    );
    expect(found, "Three causes, each with as many rows as say so").toEqual([
      finding("not-acknowledged", "beyond", 1),
      finding("ports-in-time-wait", "nobody", 21),
      finding("we-do-not-close", "us", 4),
    ]);
    const both = await module.diagnose(rowsOf("ESTAB", 1, { recvQ: 70_000, sendQ: 70_000 }).join("\n"));
    expect(
      both.map(({ cause }) => cause).toSorted(),
      "Both queues of one connection are full: it says two things",
    ).toEqual(["not-acknowledged", "we-do-not-read"]);
  },
);

function finding(cause: Cause, side: Side, rows: number): Finding {
  return { cause, side, rows };
}

async function diagnose(view: View, ...listening: [number[]?]): Promise<Finding[]> {
  return await module.diagnose(look(view), ...listening);
}
