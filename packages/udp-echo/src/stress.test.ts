import { existsSync } from "node:fs";
import { expectNoOpenResources } from "@tcpip-workshop/faults";
import { afterAll, describe, expect, test } from "vitest";
import { throughLoss } from "./testing/through-loss.ts";
import { underFlood } from "./testing/under-flood.ts";

afterAll(expectNoOpenResources);

const noProc = !existsSync("/proc/net/udp");

describe("through 20 % loss each way", () => {
  test("every request is answered, by its own reply, and executed once", async ({ annotate }) => {
    const { seed, lost, ...result } = await throughLoss(300, 0.2);
    await annotate(`seed ${seed}`);
    expect(lost.toServer, "the relay lost requests").toBeGreaterThan(0);
    expect(lost.toClient, "the relay lost replies").toBeGreaterThan(0);
    expect(result.client.retries).toBeGreaterThan(0);
    expect(result.server.duplicates).toBeGreaterThan(0);
    expect(result).toMatchObject({ right: 300, executions: 300, client: { answered: 300, lost: 0 } });
  });
});

describe("under a flood", () => {
  const oversized = new Uint8Array(2000);
  const garbage = new Uint8Array(100).fill(0xff);

  test.skipIf(noProc)(
    "of garbage and oversized datagrams all honest requests are answered, nothing else is, and each datagram is counted " +
      "(skipped without /proc/net/udp)",
    async () => {
      const result = await underFlood(5000, (n) => (n % 2 ? garbage : oversized), [
        "--max-datagram-length",
        "1472",
      ]);
      const { honest } = result;
      expect(honest).toMatchObject({ answered: honest.asked + 1, lost: 0, malformed: 0 });
      expect(result.received + result.dropped).toBe(5000 + honest.sent);
      expect(result.malformed + result.oversized).toBeGreaterThan(0);
      // Header and 16 bytes: what an honest reply has at most
      expect(result.sentBytes).toBeLessThanOrEqual(28 * honest.sent);
      expect(result.exitCode).toBe(0);
    },
  );
});
