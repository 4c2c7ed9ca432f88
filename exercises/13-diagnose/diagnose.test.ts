import { answer, awaitEvidence, expect, quietly, step, test } from "@tcpip-workshop/grader/suite";
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
    step("a server listens with a backlog of 7, one client is connected; the table of the server's machine:");
    const rows = await module.parseSs(look(stage.seenFrom("server")));
    expect(
      rows.map(({ state }) => state).toSorted(),
      "A row for each of the two sockets, with its state as `ss` spells it; the header is no row",
    ).toEqual(["ESTAB", "LISTEN"]);
    const [here, there] = [
      { address: "127.0.0.1", port },
      { address: "127.0.0.1", port: clientPort },
    ];
    const listener = { state: "LISTEN", recvQ: 0, sendQ: hasSs ? 7 : 0, local: here, peer: anyone };
    const listening = rows.find(({ state }) => state === "LISTEN");
    expect(
      [listening?.recvQ, listening?.sendQ],
      "LISTEN: the second column is Recv-Q, the third Send-Q, and both are numbers ([recvQ, sendQ] here)",
    ).toEqual([listener.recvQ, listener.sendQ]);
    expect(listening?.local, "LISTEN: the fourth column is `local`, this machine's end").toEqual(here);
    expect(
      listening?.peer,
      "LISTEN: the fifth column is `peer`, the other end: 0.0.0.0:*, and a star for a port is 0",
    ).toEqual(anyone);
    expect(listening, "LISTEN: a row has these five fields and no more").toEqual(listener);
    const connected = rows.find(({ state }) => state === "ESTAB");
    expect(connected?.local, "ESTAB: `local` is this machine's end, so the server's port").toEqual(here);
    expect(connected?.peer, "ESTAB: `peer` is the other end, so the client's port").toEqual(there);
    const connection = { state: "ESTAB", recvQ: 0, sendQ: 0, local: here, peer: there };
    expect(connected, "ESTAB: nothing waits in either queue of this connection").toEqual(connection);
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
State     Recv-Q Send-Q Local Address:Port Peer Address:Port
LISTEN    3      511         0.0.0.0:443      0.0.0.0:*     uid:33 ino:9121
ESTAB     0      36        127.0.0.1:443    127.0.0.1:50122 timer:(on,200ms,0)
\t cubic wscale:7,7 rto:204 rtt:0.03/0.01 mss:32768 users:x:9
TIME-WAIT 0      0         127.0.0.1:50118  127.0.0.1:5432  timer:(timewait,59sec,0)
ops@web-3:~$ ss -tan
`;
    const states = [
      "LISTEN, Recv-Q 3, Send-Q 511, local port 443",
      "ESTAB, Recv-Q 0, Send-Q 36, local port 443",
      "TIME-WAIT, Recv-Q 0, Send-Q 0, local port 50118",
    ];
    step("three rows, with more columns, details below one, and the prompt, as somebody has pasted them");
    expect(
      brief(await module.parseSs(text)),
      "A line is a row if its second and third columns are numbers and two ends follow, whatever stands behind them; all else is left out",
    ).toEqual(states);
    step("the same without the header");
    const bare = text.split("\n").slice(2).join("\n");
    expect(
      brief(await module.parseSs(bare)),
      "Where no header is printed, as with `ss -H`, the first line is a row like the others",
    ).toEqual(states);
    const none = "State Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n";
    expect(await module.parseSs(none), "A header is no row: a header alone gives an empty list").toEqual([]);
    expect(await module.parseSs(""), "An empty line is no row: no text gives an empty list").toEqual([]);
  },
);

test(
  "reads IPv6 addresses, which have colons of their own",
  {
    why: "A Node server listens on :: unless told otherwise: a reader that knows only IPv4 never sees it.",
    read: 'lesson "Six columns"; RFC 5952 §6',
  },
  async () => {
    for (const [printed, address, port, rule] of [
      [
        "[::1]:8080",
        "::1",
        8080,
        "the port is behind the last colon, and brackets are no part of the address",
      ],
      ["[::]:*", "::", 0, "a star for a port is 0, behind an IPv6 address too"],
      ["[::ffff:127.0.0.1]:8080", "::ffff:127.0.0.1", 8080, "the brackets go, the rest stays as printed"],
      ["*:8080", "*", 8080, "a star for an address stays a star"],
      ["[fe80::1]%eth0:22", "fe80::1%eth0", 22, "both brackets go, and the zone behind them stays"],
      ["127.0.0.53%lo:53", "127.0.0.53%lo", 53, "the zone is a part of the address, and stays as printed"],
    ] as const) {
      const [row] = await module.parseSs(`ESTAB 0 0 ${printed} [2001:db8::7]:50122\n`);
      expect(row?.local, `${printed}, this machine's end: ${rule}`).toEqual({ address, port });
      expect(
        row?.peer,
        "[2001:db8::7]:50122, the other end: the port is behind the last colon, brackets are no part of the address",
      ).toEqual({ address: "2001:db8::7", port: 50122 });
    }
  },
);

test(
  "counts the rows of each state",
  {
    why: "The first look at a sick machine is one number a state; two of them an hour apart tell what grows.",
    read: 'lesson "Your task"',
  },
  async () => {
    const row = (state: string) => ({ state, recvQ: 0, sendQ: 0, local: anyone, peer: anyone });
    const states = ["ESTAB", "TIME-WAIT", "ESTAB", "CLOSE-WAIT", "ESTAB"];
    step(`countStates(rows), with five rows in the states ${states.join(", ")}`);
    expect(
      await quietly(() => module.countStates(states.map(row))),
      "Each state that occurs, with the number of its rows; one that does not occur is not there, not even as 0",
    ).toEqual({
      ESTAB: 3,
      "TIME-WAIT": 1,
      "CLOSE-WAIT": 1,
    });
    expect(await module.countStates([]), "Where there are no rows, no state occurs").toEqual({});
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
    step("three clients are connected; one has not yet read the 100 bytes that came for it");
    clients[0]?.pause();
    stage.accepted[0]?.write(new Uint8Array(100));
    await stage.sees("client", ({ recvQ }) => recvQ === 100, 1);
    step("the table of the clients' machine:");
    expect(
      await diagnose(stage.seenFrom("client")),
      "Open connections are healthy, and a few bytes in a queue are bytes on their way: no finding",
    ).toEqual([]);
    step("the table of the server's machine:");
    expect(
      await diagnose(stage.seenFrom("server")),
      "A listener with an empty queue and three open connections are healthy: no finding",
    ).toEqual([]);
    expect(
      await diagnose(stage.seenFrom("server"), [stage.port]),
      "The port that should listen does: there is a LISTEN row, and its local port is that one",
    ).toEqual([]);
    for (const [row, rule] of [
      [
        rowsOf("LISTEN", 1, { recvQ: 511, sendQ: 511 }),
        "A queue is full when more wait than the backlog (Send-Q) says, not as many",
      ],
      [
        rowsOf("ESTAB", 1, { recvQ: 65_536, sendQ: 65_536 }),
        "Bytes in a queue are a finding above 65,536, not at it",
      ],
      [rowsOf("SYN-RECV", 1), "The lesson's table says nothing of SYN-RECV: no finding"],
    ] as const)
      expect(await module.diagnose(row.join("\n")), rule).toEqual([]);
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
    step("three clients send FIN, the server does not close its side; the table of the server's machine:");
    await stage.sees("server", ({ state }) => state === "CLOSE-WAIT", 3);
    expect(
      await diagnose(stage.seenFrom("server"), [stage.port]),
      "CLOSE-WAIT: the peer has sent FIN and the program here has not closed, so the side is `us`; one finding for all such rows",
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
    step("two clients send FIN, the server does not close its side; the table of the clients' machine:");
    await stage.sees("client", ({ state }) => state === "FIN-WAIT-2", 2);
    expect(
      await diagnose(stage.seenFrom("client")),
      "FIN-WAIT-2: our FIN is acknowledged and the peer's has not come: its program has not closed, so the side is `peer`",
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
    step(
      "a server hangs; its backlog is 1, and two connections wait for `accept`. the table of its machine:",
    );
    expect(
      await diagnose({ host: frozen.host, port: frozen.port, from: "server" }, [frozen.port]),
      "LISTEN: Recv-Q counts the connections that wait, Send-Q is the backlog; where more wait than that the queue is full",
    ).toEqual([finding("accept-queue-full", "us", 1)]);
    expect(
      await module.diagnose(rowsOf("LISTEN", 1, { recvQ: 512, sendQ: 511 }).join("\n")),
      "LISTEN with 512 in Recv-Q and 511 in Send-Q: one more waits than the backlog says, and the queue is full",
    ).toEqual([finding("accept-queue-full", "us", 1)]);
  },
);

test(
  "says of SYN-SENT that nobody answers, not that the process is down",
  {
    why: "Where a process is down its kernel refuses at once. Silence is another fault: a filter, a route, a dead host, a full queue.",
    read: 'lesson "No answer"; RFC 9293 §3.5.2',
  },
  async () => {
    await using frozen = await hanging;
    const { host, port } = frozen;
    using _late = lateClient(frozen);
    step("a server hangs behind a full accept queue, and a client's SYN is not answered");
    await awaitEvidence(
      () => sockets({ host, port, from: "client" }).some(({ state }) => state === "SYN-SENT"),
      "a SYN without an answer",
    );
    step("the table of the clients' machine:");
    expect(
      await diagnose({ host, port, from: "client" }),
      "SYN-SENT is silence: lost, filtered or dropped looks the same from here, so the side is `beyond`",
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
    step("a client writes 512 KiB, the server does not read; the table of the server's machine:");
    expect(
      await diagnose(stage.seenFrom("server")),
      "ESTAB with more than 65,536 in Recv-Q: the bytes are here and the program here does not read them, so the side is `us`",
    ).toEqual([finding("we-do-not-read", "us", 1)]);
    expect(
      await module.diagnose(rowsOf("ESTAB", 2, { recvQ: 65_537 }).join("\n")),
      "ESTAB with 65,537 in Recv-Q is above 65,536; one finding for all such rows",
    ).toEqual([finding("we-do-not-read", "us", 2)]);
    expect(
      await module.diagnose(rowsOf("CLOSE-WAIT", 1, { recvQ: 200_000 }).join("\n")),
      "The bytes of a queue are judged for ESTAB only: of a CLOSE-WAIT row the state is the one finding",
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
    step("a client writes 512 KiB, the server does not read; the table of the client's machine:");
    expect(
      await diagnose(stage.seenFrom("client")),
      "ESTAB with more than 65,536 in Send-Q: not acknowledged, be it the peer or the path, so the side is `beyond`",
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
    step(
      "a client writes 512 KiB to a server that does not read, and closes; the table of the client's machine:",
    );
    expect(
      await diagnose(stage.seenFrom("client")),
      "FIN-WAIT-1: we have closed, and our FIN is not acknowledged; of this row the state is the one finding, not the queue",
    ).toEqual([finding("fin-not-acknowledged", "beyond", 1)]);
    const others = [...rowsOf("LAST-ACK", 2, { sendQ: 1 }), ...rowsOf("CLOSING", 1, { sendQ: 1 })];
    expect(
      await module.diagnose(others.join("\n")),
      "In LAST-ACK and CLOSING our FIN is not acknowledged either: one finding for the rows of all three states",
    ).toEqual([finding("fin-not-acknowledged", "beyond", 3)]);
  },
);

test(
  "takes TIME-WAIT for what it is: no leak, but ports in use towards one peer",
  {
    why: "28,232 ports for one destination, 60 seconds each: above 470 new connections a second, connect begins to fail.",
    read: 'lesson "TIME-WAIT"; RFC 9293 §3.6.1',
  },
  async () => {
    await using stage = await Stage.listen({ answersFin: true });
    for (const client of await stage.connect(24)) client.end();
    await stage.sees("client", ({ state }) => state === "TIME-WAIT", 24);
    step("24 clients of one server have closed first; the table of the clients' machine:");
    expect(
      await diagnose(stage.seenFrom("client")),
      "24 in TIME-WAIT towards one address and port: nobody's fault and no leak, but 24 local ports in use",
    ).toEqual([finding("ports-in-time-wait", "nobody", 24)]);
    const apart = [...rowsOf("TIME-WAIT", 10), ...rowsOf("TIME-WAIT", 10, { peer: "192.0.2.9:5432" })];
    step("10 rows in TIME-WAIT towards 192.0.2.1:5432, and 10 towards 192.0.2.9:5432");
    expect(
      await module.diagnose(apart.join("\n")),
      "What counts is how many there are towards one peer, not how many there are: no peer has 20 here",
    ).toEqual([]);

    await using closer = await Stage.listen({ answersFin: true, closesFirst: true });
    await closer.connect(24);
    await closer.sees("server", ({ state }) => state === "TIME-WAIT", 24);
    step("a server has closed 24 connections first; the table of the server's machine:");
    expect(
      await diagnose(closer.seenFrom("server"), [closer.port]),
      "A peer is an address and a port: each of the 24 rows has a peer of its own, so nothing is used up",
    ).toEqual([]);
    const few = [...rowsOf("TIME-WAIT", 19), ...rowsOf("TIME-WAIT", 19, { peer: "192.0.2.1:6379" })];
    step("19 rows in TIME-WAIT towards 192.0.2.1:5432, and 19 towards 192.0.2.1:6379");
    expect(
      await module.diagnose(few.join("\n")),
      "19 towards one port of a host and 19 towards another one are not 20 towards either",
    ).toEqual([]);
    const some = [...rowsOf("TIME-WAIT", 20), ...rowsOf("TIME-WAIT", 3, { peer: "192.0.2.9:5432" })];
    step("20 rows in TIME-WAIT towards 192.0.2.1:5432, and 3 towards 192.0.2.9:5432");
    expect(
      await module.diagnose(some.join("\n")),
      "20 towards one peer are a finding; the 3 towards another one are not counted in its `rows`",
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
    await awaitEvidence(() => sockets(view).length === 0, "no row with the server's port");
    step("a server has ended; the table of its machine, and the port that should be listened on:");
    expect(
      await diagnose(view, [port]),
      "No LISTEN row has the port that should be listened on: a program here is missing, and no row says so",
    ).toEqual([finding("nobody-listens", "us", 0)]);
    await using other = await Stage.listen();
    await other.connect(1);
    step(
      "a client is connected to a server elsewhere; the table of the client's machine, and the server's port:",
    );
    expect(
      await diagnose(other.seenFrom("client"), [other.port]),
      "A connection to the port is no listener on it: only the local port of a LISTEN row counts",
    ).toEqual([finding("nobody-listens", "us", 0)]);
    const another = "LISTEN 0 511 0.0.0.0:8080 0.0.0.0:*\nESTAB 0 0 198.51.100.7:8443 192.0.2.1:50122\n";
    expect(
      await module.diagnose(another, [8080, 8443, 9090]),
      "8080 has its listener, 8443 only a connection, 9090 nothing: one finding, however many ports are missing",
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
    step("one machine: four clients of its server have closed, and it has not;");
    step("its own client has written 512 KiB to a server that does not read;");
    step("21 connections to a third server are over, closed here first. the table of that machine:");
    const text = look(leaky.seenFrom("server"), upstream.seenFrom("client"), polite.seenFrom("client"));
    const found = (await module.diagnose(text, [leaky.port])).toSorted((a, b) =>
      a.cause.localeCompare(b.cause),
    );
    expect(
      found,
      "A finding for each cause that the table shows, with as many `rows` as say so (sorted here: the order is yours)",
    ).toEqual([
      finding("not-acknowledged", "beyond", 1),
      finding("ports-in-time-wait", "nobody", 21),
      finding("we-do-not-close", "us", 4),
    ]);
    const both = await module.diagnose(rowsOf("ESTAB", 1, { recvQ: 70_000, sendQ: 70_000 }).join("\n"));
    expect(
      both.map(({ cause }) => cause).toSorted(),
      "A connection with both queues above 65,536 says two things",
    ).toEqual(["not-acknowledged", "we-do-not-read"]);
  },
);

function finding(cause: Cause, side: Side, rows: number): Finding {
  return { cause, side, rows };
}

async function diagnose(view: View, ...listening: [number[]?]): Promise<Finding[]> {
  return await module.diagnose(look(view), ...listening);
}
