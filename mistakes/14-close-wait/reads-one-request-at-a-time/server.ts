// Mistake: believes that nothing of interest comes while a request is answered
// Caught by: ends a watch when its client sends FIN
// Tell: Reading stops until the request has been answered, and a watch is answered when the FIN comes: which
//   is not read. Whatever waits for the client has to go on reading from it.

import { EventEmitter, once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

/** A line may have so many characters, its line feed not counted. */
export const MAX_LINE = 1024;

/** A report may have so many rows. */
export const MAX_ROWS = 10_000;

export interface PriceServer {
  /** On 127.0.0.1. */
  port: number;
  /** Sets an item's price, in cents, and tells whoever watches it. */
  setPrice(item: string, cents: number): void;
  /** How many watches go on. */
  watchers(): number;
  /** Accepts nobody any more; resolves when the last connection is gone. */
  close(): Promise<void>;
}

/**
 * How many sockets of the service on `port` wait in CLOSE-WAIT: the number that the alarm watches.
 *
 * @param ssOutput what `ss -tan` printed: `State Recv-Q Send-Q Local-Address:Port Peer-Address:Port`, a socket a line,
 *   with a line of headings above them or without
 */
export function countCloseWait(ssOutput: string, port: number): number {
  const rows = ssOutput.split("\n").map((line) => line.trim().split(/\s+/));
  // The colon is part of it: 17070 ends with 7070 too. An IPv6 address has its own in brackets, in front.
  return rows.filter(([state, , , local]) => state === "CLOSE-WAIT" && local?.endsWith(`:${port}`)).length;
}

/** Starts the price service on a free port. */
export async function startServer(): Promise<PriceServer> {
  const desk: Desk = {
    prices: new Map([
      ["coffee", 420],
      ["tea", 340],
    ]),
    changes: new EventEmitter().setMaxListeners(0),
  };
  // Half-open, for those who do `echo 'report 5000' | nc -N …`: otherwise Node answers their FIN with ours, and the
  // report is cut. The price of it: nobody closes our side but us.
  const server = createServer({ allowHalfOpen: true }, (socket) => serve(socket, desk));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    setPrice(item, cents) {
      desk.prices.set(item, cents);
      desk.changes.emit("price", item, cents);
    },
    watchers: () => desk.changes.listenerCount("price"),
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
      }),
  };
}

interface Desk {
  prices: Map<string, number>;
  /** Emits "price" with an item and its new price. */
  changes: EventEmitter;
}

interface Client {
  socket: Socket;
  /** Aborted when nothing more will come from it: by its FIN, or because the connection is gone. */
  finished: AbortSignal;
}

/** Answers a client's requests, a line each, one after another. */
function serve(socket: Socket, desk: Desk): void {
  const finish = new AbortController();
  const client: Client = { socket, finished: finish.signal };
  let unfinished = "";
  let isRefused = false;
  let answered = Promise.resolve();
  socket.setEncoding("utf8");
  // A client that resets is the client's affair: Node closes our socket.
  socket.on("error", () => {});
  socket.on("close", () => finish.abort());
  socket.on("end", () => {
    finish.abort();
    // Its FIN says "no more requests". Ours says "no more replies", and the last one may still be on its way.
    void answered.then(() => socket.end());
  });
  socket.on("data", (text: string) => {
    if (isRefused) return;
    const lines = (unfinished + text).split("\n");
    const tooLong = lines.findIndex((line) => line.length > MAX_LINE);
    unfinished = lines.pop() ?? "";
    if (lines.length > 0) socket.pause();
    for (const line of tooLong === -1 ? lines : lines.slice(0, tooLong)) {
      answered = answered
        .then(() => answer(line, client, desk))
        .catch((error: Error) => void socket.write(`error: ${error.message}\n`));
    }
    if (lines.length > 0) void answered.then(() => socket.resume());
    if (tooLong !== -1) {
      isRefused = true;
      // Nothing that comes later is answered, so a watch need not wait for the FIN.
      finish.abort();
      unfinished = "";
      answered = answered.then(() => void socket.end("error: line too long\n"));
    }
  });
}

async function answer(line: string, client: Client, desk: Desk): Promise<void> {
  const [command, argument = ""] = line.split(" ");
  if (command === "price") client.socket.write(`${argument} ${priceOf(argument, desk)}\n`);
  else if (command === "report") await report(Number(argument), client.socket);
  else if (command === "watch") await watch(argument, client, desk);
  else throw new Error("unknown command");
}

function priceOf(item: string, { prices }: Desk): number {
  const cents = prices.get(item);
  if (cents === undefined) throw new Error("unknown item");
  return cents;
}

/** So many rows of 1 KiB, at the pace of whoever reads them. */
async function report(rows: number, socket: Socket): Promise<void> {
  if (!(rows <= MAX_ROWS)) throw new Error(`at most ${MAX_ROWS} rows`);
  for (let row = 1; row <= rows; row += 100) {
    const count = Math.min(100, rows - row + 1);
    const block = Array.from({ length: count }, (_, index) => `${`row ${row + index}`.padEnd(1023)}\n`).join(
      "",
    );
    if (!socket.write(block)) await once(socket, "drain");
  }
  socket.write("end of report\n");
}

/** The price now, and each new one, until the client has had enough. */
async function watch(item: string, { socket, finished }: Client, desk: Desk): Promise<void> {
  const tell = (changed: string, cents: number): void => {
    if (changed === item) socket.write(`${item} ${cents}\n`);
  };
  tell(item, priceOf(item, desk));
  // An event that has passed does not come again, so ask first whether it has.
  if (finished.aborted) return;
  desk.changes.on("price", tell);
  await once(finished, "abort");
  desk.changes.off("price", tell);
}
