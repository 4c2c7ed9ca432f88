import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { readSockets } from "../sockets/read-sockets.ts";
import type { TcpSocketEntry } from "../sockets/socket-entry.ts";
import type { TcpState } from "../sockets/tcp-state.ts";
import { until } from "./until.ts";

/** A listener on loopback and one connection to it, which do nothing by themselves: no reading, no closing. */
export interface Pair extends AsyncDisposable {
  port: number;
  server: Server;
  accepted: Socket;
  client: Socket;
}

export async function pair(host = "127.0.0.1", connectTo = host): Promise<Pair> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  const port = await listen(server, host);
  const client = connect({ port, host: connectTo, allowHalfOpen: true });
  const [accepted] = (await once(server, "connection")) as [Socket];
  if (client.connecting) await once(client, "connect");
  for (const socket of [client, accepted]) socket.on("error", () => {});
  return {
    port,
    server,
    accepted,
    client,
    async [Symbol.asyncDispose]() {
      client.resetAndDestroy();
      accepted.resetAndDestroy();
      server.close();
      await once(server, "close");
    },
  };
}

/**
 * Listens on a port that no other row of the table has: the kernel also gives out ports that a connection of others still
 * has in TIME-WAIT, and readSockets({ port }) would show that too. Once we listen, nobody else is given it.
 */
async function listen(server: Server, host: string): Promise<number> {
  for (;;) {
    server.listen({ port: 0, host });
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    if (isAlone(port)) return port;
    server.close();
    await once(server, "close");
  }
}

function isAlone(port: number): boolean {
  return readSockets({ port }).length === 1;
}

/** Waits until this end of the connection (the listener's or the client's) is in a state, and returns its row. */
export function stateOf(port: number, end: "server" | "client", state: TcpState): Promise<TcpSocketEntry> {
  const look = () => readSockets({ protocols: ["tcp"], port }).filter((socket) => socket.protocol === "tcp");
  return until(
    () =>
      look().find(
        (socket) => socket.state === state && socket[end === "server" ? "local" : "remote"].port === port,
      ),
    look,
  );
}

/** Writes until neither the peer's buffer nor our own takes more: what comes behind waits for the peer to read. */
export async function fill(socket: Socket, port: number, end: "server" | "client"): Promise<TcpSocketEntry> {
  socket.write(Buffer.alloc(16 * 2 ** 20));
  const isStuck = (row: TcpSocketEntry) => row.sendQ > 0 && row.timer?.kind === "persist";
  const look = () => readSockets({ protocols: ["tcp"], port }).filter((one) => one.protocol === "tcp");
  const ofEnd = (row: TcpSocketEntry) => row[end === "server" ? "local" : "remote"].port === port;
  return until(() => look().find((row) => ofEnd(row) && isStuck(row)), look);
}

/** A listener in a process that is stopped: it never accepts. Node makes 511 of a backlog of 0, so the least is 1. */
export async function frozenListener(
  backlog: number,
): Promise<AsyncDisposable & { port: number; pid: number }> {
  const program = `
    const server = require("node:net").createServer();
    server.listen({ port: 0, host: "127.0.0.1", backlog: ${backlog} }, () => console.log(server.address().port));`;
  for (;;) {
    const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    child.kill("SIGSTOP");
    const kill = async () => {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    };
    const port = Number(line);
    if (isAlone(port)) return { port, pid: child.pid!, [Symbol.asyncDispose]: kill };
    await kill();
  }
}
