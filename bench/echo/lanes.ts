import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { FaultProxy } from "@tcpip-workshop/faults/tcp";
import { startEchoServer } from "@tcpip-workshop/tcp-echo";

/** Starts a server. A proxy is told the port of the echo that it stands in front of. */
type Start = (target: number) => Promise<Started>;

interface Started {
  port: number;
  /** What has to be told of the end. */
  own?: AsyncDisposable;
}

/** Who takes part. Bare is what people write with node:net alone; all of them hold back when the peer does. */
export const lanes: Record<string, Start> = {
  "bare pipe": () =>
    listen(createServer({ allowHalfOpen: true, noDelay: true }, (socket) => pipeBack(socket))),
  "bare write": () =>
    listen(createServer({ allowHalfOpen: true, noDelay: true }, (socket) => writeBack(socket))),
  "tcp-echo raw": () => echo("raw"),
  "tcp-echo framed": () => echo("framed"),
  "bare proxy": (target) =>
    listen(createServer({ allowHalfOpen: true, noDelay: true }, (socket) => pipeOn(socket, target))),
  FaultProxy: async (target) => {
    const own = await FaultProxy.start({ port: target });
    return { port: own.port, own };
  },
};

async function echo(mode: "raw" | "framed"): Promise<Started> {
  const own = await startEchoServer({ mode });
  return { port: own.address.port, own };
}

function pipeBack(socket: Socket): void {
  socket.on("error", () => {});
  socket.pipe(socket);
}

function writeBack(socket: Socket): void {
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    if (!socket.write(chunk)) socket.pause();
  });
  socket.on("drain", () => socket.resume());
  socket.on("end", () => socket.end());
}

function pipeOn(client: Socket, port: number): void {
  const server = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
  client.on("error", () => server.destroy());
  server.on("error", () => client.destroy());
  client.pipe(server).pipe(client);
}

function listen(server: Server): Promise<Started> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server.address() as AddressInfo));
  });
}
