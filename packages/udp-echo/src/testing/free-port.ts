import { createSocket } from "node:dgram";
import { once } from "node:events";

/**
 * A port of 127.0.0.1 that has no socket, below those that a system gives to sockets that did not ask for one: else the
 * client that is to be refused may get this very port, and reach itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const socket = createSocket("udp4");
    const taken = once(socket, "error");
    socket.bind(port, "127.0.0.1");
    const isFree = await Promise.race([once(socket, "listening").then(() => true), taken.then(() => false)]);
    await new Promise<void>((resolve) => socket.close(() => resolve()));
    if (isFree) return port;
  }
}
