import { formatSockets } from "../sockets/format-sockets.ts";
import type { Command } from "./command.ts";
import { readSelected, selectionHelp, selectionOptions } from "./selection.ts";

export const sockets: Command = {
  usage: "sockets [--port N] [--pid N] [--processes] [--json]",
  summary: "The socket table, as `ss -tuano` prints it",
  options: { ...selectionOptions, processes: { type: "boolean", short: "p" } },
  help: {
    ...selectionHelp,
    "processes, -p": "the processes that hold each socket (10 µs a descriptor of the system)",
  },
  run(values, terminal) {
    const selected = readSelected(values);
    if (values["json"] === true) {
      terminal.write(`${JSON.stringify(selected)}\n`);
      return 0;
    }
    const pids = values["processes"] === true || values["pid"] !== undefined;
    terminal.write(`${formatSockets(selected, { timers: true, pids }).join("\n")}\n`);
    return 0;
  },
};
