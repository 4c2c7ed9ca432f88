import { VirtualTimers } from "@tcpip-workshop/faults";
import { backoff } from "../backoff.ts";
import { decodeMessage, encodeMessage } from "../message.ts";
import { RequestTable, type RequestTableOptions } from "../request-table.ts";

/** A table, what it sent and when, on a clock that stands still. Chance says ½ unless told otherwise. */
export function setUpTable(options: Partial<RequestTableOptions> = {}) {
  const timers = new VirtualTimers();
  const sent: { at: number; id: bigint }[] = [];
  const table = new RequestTable({
    send: (datagram) => sent.push({ at: timers.now(), id: decodeMessage(datagram)!.id }),
    timers,
    random: () => 0.5,
    firstId: 7n,
    answerKind: "reply",
    totalTimeout: 10_000,
    attempts: 8,
    maxInFlight: 100,
    backoff: backoff({ least: 0, first: 100, most: 400 }),
    whenRefused: "fail",
    ...options,
  });
  const reply = (id: bigint, payload: Uint8Array) =>
    table.receive(encodeMessage({ kind: "reply", id, payload }));
  return { timers, sent, table, reply };
}
