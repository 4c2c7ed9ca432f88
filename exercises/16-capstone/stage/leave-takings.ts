import { awaitEvidence, step } from "@tcpip-workshop/grader/suite";
import { charged, frame, request } from "./caller.ts";
import type { GatewayUnderTest } from "./gateway-under-test.ts";
import type { HeldStore } from "./held-store.ts";

/** While another client's payment is held, one says nothing at all, and one half a request. */
export async function silenceIsEnded(gateway: GatewayUnderTest): Promise<void> {
  step(
    "idleTimeout is 120, and its payment is held in the store; one client says nothing, one sends half a request",
  );
  const silent = await gateway.connect("the silent client");
  const half = await gateway.connect("the client with half a request");
  half.peer.send(request({ key: "order 2" }).slice(0, 30));
  await silent.isEnded("Nothing came for `idleTimeout`, so the gateway closes");
  await half.isEnded("Half a request is no payment under way: the gateway closes after `idleTimeout`");
}

/** While both their payments are held, one client resets its connection, and one says its last word. */
export async function lastWordsAreAnswered(gateway: GatewayUnderTest, store: HeldStore): Promise<void> {
  store.at = "before transact";
  const rude = await gateway.connect("the rude client");
  step("the next payments are held in the store too");
  rude.ask({ key: "order 3" });
  const last = await gateway.connect("the client that half-closes");
  last.ask({ key: "order 4" });
  step("the client that half-closes sends FIN behind its request");
  last.peer.end();
  await awaitEvidence(() => store.held === 2, "two payments come to their transactions", 300);
  step("the rude client sends RST; another client sends a frame that is no JSON");
  const other = await gateway.connect("another client");
  rude.peer.reset();
  await awaitEvidence(() => rude.peer.closed, "the RST be sent");
  other.peer.send(frame("no JSON"));
  await other.hears(
    ["(empty key): 400"],
    "An RST ends its connection, and never the process: others are served",
  );
  step("the store goes on");
  store.release();
  await last.hears(
    [charged("order 4")],
    "FIN says that no more requests come: the reply to the one under way is still due",
  );
  await last.isEnded("Behind the last reply the gateway ends its side too", "FIN");
  await gateway.holdsNone(
    "Each connection is over by FIN, RST or `idleTimeout`, also one that had a payment under way at its first time-out",
  );
}
