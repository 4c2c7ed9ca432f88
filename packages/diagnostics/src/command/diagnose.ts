import { diagnose as diagnoseSockets } from "../diagnose/diagnose.ts";
import { readEphemeralPorts } from "../diagnose/ephemeral-ports.ts";
import type { Finding } from "../diagnose/finding.ts";
import { addBacklogs } from "./backlogs.ts";
import type { Command } from "./command.ts";
import { painter, type Paint } from "./paint.ts";
import { readSelected, selectionHelp, selectionOptions } from "./selection.ts";
import { wrap } from "./wrap.ts";

export const diagnose: Command = {
  usage: "diagnose [--port N] [--pid N] [--processes] [--json]",
  summary:
    "What is amiss: cause, whose side, what to look at, what not to conclude. Exit code 1 if anything is",
  options: { ...selectionOptions, processes: { type: "boolean", short: "p" } },
  help: {
    ...selectionHelp,
    "processes, -p": "the processes that hold the sockets (10 µs a descriptor of the system)",
  },
  run(values, terminal) {
    const sockets = readSelected(values);
    addBacklogs(sockets);
    const findings = diagnoseSockets(sockets, { ephemeralPorts: readEphemeralPorts() });
    if (values["json"] === true) terminal.write(`${JSON.stringify(findings)}\n`);
    else {
      const width = Math.min(terminal.columns ?? 80, 100);
      const paint = painter(terminal.colors);
      terminal.write(`${findings.map((finding) => lines(finding, width, paint).join("\n")).join("\n\n")}\n`);
    }
    return findings.some(({ severity }) => severity !== "info") ? 1 : 0;
  },
};

function lines(finding: Finding, width: number, paint: Paint): string[] {
  const [first = "", ...rest] = wrap(finding.title, width - MARK_WIDTH);
  return [
    `${paint(COLORS[finding.severity], MARKS[finding.severity])} ${paint("bold", first)}`,
    ...rest.map((line) => `  ${paint("bold", line)}`),
    ...section("Cause", [finding.cause], width),
    ...section("Whose side", [finding.side], width),
    // Rows are for copying: they are never cut or wrapped.
    "  Evidence",
    ...finding.evidence.map((line) => `    ${paint("dim", line)}`),
    ...section("Look next at", finding.next, width),
    ...section("Do not conclude", finding.notConcluded, width),
  ];
}

function section(title: string, items: string[], width: number): string[] {
  if (items.length === 1)
    return wrap(`${title}: ${items[0]}`, width - 4).map((line, at) =>
      at === 0 ? `  ${line}` : `    ${line}`,
    );
  const wrapped = items.flatMap((item) =>
    wrap(item, width - 6).map((line, at) => (at === 0 ? `    · ${line}` : `      ${line}`)),
  );
  return [`  ${title}`, ...wrapped];
}

const MARKS = { critical: "✗", warning: "!", info: "·" } as const;
const MARK_WIDTH = 2;
const COLORS = { critical: "red", warning: "yellow", info: "cyan" } as const;
