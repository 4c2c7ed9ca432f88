import { LossyRelay, type RelayFaults } from "@tcpip-workshop/faults/udp";
import { awaitEvidence, step, timeline } from "@tcpip-workshop/grader/suite";
import type { Peer } from "./peer.ts";
import { until } from "./until.ts";

/** A relay that loses the first datagram of a way, or of both. */
export async function losingTheFirst(
  server: { port: number },
  ...ways: ("toServer" | "toClient")[]
): Promise<LossyRelay> {
  const faults: RelayFaults = Object.fromEntries(ways.map((way) => [way, { drop: [1] }]));
  const relay = await LossyRelay.start(server, faults);
  timeline(relay);
  return relay;
}

export async function losesRequest({ counts }: LossyRelay): Promise<void> {
  await until(() => counts.toServer.received > 0, "A request is sent as one datagram");
  step("the network loses the request");
  await awaitEvidence(() => counts.toServer.dropped === 1, "the relay drops the first datagram");
}

/** Of the answer's server. */
export async function losesReply(relay: LossyRelay): Promise<void> {
  await until(() => relay.counts.toClient.received > 0, "The server has the request, and replies");
  step("the network loses the reply");
  await hasLostReply(relay);
}

/** Of the suite's server, which gives it now. */
export async function losesReplyOf(server: Peer, relay: LossyRelay, payload: Uint8Array): Promise<void> {
  step("the server replies, and the network loses the reply");
  await server.reply(0, payload);
  await hasLostReply(relay);
}

async function hasLostReply({ counts }: LossyRelay): Promise<void> {
  await awaitEvidence(() => counts.toClient.dropped === 1, "the relay drops the first reply");
}
