import type { Socket } from "node:net";
import { eventually, step } from "@tcpip-workshop/grader/suite";
import { frame } from "./caller.ts";
import { type Clients, PayingClient } from "./paying-client.ts";
import { ScriptedGateway } from "./scripted-gateway.ts";

const arrivals: Record<string, (socket: Socket) => unknown> = {
  FIN: (socket) => socket.end(),
  RST: (socket) => socket.resetAndDestroy(),
  "a frame": (socket) => socket.write(frame('{"key":"order 0","status":201,"receipt":"of nobody"}')),
};

/** What comes on a connection that nobody uses, and the payment after it. */
export const surprises = Object.keys(arrivals);

/** A client with one connection, which has paid over it; then this comes. */
export async function isSurprisedBy(what: string, clients: Clients): Promise<void> {
  await using gateway = await ScriptedGateway.listen();
  const client = new PayingClient(clients, gateway.tap.port, { size: 1, attempts: 1 });
  await client.getsReceipt("order 1", "The payment gets its receipt");
  step(`the connection is idle, and the gateway sends ${what}`);
  arrivals[what]!(gateway.heard[0]!.connection.socket);
  const gone =
    "An idle connection on which anything comes is closed at that moment, not when the next payment wants it";
  await eventually(() => gateway.tap.open === 0, gone, { within: 500, ...closed(gateway) });
  await client.getsReceipt(
    "order 2",
    "The next payment goes over a fresh connection, and its first attempt gets the receipt",
  );
}

/** A client that has nothing more to pay. */
export async function isKeptForAWhile(clients: Clients): Promise<void> {
  await using gateway = await ScriptedGateway.listen();
  const client = new PayingClient(clients, gateway.tap.port, { idleTimeout: 60 });
  await client.getsReceipt("order 1", "The payment gets its receipt");
  step("nobody pays any more");
  const idle = "A connection that nobody has used for `idleTimeout` is closed by the client";
  await eventually(() => gateway.tap.open === 0, idle, { within: 700, ...closed(gateway) });
}

/** For a failure: what is left at the gateway. */
function closed({ tap }: ScriptedGateway): { expected: string; received: () => string } {
  return { expected: "no open connection", received: () => `${tap.open} open connection` };
}
