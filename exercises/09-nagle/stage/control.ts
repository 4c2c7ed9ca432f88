import { evidence } from "@tcpip-workshop/grader/suite";
import { readTable } from "./connection-table.ts";
import { countDelayedAcks } from "./counters.ts";
import { End } from "./end.ts";
import { Receiver } from "./receiver.ts";

let stalled: Promise<void> | undefined;

/** The control, once a run: connections of the suite's own that write header and body apart are held, and get delayed ACKs. */
export function control(): Promise<void> {
  return (stalled ??= stall());
}

async function stall(): Promise<void> {
  await using server = await Receiver.start();
  await using open = new AsyncDisposableStack();
  const connecting = Array.from({ length: 12 }, () => End.connect(server.port, { noDelay: false }));
  const callers = (await Promise.all(connecting)).map((end) => open.use(end));
  for (let round = 0; round < 10; round++) {
    await Promise.all(callers.map((caller) => caller.exchange()));
    const acks = countDelayedAcks();
    for (const end of [...callers, ...server.ends]) end.begin();
    for (const caller of callers) caller.sendApart();
    const table = readTable();
    const held = server.ends.filter((end) => end.delaysAcks(table) && end.held(table) > 0).length;
    await Promise.all(callers.map((caller) => caller.whole("The suite's own calls get replies")));
    if (held >= 10 && countDelayedAcks() - acks >= 10) return;
  }
  evidence(false, "twelve connections of the suite's own that write twice, each stalled until a delayed ACK");
}
