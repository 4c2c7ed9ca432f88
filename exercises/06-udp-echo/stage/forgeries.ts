import { step } from "@tcpip-workshop/grader/suite";
import type { ClientUnderTest } from "./answer-under-test.ts";
import { frame, hello, nothing } from "./bytes.ts";
import type { Peer } from "./peer.ts";

/** What looks like a reply to the first request of this server, and is none. */
export async function forge(server: Peer, stranger: Peer): Promise<void> {
  const client = { port: server.senderOf(0) };
  step('a stranger, on another port, sends "forged" under the right id');
  await stranger.send(client, frame(server.idOf(0), "forged"));
  step('the server sends datagrams of 0 and 3 bytes, and "unknown" under an id that was never used');
  const unknown = frame(server.idOf(0) ^ 0x80, "unknown");
  await server.send(client, nothing, Uint8Array.of(0, 0, 7), unknown);
}

/** The reply to the first request comes once more, in front of the one to the third. */
export async function repliesLate(server: Peer, client: ClientUnderTest): Promise<void> {
  const next = await server.hears(client.asks(hello), 3, "The next request is sent as one datagram");
  step("the server sends its first reply once more, and then the reply to the next request");
  await server.reply(0, "first");
  await server.reply(2, "next");
  const late = "A reply to a request that is over belongs to nobody, and least of all to the next request";
  await next.gets("next", late);
}
