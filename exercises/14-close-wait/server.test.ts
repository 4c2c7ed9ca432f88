import { ScriptedPeer } from "@tcpip-workshop/faults/tcp";
import { answer, eventually, expect, Random, seed, step, test, timeline } from "@tcpip-workshop/grader/suite";

/** What the service answers to `report 6000`: 6 MiB, more than the kernel's buffers hold. */
const longReport = reportOf(6000);

const service = answer<typeof import("./server.ts")>("./server.ts");

test(
  "counts the service's own sockets in CLOSE-WAIT, and nothing else",
  {
    why: "An alarm that counts TIME-WAIT wakes you after every busy hour, and is muted in the night when it is right.",
    read: 'lesson "Count first"; ss(8)',
  },
  async () => {
    const rows: [row: string, count: number, rule: string][] = [
      ["CLOSE-WAIT 1 0 127.0.0.1:7070 127.0.0.1:51522", 1, "This is the service's own socket in CLOSE-WAIT"],
      ["LISTEN 0 511 127.0.0.1:7070 0.0.0.0:*", 0, "LISTEN is the service at work: it is no CLOSE-WAIT"],
      ["ESTAB 0 0 127.0.0.1:7070 127.0.0.1:51530", 0, "ESTAB is a connection in use: it is no CLOSE-WAIT"],
      ["TIME-WAIT 0 0 127.0.0.1:7070 127.0.0.1:51531", 0, "TIME-WAIT goes by itself: it is no CLOSE-WAIT"],
      ["FIN-WAIT-2 0 0 127.0.0.1:51522 127.0.0.1:7070", 0, "This is the client's end: it is no CLOSE-WAIT"],
      [
        "CLOSE-WAIT 1 0 10.0.0.5:51540 10.0.0.9:7070",
        0,
        "7070 is the peer's port: this socket is a client's",
      ],
      ["CLOSE-WAIT 1 0 127.0.0.1:17070 127.0.0.1:51541", 0, "17070 is another service's port"],
      [
        "CLOSE-WAIT 1 0 127.0.0.1:7070 127.0.0.1:17070",
        1,
        "It is the service's own, whatever the peer's port",
      ],
      ["CLOSE-WAIT 1 0 [::ffff:10.0.0.5]:7070 [::ffff:10.0.0.9]:51542", 1, "An IPv6 address has colons too"],
    ];
    for (const [row, count, rule] of rows) expect(await service.countCloseWait(row, 7070), rule).toBe(count);
    const heading = "State      Recv-Q Send-Q Local Address:Port   Peer Address:Port Process";
    const padded = rows.map(([row]) => row.replaceAll(" ", "      ")).join("\n");
    const all = await service.countCloseWait(`${heading}\n${padded}\n`, 7070);
    expect(all, "The whole table has three of them, and `ss` pads its columns with spaces").toBe(3);
    expect(await service.countCloseWait(`${heading}\n`, 7070), "A table without sockets has none").toBe(0);
  },
);

test(
  "closes its side when a client that has had its reply sends FIN",
  {
    why: "Each such client leaves a file descriptor behind, until there are no more: EMFILE, and nobody gets in.",
    read: 'lesson "Whose FIN is missing?"; RFC 9293 §3.6',
  },
  async () => {
    const { port } = await start();
    step("a client asks for the price of tea, and gets it");
    await using client = await connect(port, "price tea\n");
    await receives(client, "tea 340\n");
    await sendsFin(client);
    await isClosed(port, client, "tea 340\n");
  },
);

test(
  "closes when the FIN comes without a request, or in the middle of one",
  {
    why: "A load balancer's health check connects and closes, every few seconds, day and night: that alone is a leak.",
    read: 'lesson "Whose FIN is missing?"',
  },
  async () => {
    const { port } = await start();
    for (const bytes of ["", "price te", "price tea\nprice cof"]) {
      step(`a client connects and sends ${bytes === "" ? "nothing" : JSON.stringify(bytes)}`);
      await using client = await connect(port, bytes);
      await sendsFin(client);
      await isClosed(port, client, bytes.includes("\n") ? "tea 340\n" : "");
    }
  },
);

test(
  "leaves a client alone that is silent and has not sent FIN",
  {
    why: "A pooled connection is silent most of its life. Kill it, and the next request on it fails with ECONNRESET.",
    read: 'lesson "What is not a leak"',
  },
  async () => {
    const { port } = await start();
    step("a first client asks for the price of tea, gets it, and is silent");
    await using silent = await connect(port, "price tea\n");
    await receives(silent, "tea 340\n");
    // Who ends connections by the clock ends the older one first: so the second one tells when to look.
    await comesAndGoes(port);
    const isKept = states(port).join() === "ESTAB";
    const stays = "The first client has not sent FIN, so its connection must stay";
    expect(isKept ? "ESTAB" : "closed by the server", stays).toBe("ESTAB");
    step("the first client asks for the price of coffee");
    silent.send("price coffee\n");
    await receives(silent, "tea 340\ncoffee 420\n");
    await sendsFin(silent);
    await isClosed(port, silent, "tea 340\ncoffee 420\n");
  },
);

test(
  "closes after a request that failed as after any other",
  {
    why: "The way out through an error is the one that nobody tries by hand: the first wrong client finds the leak in it.",
    read: 'lesson "One way out"',
  },
  async () => {
    const { port } = await start();
    for (const [requests, replies] of [
      ["price gold\n", "error: unknown item\n"],
      ["PRICE tea\n", "error: unknown command\n"],
      ["report 10001\n", "error: at most 10000 rows\n"],
      ["watch gold\nprice tea\n", "error: unknown item\ntea 340\n"],
    ] as const) {
      step(`a client sends ${JSON.stringify(requests)}`);
      await using client = await connect(port, requests);
      await sendsFin(client);
      await isClosed(port, client, replies);
    }
  },
);

test(
  "gives a client that half-closes its whole report, however slowly it reads",
  {
    why: "A report that is cut looks like a short report. It is what the half-open sockets were to mend.",
    read: 'lesson "What is not a leak"; RFC 9293 §3.6, on half-closed connections',
  },
  async () => {
    const { port } = await start();
    step('a first client sends "report 6000\\n", and does not read for now');
    await using slow = await connect(port, "report 6000\n", "slow");
    await sendsFin(slow);
    await comesAndGoes(port);
    await isUnderWay(port, "CLOSE-WAIT");
    step("the first client reads");
    slow.resume();
    await isClosed(port, slow, longReport, longPatience);
  },
);

test(
  "ends a watch when its client sends FIN",
  {
    why: "Who waits for an event waits for ever when it does not come: the price of tea may not change until Monday.",
    read: 'lesson "Waiting for each other"',
  },
  async () => {
    const { port, setPrice } = await start();
    step('a client sends "watch tea\\n"');
    await using client = await connect(port, "watch tea\n");
    await receives(client, "tea 340\n");
    await setPrice("coffee", 430);
    await setPrice("tea", 350);
    await receives(client, "tea 340\ntea 350\n");
    step('the client sends "price coffee\\n"');
    client.send("price coffee\n");
    await sendsFin(client);
    await isClosed(port, client, "tea 340\ntea 350\ncoffee 430\n");
  },
);

test(
  "ends a watch whose client sent FIN before it began",
  {
    why: "Scripts send all they have, and FIN, at once. An event that has passed does not come a second time.",
    read: 'lesson "Waiting for each other"',
  },
  async () => {
    const { port } = await start();
    step('a first client sends "report 6000\\nwatch tea\\nprice coffee\\n", and does not read for now');
    await using client = await connect(port, "report 6000\nwatch tea\nprice coffee\n", "slow");
    await sendsFin(client);
    // By then the server has read the FIN.
    await comesAndGoes(port);
    await isUnderWay(port, "CLOSE-WAIT");
    step("the first client reads");
    client.resume();
    await isClosed(port, client, `${longReport}tea 340\ncoffee 420\n`, longPatience);
  },
);

test(
  "refuses a line that is too long, and reads on until the FIN",
  {
    why: "A FIN stands behind the bytes in front of it. Who stops reading never sees it, and `ss` shows no CLOSE-WAIT at all.",
    read: 'lesson "A FIN behind unread bytes"; RFC 9112 §9.6, on what a reset does to a reply',
  },
  async () => {
    const { port } = await start();
    step('a client sends "price tea\\n", and 2,000 characters without a line feed');
    await using early = await connect(port, `price tea\n${"x".repeat(2000)}`);
    await receives(early, "tea 340\nerror: line too long\n");
    await sendsFin(early);
    await isClosed(port, early, "tea 340\nerror: line too long\n");
    step('a client sends "price tea\\n", 8 MiB without a line feed, and "\\nprice coffee\\n"');
    const requests = `price tea\n${"x".repeat(8 * 1024 * 1024)}\nprice coffee\n`;
    await using client = await connect(port, requests);
    await sendsFin(client);
    const rule =
      "The client must get rid of all that it sends, its FIN last, even where nothing of it is answered";
    await eventually(() => client.sentBytes === requests.length, rule, {
      ...longPatience,
      expected: "a socket that is read until the FIN",
      received: () => states(port).join() || "no socket: it was closed with bytes unread",
    });
    await isClosed(port, client, "tea 340\nerror: line too long\n");
  },
);

test(
  "outlives clients that reset, and closes for those that come after them",
  {
    why: "Phones lose their network and come back with a reset. One of them must not end the service for all others.",
    read: 'lesson "What is not a leak"; RFC 9293 §3.5.3',
  },
  async () => {
    const { port, setPrice } = await start();
    for (const request of ["price te", "watch tea\n", "report 6000\n"]) {
      step(`a client sends ${JSON.stringify(request)}, does not read, and sends RST`);
      await using client = await connect(port, request, "slow");
      if (request.startsWith("report")) await isUnderWay(port, "ESTAB");
      else await eventually(() => table(port).length > 0, "The server must accept", showing(port, "ESTAB"));
      client.reset();
      await eventually(
        () => table(port).length === 0,
        "After a reset there is nothing to close",
        showing(port),
      );
      // Whoever watched is told, and is not there any more.
      await setPrice("tea", 350);
    }
    await comesAndGoes(port);
  },
);

test(
  "keeps no socket of fifty clients, and stops when the last has gone",
  {
    why: "A service that cannot close its last connection does not stop either: each deploy ends with SIGKILL.",
    read: 'lesson "What the tests send"; Node\'s net, server.close()',
  },
  async () => {
    const { port, close } = await start();
    const kinds: [requests: string, replies: string][] = [
      ["", ""],
      ["price tea\nprice coffee\nprice", "tea 340\ncoffee 420\n"],
      ["price gold\n", "error: unknown item\n"],
      ["watch coffee\n", "coffee 420\n"],
      ["report 10\nwatch tea\n", `${reportOf(10)}tea 340\n`],
      ["x".repeat(2000), "error: line too long\n"],
    ];
    step("fifty clients, of every kind so far, send their requests and FIN at once");
    const random = new Random(seed());
    await using open = new AsyncDisposableStack();
    const clients = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const [requests, replies] = kinds[random.integer(0, kinds.length - 1)] ?? ["", ""];
        const client = open.use(await ScriptedPeer.connect(port));
        client.send(requests);
        client.end();
        return { client, replies };
      }),
    );
    const all = "All fifty clients have sent FIN, so the server must close its side of every connection";
    await eventually(() => clients.every(({ client }) => client.ended), all, longPatience);
    const right = clients.filter(({ client, replies }) => client.ended === "FIN" && text(client) === replies);
    expect(right.length, "Each client must get the replies to its own requests, and a FIN").toBe(50);
    await close();
    expect(service.process.sockets({ port }).length, "A server that has stopped has no socket left").toBe(0);
  },
);

/** Milliseconds for what takes a right answer a few, and for megabytes on a machine that has much else to do. */
const [patience, longPatience] = [{ within: 1500 }, { within: 4000 }];

interface Started {
  port: number;
  setPrice: (item: string, cents: number) => Promise<void>;
  close: () => Promise<void>;
}

async function start(): Promise<Started> {
  // Data with functions: the data has crossed, the functions are handles.
  return (await service.startServer()) as unknown as Started;
}

async function connect(port: number, bytes: string, pace?: "slow"): Promise<ScriptedPeer> {
  const client = await ScriptedPeer.connect(port);
  timeline(client);
  if (pace) client.pause();
  if (bytes !== "") client.send(bytes);
  return client;
}

async function sendsFin(client: ScriptedPeer): Promise<void> {
  step("it sends FIN, and goes on listening");
  client.end();
}

/** The client gets this, and nothing else yet. */
async function receives(client: ScriptedPeer, due: string): Promise<void> {
  const rule = "The client has sent no FIN, so it must get the reply to what it has asked";
  const received = () => text(client);
  await eventually(() => received() === due || client.ended, rule, { ...patience, expected: due, received });
  expect(received(), rule).toBe(due);
}

/** The client has sent FIN: it gets all its replies and our FIN, and the kernel shows no socket for it any more. */
async function isClosed(port: number, client: ScriptedPeer, replies: string, time = patience): Promise<void> {
  const rule = "The client has sent FIN, so the server must send its replies, and then FIN too";
  await eventually(() => client.ended, rule, { ...showing(port), ...time });
  expect(client.ended, "The client's replies must be followed by a FIN, and not by a reset").toBe("FIN");
  const whole = "A client that has sent FIN must still get all its replies, whole, and nothing else";
  const received = text(client);
  if (received !== replies) expect(brief(received), whole).toBe(brief(replies));
  const gone = "Both sides have sent FIN, so no socket of this connection may be left";
  await eventually(() => table(port).length === 0, gone, showing(port));
}

/** Another client half-closes, is answered, and is gone. */
async function comesAndGoes(port: number): Promise<void> {
  step('another client sends "price coffee\\n"');
  await using other = await connect(port, "price coffee\n");
  await sendsFin(other);
  const rule = "The other client has sent FIN, so the server must close its side of that connection";
  await eventually(
    () => other.ended && !table(port).some(({ remote }) => remote.port === other.localPort),
    rule,
    showing(port),
  );
  expect(text(other), "The other client must get its reply").toBe("coffee 420\n");
}

/** The client does not read, and the report waits for it. */
async function isUnderWay(port: number, state: string): Promise<void> {
  const rule = "The client has not read its report yet, so the rest of it must wait in Send-Q";
  const waits = () => states(port).includes(`${state}, with bytes in Send-Q`);
  await eventually(waits, rule, { ...showing(port, `${state}, with bytes in Send-Q`), ...longPatience });
}

/** For a failure: the service's connections, as the kernel shows them. */
function showing(port: number, expected = "no connection") {
  return { ...patience, expected, received: () => states(port).join() || "no connection" };
}

function table(port: number) {
  return service.process.sockets({ port }).filter(({ state }) => state !== "LISTEN");
}

function states(port: number): string[] {
  return table(port).map(({ state, recvQ, sendQ }) => {
    const queues = [
      recvQ > 1 ? ", with unread bytes in Recv-Q" : "",
      sendQ > 1 ? ", with bytes in Send-Q" : "",
    ];
    return (state === "ESTABLISHED" ? "ESTAB" : state) + queues.join("");
  });
}

function text(client: ScriptedPeer): string {
  return Buffer.from(client.bytes).toString("latin1");
}

/** What the service answers to `report`: rows of 1 KiB. */
function reportOf(rows: number): string {
  const lines = Array.from({ length: rows }, (_, index) => `row ${index + 1}`.padEnd(1023));
  return [...lines, "end of report\n"].join("\n");
}

/** Rows of a report as their count: nobody reads 6 MiB. */
function brief(replies: string): string {
  return replies.replaceAll(/(?:row [^\n]*\n?)+/g, (rows) => {
    const count = rows.length / 1024;
    const known = reportOf(Math.ceil(count)).startsWith(rows);
    return known ? `(${count === 6000 ? count : `≈${Math.floor(count)}`} rows) ` : "(other rows) ";
  });
}
