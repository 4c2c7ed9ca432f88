import { LossyRelay, seededDatagrams } from "@tcpip-workshop/faults/udp";
import { UdpEchoClient } from "../udp-echo-client.ts";
import { startUdpEchoServer } from "../udp-echo-server.ts";

/** Asks `requests` questions through a relay that loses a share of all datagrams, each way; counts what became of them. */
export async function throughLoss(requests: number, loss: number, seed?: number) {
  let executions = 0;
  const faults = seededDatagrams({
    drop: loss,
    duplicate: 0.02,
    reorder: 0.02,
    ...(seed !== undefined && { seed }),
  });
  await using server = await startUdpEchoServer({
    mode: "request",
    handler: (payload) => (executions++, payload),
  });
  await using relay = await LossyRelay.start({ port: server.address.port }, faults, { holdLimit: 50 });
  await using client = await UdpEchoClient.connect({
    port: relay.port,
    mode: "request",
    attempts: 1000,
    totalTimeout: 120_000,
    maxInFlight: 64,
    backoff: { least: 20, first: 50, most: 400 },
  });
  const started = performance.now();
  const asked = Array.from({ length: requests }, async (_, n) => {
    const question = new Uint8Array(Uint32Array.of(n).buffer);
    const answer = await client.request(question);
    return answer.length === 4 && answer.every((byte, at) => byte === question[at]);
  });
  const right = (await Promise.all(asked)).filter(Boolean).length;
  const { toServer, toClient } = relay.counts;
  return {
    seed: faults.seed,
    requests,
    right,
    executions,
    seconds: (performance.now() - started) / 1000,
    lost: { toServer: toServer.dropped, toClient: toClient.dropped },
    client: client.stats,
    server: server.stats,
  };
}
