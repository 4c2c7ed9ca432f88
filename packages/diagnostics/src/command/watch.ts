import { counterDeltas, readCounters, type Counters } from "../counters/counters.ts";
import { countStates } from "../sockets/count-states.ts";
import type { SocketEntry } from "../sockets/socket-entry.ts";
import { changesBetween } from "./changes.ts";
import type { Command, ExitCode } from "./command.ts";
import { painter } from "./paint.ts";
import { Screen } from "./screen.ts";
import { optionalNumber, readSelected, selectionHelp, selectionOptions } from "./selection.ts";
import { frame, type Reading } from "./watch-frame.ts";

export const watch: Command = {
  usage: "watch [--port N] [--pid N] [--interval MS] [--count N] [--json]",
  summary: "The states live, what changed since the last look; q quits",
  options: { ...selectionOptions, interval: { type: "string" }, count: { type: "string" } },
  help: {
    ...selectionHelp,
    "interval <ms>": "between two looks, 100 or more (1000)",
    "count <n>": "end after so many looks",
  },
  async run(values, terminal): Promise<ExitCode> {
    const interval = Math.max(100, optionalNumber(values, "interval") ?? 1000);
    const count = optionalNumber(values, "count") ?? Infinity;
    const isJson = values["json"] === true;
    using screen = new Screen(terminal, { live: !isJson });
    const paint = painter(terminal.colors);
    let last: { sockets: SocketEntry[]; counters: Counters } | undefined;
    for (let look = 0; look < count && !screen.quit.aborted; look++) {
      const sockets = readSelected(values);
      const counters = readCounters();
      const reading: Reading = {
        sockets: sockets.length,
        states: countStates(sockets),
        changes: changesBetween(last?.sockets ?? sockets, sockets),
        counters: last === undefined ? {} : counterDeltas(last.counters, counters),
      };
      const before = countStates(last?.sockets ?? sockets);
      last = { sockets, counters };
      if (isJson) terminal.write(`${JSON.stringify(reading)}\n`);
      else screen.draw(frame(reading, before, screen.size, paint));
      if (look + 1 < count) await screen.pause(interval);
    }
    return 0;
  },
};
