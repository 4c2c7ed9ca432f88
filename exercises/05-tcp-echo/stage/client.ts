import { ScriptedPeer } from "@tcpip-workshop/faults/tcp";
import { awaitEvidence, eventually, evidence, expect, step, timeline } from "@tcpip-workshop/grader/suite";
import { inWords, text } from "./bytes.ts";
import { ends } from "./kernel-table.ts";
import { longPatience, patience } from "./patience.ts";
import { by } from "./rule.ts";
import { inShort } from "./wire.ts";

/** A client of the suite's. */
export async function dial(port: number, shown = true): Promise<ScriptedPeer> {
  let peer: ScriptedPeer | undefined;
  const connect = async () => (peer = await ScriptedPeer.connect(port).catch(() => undefined));
  await eventually(connect, "The server listens at its port: a client's SYN is answered, and not with RST", {
    within: patience,
  });
  evidence(peer !== undefined, "the client is connected");
  if (shown) timeline(inShort(peer));
  return peer;
}

/** @param what how the step says what is sent */
export async function roundTrip(
  client: ScriptedPeer,
  bytes: Uint8Array,
  what = inWords(bytes),
): Promise<void> {
  const before = client.receivedBytes;
  const hasAll = () => client.receivedBytes >= before + bytes.length;
  step(`the client sends ${what} and waits for its echo, without a FIN`);
  client.send(bytes);
  const open =
    "Bytes come back when they come, without a FIN of the client's: it may send more when it has its echo";
  const received = () => client.bytes.slice(before);
  const arrival = eventually(() => hasAll() || client.ended, open, {
    within: patience,
    expected: bytes,
    received,
  });
  await by(open, arrival);
  if (!hasAll()) {
    const stays = "The server ends no connection before its client does: who has one echo may want another";
    const count = `${client.ended}, after ${client.receivedBytes - before} of ${bytes.length} bytes`;
    expect(count, stays).toBe(`${bytes.length} bytes, and no FIN`);
  }
  const same = "What the client has sent comes back byte for byte: the same bytes, not more and not others";
  expect(received(), same).toEqual(bytes);
}

/** Its bytes were behind all that was sent before: when they are back, the server has seen that too. */
export async function ping(
  client: ScriptedPeer,
  rule = "A client that does not read holds up nobody but itself: others are served meanwhile",
  bytes = text("ping"),
): Promise<void> {
  const due = client.receivedBytes + bytes.length;
  client.send(bytes);
  const back = () => client.receivedBytes >= due;
  const isOver = () => back() || client.ended !== undefined;
  const soon = () =>
    client.until(isOver, { timeout: 2 }).then(
      () => true,
      () => false,
    );
  await by(rule, eventually(soon, rule, { within: longPatience }));
  // Nothing more comes, unless the news that the process has died.
  await by(rule, eventually(back, rule, { within: 200 }));
}

export async function reset(client: ScriptedPeer, rule: string): Promise<void> {
  client.reset();
  await by(
    rule,
    awaitEvidence(() => ends(client).server === undefined, "the RST has arrived"),
  );
}

/** The server's FIN comes. */
export async function fin(client: ScriptedPeer, rule: string, within = patience): Promise<void> {
  const arrival = eventually(() => client.ended, rule, {
    within,
    expected: "FIN",
    received: () => "no FIN",
  });
  await by(rule, arrival);
  expect(client.ended, rule).toBe("FIN");
}
