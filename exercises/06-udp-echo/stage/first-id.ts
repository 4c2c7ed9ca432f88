import { expect } from "@tcpip-workshop/grader/suite";
import type { AnswerUnderTest } from "./answer-under-test.ts";
import { hello, world } from "./bytes.ts";
import type { Peer } from "./peer.ts";

/** A second client of the server, which has had two requests of the first one. */
export async function beginsElsewhere(echo: AnswerUnderTest, server: Peer): Promise<void> {
  const client = await echo.connect(server);
  const isSent = "The other client's request is sent as one datagram";
  const request = await server.hears(client.asks(hello), 3, isSent);
  const begins = "A client's first id is random: this one began with the same as the client before it";
  expect(server.idBesides(0, 2), begins).toBe("another id");
  await server.reply(2, world);
  await request.gets("world", "A client without options works too");
}
