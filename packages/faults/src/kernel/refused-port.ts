import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { registerResource } from "../open-resources.ts";

export interface RefusedPort extends AsyncDisposable {
  readonly port: number;
  readonly host: "127.0.0.1";
}

export interface RefusedPortOptions {
  /** Default "tcp". */
  protocol?: "tcp" | "udp";
}

/**
 * A port on 127.0.0.1 that refuses, for as long as it is held: a SYN gets RST, a datagram gets ICMP port unreachable
 * (RFC 9293 §3.5.2, RFC 1122 §4.1.3.1). A port that was merely closed again may by then be someone else's.
 *
 * It is held by a connection with itself: that occupies the local port, so that the kernel gives it to nobody who asks
 * for *any* port, and listens to nobody but its peer. Who asks for the TCP port by its number may listen there: so a test
 * lets the server come up later.
 */
export async function refusedPort({ protocol = "tcp" }: RefusedPortOptions = {}): Promise<RefusedPort> {
  const name = (): string => `refusedPort ${protocol} ${held?.port ?? ""}`;
  const deregister = registerResource(name);
  let held: Held | undefined;
  try {
    held = await (protocol === "tcp" ? holdTcp() : holdUdp());
  } catch (error) {
    deregister();
    throw error;
  }
  const { port, release } = held;
  return {
    port,
    host: LOOPBACK,
    async [Symbol.asyncDispose]() {
      await release();
      deregister();
    },
  };
}

interface Held {
  port: number;
  release: () => Promise<void>;
}

const LOOPBACK = "127.0.0.1";

/** The accepted end keeps the listener's port when the listener is gone. */
async function holdTcp(): Promise<Held> {
  const server = createServer().listen(0, LOOPBACK);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const dialled = connect(port, LOOPBACK);
  const [[accepted]] = (await Promise.all([once(server, "connection"), once(dialled, "connect")])) as [
    [Socket],
    unknown,
  ];
  // Connections close() waits for; the listening socket is closed at once.
  server.close();
  for (const socket of [dialled, accepted]) socket.on("error", () => {});
  return {
    port,
    async release() {
      // By RST: a FIN would leave the port in TIME-WAIT.
      const closed = [dialled, accepted].map((socket) => once(socket, "close"));
      accepted.resetAndDestroy();
      dialled.destroy();
      await Promise.all(closed);
    },
  };
}

/** A connected UDP socket gets its peer's datagrams only (udp(7)); for others nobody is there. */
async function holdUdp(): Promise<Held> {
  const [holder, peer] = await Promise.all([bound(), bound()]);
  holder.connect(peer.address().port, LOOPBACK);
  await once(holder, "connect");
  const { port } = holder.address();
  return {
    port,
    async release() {
      const closed = [holder, peer].map((socket) => once(socket, "close"));
      holder.close();
      peer.close();
      await Promise.all(closed);
    },
  };
}

async function bound(): Promise<UdpSocket> {
  const socket = createSocket("udp4").bind(0, LOOPBACK);
  await once(socket, "listening");
  return socket;
}
