import type { ScriptedPeer } from "@tcpip-workshop/faults/tcp";
import { evidence, step, timeline } from "@tcpip-workshop/grader/suite";
import { dial, ping } from "./client.ts";
import { inKernel } from "./kernel-table.ts";
import { fill, offer } from "./who-does-not-read.ts";
import { inShort } from "./wire.ts";

/** A client, and how many bytes the server owes it in all. */
export interface Owed {
  client: ScriptedPeer;
  length: number;
}

/**
 * Two clients that have sent FIN and do not read: all that one has sent, the server has read, and holds a little of it; of the
 * other's it has not read all.
 *
 * @param bytes what both send, as much of it as goes
 * @param isLast whether no other attempt comes. Who sends back more than came never seems to hold any: it is judged in any case
 */
export async function owed(
  port: number,
  bytes: Uint8Array,
  isLast: boolean,
): Promise<AsyncDisposable & { little: Owed; much: Owed }> {
  await using clients = new AsyncDisposableStack();
  const little = clients.use(await dial(port, false));
  const much = clients.use(await dial(port, false));
  timeline(
    "the client that is owed a little",
    inShort(little),
    "the client that is owed more",
    inShort(much),
  );
  let sent = 0;
  {
    await using other = await dial(port, false);
    sent = await fill(little, other, bytes, "a client");
    little.end();
    await ping(other);
  }
  const offered = await offer(much, bytes, "another client");
  much.end();
  step(
    "both send FIN, and neither reads: of the first one's bytes your process still holds up to 64 KiB, and of the other one's it has not read all",
  );
  const isHeld = () => sent - little.receivedBytes > inKernel(little);
  // Twice, for the two rows of the table are not read at the same instant.
  evidence(isLast || (isHeld() && isHeld()), "the server still holds bytes of the first client");
  const open = clients.move();
  return {
    little: { client: little, length: sent },
    much: { client: much, length: offered },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
