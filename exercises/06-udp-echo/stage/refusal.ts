import { createSocket } from "node:dgram";
import { once } from "node:events";
import { expect, step } from "@tcpip-workshop/grader/suite";
import type { AnswerUnderTest } from "./answer-under-test.ts";
import { hello, world } from "./bytes.ts";
import { Peer } from "./peer.ts";
import { until } from "./until.ts";

/**
 * A client of a port on which nobody listens, until somebody does.
 *
 * @param port that of another client: whether it is connected shows whether this one can hear of ICMP
 */
export async function outlivesRefusal(echo: AnswerUnderTest, port: number): Promise<void> {
  step("another client connects to a port on which nobody listens");
  await using closed = await refusingPort();
  const client = await echo.connectClocked(closed);
  const refused = client.asks(hello);
  const connected = "Only a connected socket hears of ICMP: the kernel's table shows the client's as ESTAB";
  expect(echo.openSockets(port), connected).toBe("ESTAB");
  const nobody =
    "Port unreachable, said ICMP: the request ends at once with the system's error, ECONNREFUSED";
  await refused.throws("ECONNREFUSED", nobody);
  step("a server starts on that port, and the same client sends the next request");
  await using started = await Peer.open("the new server", closed.port);
  const next = client.asks(world);
  const livesOn = "ECONNREFUSED ended the requests that waited, not the client: the next request is sent";
  await until(() => started.received.length > 0 || next.isOver, livesOn);
  next.goesOn(livesOn, "it is sent, and waits");
  await started.reply(0, hello);
  await next.gets("hello", "The server that is there now has replied");
}

/** A port that answers ICMP port unreachable: whoever has it hears only itself, until a Peer opens beside it. */
async function refusingPort(): Promise<AsyncDisposable & { port: number }> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.connect(port, "127.0.0.1");
  await once(socket, "connect");
  return {
    port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => socket.close(resolve)),
  };
}
