import { ScriptedPeer } from "@tcpip-workshop/faults/tcp";
import { awaitEvidence } from "@tcpip-workshop/grader/suite";
import type { Segment } from "../client.ts";
import { host, listen, rows, timeWaits } from "./kernel-table.ts";

/** How a connection ends, and what the kernel's table shows then. */
export interface Ending {
  segments: Segment[];
  place: "client" | "server" | "nobody";
  /** What was overlooked, where the answer says another place. */
  rule: string;
}

const first = "Both FINs have come: TIME-WAIT is where the first one came from";
const reset = "RST ends the connection at both ends, also behind a FIN: nobody waits";
const half = "One FIN is missing: that is FIN-WAIT-2 and CLOSE-WAIT, and TIME-WAIT not yet";

export const endings: Ending[] = [
  { segments: ["FIN by client", "FIN by server"], place: "client", rule: first },
  { segments: ["FIN by server", "FIN by client"], place: "server", rule: first },
  { segments: ["RST by client"], place: "nobody", rule: reset },
  { segments: ["FIN by client", "RST by server"], place: "nobody", rule: reset },
  { segments: ["FIN by server", "RST by client"], place: "nobody", rule: reset },
  { segments: ["FIN by client"], place: "nobody", rule: half },
];

/** Makes an ending with real sockets, and sees in the kernel's table who is in TIME-WAIT. */
export async function stage({ segments, place }: Ending): Promise<void> {
  await using tap = await listen((socket) => void socket.resume(), { allowHalfOpen: true });
  await using client = await ScriptedPeer.connect(tap.port, { host });
  await awaitEvidence(() => tap.accepts === 1, "the connection is accepted");
  const { socket } = tap.connections[0]!;
  for (const segment of segments) {
    if (segment === "FIN by client") client.end();
    else if (segment === "RST by client") client.reset();
    else if (segment === "FIN by server") socket.end();
    else socket.resetAndDestroy();
    const saw = (): boolean => tap.records.some(({ what }) => what === segment);
    await awaitEvidence(segment.endsWith("client") ? saw : () => client.ended, `${segment} has arrived`);
  }
  const isShown = (): boolean => {
    const waits = timeWaits(tap.port);
    const shown = waits.client > 0 ? "client" : waits.server > 0 ? "server" : "nobody";
    const open = rows(tap.port).filter(({ state }) => state !== "TIME-WAIT" && state !== "LISTEN").length;
    // Half a connection is open, a whole one is not.
    return shown === place && open === (segments.join() === "FIN by client" ? 2 : 0);
  };
  await awaitEvidence(isShown, `TIME-WAIT at ${place} after ${segments.join(", ")}`);
}
