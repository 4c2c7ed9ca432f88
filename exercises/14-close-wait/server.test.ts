import { ScriptedPeer } from "@tcpip-workshop/faults/tcp";
import {
  answer,
  eventually,
  expect,
  field,
  quietly,
  Random,
  seed,
  step,
  test,
  timeline,
} from "@tcpip-workshop/grader/suite";

const service = answer<typeof import("./server.ts")>("./server.ts");

test(
  "counts the service's own sockets in CLOSE-WAIT, and nothing else",
  {
    why: "An alarm that counts TIME-WAIT wakes you after every busy hour, and is muted in the night when it is right.",
    read: 'lesson "Count first"; ss(8)',
  },
  async () => {
    const rows: [row: string, count: number, rule: string][] = [
      ["CLOSE-WAIT 0 0 127.0.0.1:7070 127.0.0.1:51522", 1, "This is the service's own socket in CLOSE-WAIT"],
      ["LISTEN 0 511 127.0.0.1:7070 0.0.0.0:*", 0, "LISTEN is the service at work: it is no CLOSE-WAIT"],
      ["ESTAB 0 0 127.0.0.1:7070 127.0.0.1:51530", 0, "ESTAB is a connection in use: it is no CLOSE-WAIT"],
      ["TIME-WAIT 0 0 127.0.0.1:7070 127.0.0.1:51531", 0, "TIME-WAIT goes by itself: it is no CLOSE-WAIT"],
      ["FIN-WAIT-2 0 0 127.0.0.1:51522 127.0.0.1:7070", 0, "This is the client's end: it is no CLOSE-WAIT"],
      [
        "CLOSE-WAIT 1 0 10.0.0.5:51540 10.0.0.9:7070",
        0,
        "7070 is the peer's port: this socket is a client's",
      ],
      ["CLOSE-WAIT 0 0 127.0.0.1:17070 127.0.0.1:51541", 0, "17070 is another service's port"],
      [
        "CLOSE-WAIT 0 0 127.0.0.1:7070 127.0.0.1:17070",
        1,
        "It is the service's own, whatever the peer's port",
      ],
      ["CLOSE-WAIT 1 65 [::ffff:10.0.0.5]:7070 [::ffff:10.0.0.9]:51542", 1, "An IPv6 address has colons too"],
    ];
    for (const [row, count, rule] of rows) expect(await service.countCloseWait(row, 7070), rule).toBe(count);
    const heading = "State      Recv-Q Send-Q Local Address:Port   Peer Address:Port Process";
    const padded = rows.map(([row]) => row.replaceAll(" ", "      ")).join("   \n");
    const all = await service.countCloseWait(`${heading}\n${padded}\n`, 7070);
    expect(
      all,
      "Of these nine rows under their headings three are the service's own in CLOSE-WAIT; `ss` pads its columns with spaces, the last one too",
    ).toBe(3);
    expect(await service.countCloseWait(`${heading}\n`, 7070), "A table without sockets has none").toBe(0);
  },
);

test(
  "closes its side when a client that has had its reply sends FIN",
  {
    why: "Each such client leaves a file descriptor behind, until there are no more, and nobody gets in.",
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
      await using client = await connect(port, bytes, shown(bytes));
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
    await using silent = await connect(port, "price tea\n", "the first client");
    await receives(silent, "tea 340\n");
    // Who ends connections by the clock ends the older one first: so the second one tells when to look.
    await comesAndGoes(port);
    const stays = "A client that has sent no FIN keeps its connection, however silent it is";
    // Whether that FIN is acknowledged yet is the kernel's affair.
    const isLeft = /^FIN-WAIT-[12]$/.test(seen(port));
    expect(isLeft ? "FIN-WAIT: the service has sent FIN" : seen(port), stays).toBe("ESTAB");
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
      await using client = await connect(port, requests, shown(requests));
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
    await using slow = await connect(port, "report 6000\n", "the first client", "slow");
    await sendsFin(slow);
    await comesAndGoes(port, longPatience);
    await isUnderWay(port, "CLOSE-WAIT");
    step("the first client reads");
    slow.resume();
    await isClosed(port, slow, reportOf(6000), longPatience);
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
    const { port, watchers } = await start();
    step('a first client sends "report 6000\\nwatch tea\\nprice coffee\\n", and does not read for now');
    await using client = await connect(
      port,
      "report 6000\nwatch tea\nprice coffee\n",
      "the first client",
      "slow",
    );
    await sendsFin(client);
    // By then the server has read the FIN.
    await comesAndGoes(port, longPatience);
    await isUnderWay(port, "CLOSE-WAIT");
    step("the first client reads");
    client.resume();
    await isClosed(port, client, `${reportOf(6000)}tea 340\ncoffee 420\n`, longPatience);
    expect(
      await watchers(),
      "The connection is over, so nothing may listen for its client any more: `watchers()` has to be 0",
    ).toBe(0);
  },
);

test(
  "refuses a line that is too long, and reads on until the FIN",
  {
    why: "Who stops reading never sees the FIN behind the bytes. Who closes with bytes unread sends RST, and the client loses the error.",
    read: 'lesson "A FIN behind unread bytes"; RFC 9112 §9.6, on what a reset does to a reply',
  },
  async () => {
    const { port } = await start();
    const replies = "tea 340\nerror: line too long\n";
    step('a client sends "price tea\\n", and 2,000 characters without a line feed');
    await using early = await connect(port, `price tea\n${tooLong}`, "the first client");
    await receives(
      early,
      replies,
      "The error is a reply like any other: it comes behind those in front of it, and does not wait for the client's FIN",
    );
    await sendsFin(early);
    await isClosed(port, early, replies);
    step('a client sends "price tea\\n", 8 MiB without a line feed, and "\\nprice coffee\\n"');
    const requests = `price tea\n${"x".repeat(8 * 1024 * 1024)}\nprice coffee\n`;
    await using client = await connect(port, requests, "the second client");
    await sendsFin(client);
    const rule =
      "Who refuses must read on, and throw away, until the client's FIN: this client can't get rid of its 8 MiB";
    const shows = {
      ...longPatience,
      expected: "all that the client sends is read, its FIN too",
      received: () => (client.ended === "RST" ? "RST: the socket was closed with bytes unread" : seen(port)),
    };
    await eventually(() => client.sentBytes === requests.length || client.ended === "RST", rule, shows);
    if (client.sentBytes < requests.length) expect(shows.received(), rule).toBe(shows.expected);
    await isClosed(port, client, replies);
    for (const [prose, bytes] of [
      [
        '"price tea\\n", a line of 2,000 characters, and "price coffee\\n"',
        `price tea\n${tooLong}\nprice coffee\n`,
      ],
      ['"watch tea\\n", and 2,000 characters without a line feed', `watch tea\n${tooLong}`],
    ] as const) {
      step(`a client sends ${prose}`);
      await using told = await connect(port, bytes, "a client behind them");
      await receives(
        told,
        replies,
        "Each line of more than MAX_LINE characters gets its error, behind the replies to what came before it, and nothing later is answered",
      );
      const rule =
        "The error is the last reply, so FIN follows it at once: this client sends its own only when it has seen that";
      await eventually(() => told.ended, rule, showing(port, "FIN-WAIT-2"));
      await sendsFin(told);
      await isClosed(port, told, replies);
    }
  },
);

test(
  "outlives clients that reset, and closes for those that come after them",
  {
    why: "Phones lose their network and come back with a reset. One of them must not end the service for all others.",
    read: 'lesson "What is not a leak"; RFC 9293 §3.5.3',
  },
  async () => {
    const { port, setPrice, watchers } = await start();
    for (const [request, pace] of [["price te"], ["watch tea\n"], ["report 6000\n", "slow"]] as const) {
      step(`a client sends ${JSON.stringify(request)}, ${pace ? "does not read, " : ""}and then sends RST`);
      await using client = await connect(port, request, shown(request), pace);
      if (pace) await isUnderWay(port, "ESTAB");
      else if (request.startsWith("watch")) await receives(client, "tea 340\n");
      else await eventually(() => table(port).length > 0, "The server must accept", showing(port, "ESTAB"));
      client.reset();
      await eventually(
        () => table(port).length === 0,
        "RST ends both directions at once: no socket of that connection may be left",
        showing(port),
      );
      // Whoever watched is told, and is not there any more.
      await setPrice("tea", 340);
      expect(
        await watchers(),
        "After a reset no watch may go on, nobody is there to be told: `watchers()` has to be 0",
      ).toBe(0);
    }
    await comesAndGoes(port, longPatience);
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
      [tooLong, "error: line too long\n"],
      // More than Node takes in from a socket that is paused.
      [tooLong.repeat(100), "error: line too long\n"],
    ];
    step(
      "fifty clients at once send nothing, half a line, price, report, watch, or a line that is too long, and FIN",
    );
    const random = new Random(seed());
    await using stack = new AsyncDisposableStack();
    const clients = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const [requests, replies] = kinds[random.integer(0, kinds.length - 1)] ?? ["", ""];
        const client = stack.use(await ScriptedPeer.connect(port));
        client.send(requests);
        client.end();
        return { client, requests, replies };
      }),
    );
    const all = "All fifty clients have sent FIN, so the service must send its own to each of them";
    const open = () => clients.filter(({ client }) => !client.ended);
    const shows = {
      ...longPatience,
      expected: "no connection",
      received: () =>
        `${open().length} without a FIN, the first one when it had got ${got(open()[0]?.client)}`,
    };
    await eventually(() => open().length === 0, all, shows);
    for (const { client, requests, replies } of clients)
      if (client.ended !== "FIN" || text(client) !== replies)
        expect(
          `${got(client)}, then ${client.ended}`,
          `Each client must get the replies to its own requests, then FIN; this one has sent ${short(requests)}`,
        ).toBe(`${short(brief(replies))}, then FIN`);
    await close();
    expect(
      service.process.sockets({ port }).length,
      "`close()` has resolved, so the service has no socket left",
    ).toBe(0);
  },
);

const tooLong = "x".repeat(2000);

/** Milliseconds, for what takes a right answer a few and for megabytes. What anyone waits for a CPU does not count. */
const [patience, longPatience] = [{ within: 500 }, { within: 1200 }];

interface Started {
  port: number;
  setPrice: (item: string, cents: number) => Promise<void>;
  watchers: () => Promise<number>;
  close: () => Promise<void>;
}

async function start(): Promise<Started> {
  step("startServer()");
  const server = await quietly(() => service.startServer());
  return {
    port: await field(server.port),
    setPrice: (item, cents) => server.setPrice(item, cents),
    watchers: () => server.watchers(),
    close: () => server.close(),
  };
}

async function connect(port: number, bytes: string, name?: string, pace?: "slow"): Promise<ScriptedPeer> {
  const client = await ScriptedPeer.connect(port);
  timeline(...(name === undefined ? [client] : [name, client]));
  if (pace) client.pause();
  if (bytes !== "") client.send(bytes);
  return client;
}

async function sendsFin(client: ScriptedPeer): Promise<void> {
  step("it sends FIN: no more requests, and it waits for its replies");
  client.end();
}

/** The client gets this, and nothing else yet. */
async function receives(
  client: ScriptedPeer,
  due: string,
  rule = "The client has sent no FIN, so it must get the reply to what it has asked",
): Promise<void> {
  const received = () => text(client);
  await eventually(() => received() === due || client.ended, rule, { ...patience, expected: due, received });
  expect(received(), rule).toBe(due);
}

/** The client has sent FIN: it gets all its replies and our FIN, and the kernel shows no socket for it any more. */
async function isClosed(port: number, client: ScriptedPeer, replies: string, time = patience): Promise<void> {
  const rule =
    "The client has sent FIN, and the service has not: it must, when it has read that FIN and written its last reply";
  const shows = {
    expected: [brief(replies) || "no reply", "then FIN"],
    received: () => [brief(text(client)) || "no reply", "no FIN", `the socket: ${seen(port)}`],
  };
  await eventually(() => client.ended, rule, { ...shows, ...time });
  const notReset = "The replies are followed by FIN, not by RST: that throws away what is still on its way";
  expect(client.ended, notReset).toBe("FIN");
  const whole = "Who has sent FIN still reads: all replies that are due must come, whole, and nothing else";
  const received = text(client);
  if (received !== replies) expect(brief(received), whole).toBe(brief(replies));
  const gone = "Both sides have sent FIN, so the service may have no socket of this connection any more";
  await eventually(() => table(port).length === 0, gone, showing(port));
}

/** Another client half-closes, is answered, and is gone. */
async function comesAndGoes(port: number, time = patience): Promise<void> {
  step('another client sends "price coffee\\n"');
  await using other = await connect(port, "price coffee\n", "the other client");
  await sendsFin(other);
  const rule = "The other client has its reply and has sent FIN, so the service must close that connection";
  await eventually(
    () => other.ended && !table(port).some(({ remote }) => remote.port === other.localPort),
    rule,
    { ...showing(port), ...time },
  );
  expect(text(other), "The other client must get its reply").toBe("coffee 420\n");
}

/** The client does not read, and the report waits for it. */
async function isUnderWay(port: number, state: string): Promise<void> {
  const rule =
    "The client has not read its report yet: the rest must wait in Send-Q until it does, and the socket stays as long";
  const waiting = `${state}, with bytes in Send-Q`;
  const looks = () => seen(port);
  // A connection that is gone does not come back.
  const isSettled = () => looks() === waiting || (state === "CLOSE-WAIT" && table(port).length === 0);
  await eventually(isSettled, rule, { ...showing(port, waiting), ...longPatience });
  if (state === "CLOSE-WAIT") expect(looks(), rule).toBe(waiting);
}

/** For a failure: the service's connections, as the kernel shows them. */
function showing(port: number, expected = "no connection") {
  return { ...patience, expected, received: () => seen(port) };
}

/** The sockets of the service's connections in words. */
function seen(port: number): string {
  return states(port).join("; ") || "no connection: the service has closed it";
}

/** What a client has received, in words. */
function got(client: ScriptedPeer | undefined): string {
  return client === undefined || client.receivedBytes === 0 ? "nothing" : short(brief(text(client)));
}

function short(bytes: string): string {
  const shown = JSON.stringify(bytes);
  return shown.length > 60 ? `${shown.slice(0, 30)}… (${bytes.length} characters)` : shown;
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

/** A client's name by what it sends. */
function shown(bytes: string): string {
  return `the client that sends ${bytes === "" ? "nothing" : JSON.stringify(bytes)}`;
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
