import type { ScriptedPeer } from "@tcpip-workshop/faults/tcp";
import { eventually } from "@tcpip-workshop/grader/suite";
import { text } from "./bytes.ts";
import { dial } from "./client.ts";
import { patience } from "./patience.ts";

/** Twenty clients, each with nine bytes that no other one has. */
export async function crowd(port: number) {
  await using clients = new AsyncDisposableStack();
  const pairs: { client: ScriptedPeer; own: Uint8Array }[] = [];
  for (let number = 10; number < 30; number++)
    pairs.push({ client: clients.use(await dial(port)), own: text(`client ${number}`) });
  const dialled = clients.move();
  return {
    pairs,
    /** Each sends its bytes up to here; then all wait until each has as many. */
    async send(from: number, to: number): Promise<void> {
      for (const { client, own } of pairs) client.send(own.subarray(from, to));
      const all = () => pairs.every(({ client }) => client.receivedBytes >= to);
      await eventually(all, "20 clients have sent, and each of them gets as many bytes back", {
        within: patience,
        expected: pairs.map(() => to),
        received: () => pairs.map(({ client }) => client.receivedBytes),
      });
    },
    [Symbol.asyncDispose]: () => dialled.disposeAsync(),
  };
}
