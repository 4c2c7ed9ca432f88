import type { ScriptedPeer } from "@tcpip-workshop/faults/tcp";
import { eventually, timeline } from "@tcpip-workshop/grader/suite";
import { text } from "./bytes.ts";
import { dial } from "./client.ts";
import { patience } from "./patience.ts";
import { by } from "./rule.ts";

/** Twenty clients, each with nine bytes that no other one has. */
export async function crowd(port: number) {
  await using clients = new AsyncDisposableStack();
  const pairs: { client: ScriptedPeer; own: Uint8Array }[] = [];
  for (let number = 10; number < 30; number++)
    pairs.push({ client: clients.use(await dial(port, false)), own: text(`client ${number}`) });
  const ends = [
    ["the first client", pairs[0]],
    ["the last client", pairs.at(-1)],
  ] as const;
  for (const [name, pair] of ends) if (pair) timeline(name, pair.client);
  const dialled = clients.move();
  return {
    pairs,
    /** Each sends its bytes up to here; then all wait until each has as many. */
    async send(from: number, to: number): Promise<void> {
      for (const { client, own } of pairs) client.send(own.subarray(from, to));
      const all = () => pairs.every(({ client }) => client.receivedBytes >= to);
      const received = () => {
        const counts = pairs.map(({ client }) => client.receivedBytes);
        return `from ≈${Math.min(...counts)} to ≈${Math.max(...counts)} bytes`;
      };
      const rule = "Each client gets back as many bytes as it has sent itself, whatever the others send";
      const arrival = eventually(all, rule, {
        within: patience,
        expected: `${to} bytes at each of the 20 clients`,
        received,
      });
      await by(rule, arrival);
    },
    [Symbol.asyncDispose]: () => dialled.disposeAsync(),
  };
}
