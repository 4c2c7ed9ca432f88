import { ScriptedPeer } from "@tcpip-workshop/faults/tcp";
import { awaitEvidence, eventually, evidence, expect, step, timeline } from "@tcpip-workshop/grader/suite";
import { text } from "./bytes.ts";
import { ends } from "./kernel-table.ts";
import { longPatience, patience } from "./patience.ts";

/** A client of the suite's. */
export async function dial(port: number, shown = true): Promise<ScriptedPeer> {
  let peer: ScriptedPeer | undefined;
  const connect = async () => (peer = await ScriptedPeer.connect(port).catch(() => undefined));
  await eventually(connect, "The server listens at its port: a client's SYN is answered, and not with RST", {
    within: patience,
  });
  evidence(peer !== undefined, "the client is connected");
  if (shown) timeline(peer);
  return peer;
}

export async function roundTrip(client: ScriptedPeer, bytes: Uint8Array): Promise<void> {
  const before = client.receivedBytes;
  step(`the client sends ${bytes.length} bytes and waits for them`);
  client.send(bytes);
  await eventually(
    () => client.receivedBytes >= before + bytes.length || client.ended,
    "What the client has sent comes back, without the client having to end anything",
    { within: patience, expected: bytes, received: () => client.bytes.slice(before) },
  );
  expect(client.bytes.slice(before), "What the client has sent comes back, byte for byte").toEqual(bytes);
}

/** Its bytes were behind all that was sent before: when they are back, the server has seen that too. */
export async function ping(
  client: ScriptedPeer,
  rule = "Who does not read holds up nobody else",
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
  await eventually(soon, rule, { within: longPatience });
  // Nothing more comes, unless the news that the process has died.
  await eventually(back, rule, { within: 200 });
}

export async function reset(client: ScriptedPeer): Promise<void> {
  client.reset();
  await awaitEvidence(() => ends(client).server === undefined, "the RST has arrived");
}

/** The server's FIN comes. */
export async function fin(client: ScriptedPeer, rule: string, within = patience): Promise<void> {
  await eventually(() => client.ended, rule, { within, expected: "FIN", received: () => "no FIN" });
  expect(client.ended, rule).toBe("FIN");
}
