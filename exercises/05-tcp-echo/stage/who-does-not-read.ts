import { setImmediate } from "node:timers/promises";
import type { ScriptedPeer } from "@tcpip-workshop/faults/tcp";
import { evidence, step } from "@tcpip-workshop/grader/suite";
import { mebibyte } from "./bytes.ts";
import { dial, ping } from "./client.ts";
import { ends } from "./kernel-table.ts";

const chunk = 262_144;

/** Sends until the kernel takes no more from the server, which then holds a little; returns how many bytes were written. */
export async function fill(
  client: ScriptedPeer,
  other: ScriptedPeer,
  bytes: Uint8Array,
  who = "the client",
): Promise<number> {
  client.pause();
  step(`${who} sends and does not read, until the kernel is full and some KiB wait in your process`);
  let sent = 0;
  const send = async (length: number) => {
    client.send(bytes.subarray(sent, (sent += length)));
    // Served behind these bytes: so the server has read them.
    await ping(other);
  };
  const holds = () => {
    const { server, peer } = ends(client);
    return client.sentBytes < sent || sent > (server?.sendQ ?? 0) + (peer?.recvQ ?? 0);
  };
  for (let part = 0; part < 40; part++) await send(96 * 1024);
  // Now in steps below 64 KiB, the stream's high-water mark: the server has no reason to stop reading.
  let held = false;
  for (let part = 0; part < 300 && !held; part++) {
    await send(48 * 1024);
    // Twice, for the two rows of the table are not read at the same instant.
    if (holds()) await ping(other);
    held = holds();
  }
  evidence(held, "the server holds bytes that the kernel did not take");
  await send(8 * 1024);
  return sent;
}

/** Sends until all is sent, or until the server has stopped reading; returns how many bytes were written. */
export async function offer(client: ScriptedPeer, bytes: Uint8Array, who = "the client"): Promise<number> {
  step(`${who} stops reading, and sends up to ${bytes.length / mebibyte} MiB`);
  client.pause();
  await using other = await dial(client.port, false);
  let offered = 0;
  while (offered < bytes.length) {
    client.send(bytes.subarray(offered, (offered += chunk)));
    await setImmediate();
    if (await stalls(client, other, offered)) break;
  }
  // As long as the longest chunk: whoever keeps all clients' bytes in one place now writes over this one's.
  await ping(other, undefined, new Uint8Array(65_536));
  return offered;
}

/** False once the kernel has taken all that was offered; true when the server serves others, and of this client's bytes not one moves. */
async function stalls(client: ScriptedPeer, other: ScriptedPeer, offered: number): Promise<boolean> {
  for (let before = ""; client.sentBytes < offered;) {
    // Each round a server that reads takes 64 KiB at least: five are more than the chunk that waits here.
    for (let round = 0; round < 5 && client.sentBytes < offered; round++) await ping(other);
    const { server, peer } = ends(client);
    const now = `${server?.recvQ} unread, ${peer?.sendQ} not acknowledged`;
    if (now === before && server?.recvQ !== 0) return true;
    before = now;
  }
  return false;
}
