import { printable } from "@tcpip-workshop/grader/early";
import type { Out } from "../../command.ts";

/** The same place to write, where no text of a stranger's is obeyed by the terminal, or by the CI that reads the log. */
export function logSafe(out: Out): Out {
  return {
    write: (text) => out.write(safeText(text)),
    get isTTY() {
      return out.isTTY ?? false;
    },
    get columns() {
      return out.columns ?? 0;
    },
    get rows() {
      return out.rows ?? 0;
    },
  };
}

/**
 * Control characters written out, but for line ends, tabs, colours and the one that takes a status line away; and a gap in what
 * GitHub (`::error::` at a line's start, `##[error]`), Azure (`##vso[`) or TeamCity (`##teamcity[`) would take for a command.
 */
export function safeText(text: string): string {
  return text
    .split(own)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join("")
    .replaceAll(/^(\s*):(?=:)/gm, "$1: ")
    .replaceAll(/##(?=\[|vso\[|teamcity\[)/gi, "# #");
}

/** What this command writes itself: colours, and `\r` with "erase to the end of the line". */
// oxlint-disable-next-line no-control-regex -- these are what it is about
const own = /(\u001B\[[\d;]*m|\r\u001B\[K)/;
