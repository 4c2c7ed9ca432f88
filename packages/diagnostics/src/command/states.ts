import { countStates } from "../sockets/count-states.ts";
import { bars } from "./bars.ts";
import type { Command } from "./command.ts";
import { painter } from "./paint.ts";
import { readSelected, selectionHelp, selectionOptions } from "./selection.ts";

export const states: Command = {
  usage: "states [--port N] [--pid N] [--json]",
  summary: "How many TCP sockets are in each state",
  options: selectionOptions,
  help: selectionHelp,
  run(values, terminal) {
    const sockets = readSelected(values);
    const counts = countStates(sockets);
    if (values["json"] === true) {
      terminal.write(`${JSON.stringify(counts)}\n`);
      return 0;
    }
    const tcp = sockets.filter(({ protocol }) => protocol === "tcp").length;
    const lines = bars(counts, terminal.columns ?? 80, painter(terminal.colors));
    terminal.write(
      [...lines, `${tcp} TCP ${tcp === 1 ? "socket" : "sockets"}, ${sockets.length - tcp} UDP`, ""].join(
        "\n",
      ),
    );
    return 0;
  },
};
