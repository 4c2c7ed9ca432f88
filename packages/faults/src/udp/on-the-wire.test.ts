import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { expect, test } from "vitest";
import { noDump } from "../testing/tcp-dump.ts";
import { LossyRelay } from "./lossy-relay.ts";

test.skipIf(noDump !== "")(`tcpdump sees on the wire what the relay says it did${noDump}`, async () => {
  const server = createSocket("udp4").bind(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  // It ends by itself after the five that have to come.
  const args = `-i lo -nlq --immediate-mode -c 5 udp dst port ${port}`.split(" ");
  const dump = spawn("tcpdump", args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(dump, "close");
  let printed = "";
  dump.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  let said = "";
  dump.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  try {
    await expect.poll(() => said, { timeout: 30_000 }).toContain("listening on");
    const toServer = { drop: [1], duplicate: [2], reorder: [[3, 4]] as const };
    await using relay = await LossyRelay.start({ port }, { toServer });
    const client = createSocket("udp4");
    // Each datagram is as long as its number.
    for (let number = 1; number <= 5; number++) {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      client.send("x".repeat(number), relay.port, "127.0.0.1", resolve);
      await promise;
    }
    client.close();
    await ended;
  } finally {
    dump.kill("SIGKILL");
    server.close();
  }
  const lengths = [...printed.matchAll(/: UDP, length (\d+)/g)].map(([, length]) => Number(length));
  expect(lengths).toEqual([2, 2, 4, 3, 5]);
});
