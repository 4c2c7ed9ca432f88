import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Command, Out } from "../command.ts";
import { typedOrCurrent } from "../course/start-current.ts";
import { UserError } from "../course/user-error.ts";

export const open: Command = {
  usage: "open [label] [--port N] [--no-browser]",
  summary: "A page in your browser: lesson, live verdict, wire and sockets",
  options: {
    port: { type: "string", value: "N", description: "the port on 127.0.0.1; any free one without it" },
    "no-browser": { type: "boolean", default: false, description: "only print the address" },
  },
  async run({ positionals, values, course }, out) {
    const label = typedOrCurrent(course, positionals[0]);
    const port = readPort(values["port"]);
    const [{ LiveGrading }, { PageServer }] = await Promise.all([
      import("../live/live-grading.ts"),
      import("../page/page-server.ts"),
    ]);
    const ended = endSignal();
    await using live = LiveGrading.start(course, label);
    await using page = await PageServer.start(course, live, { port });
    out.write(`${page.url}\n\n  This page shows ${label}, graded whenever you save. Ctrl-C ends it.\n`);
    if (values["no-browser"] !== true && hasDisplay(out)) show(page.url);
    await ended;
    return 0;
  },
};

function readPort(typed: string | boolean | undefined): number {
  if (typeof typed !== "string") return 0;
  const port = Number(typed);
  if (!/^\d+$/.test(typed) || port > 65_535)
    throw new UserError(`Expected a port from 0 to 65535, got "${typed}"`);
  return port;
}

/** Resolves with the first of the signals by which terminals end a command. */
async function endSignal(): Promise<void> {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  await Promise.race(signals.map((signal) => once(process, signal)));
}

/** Somebody looks at this terminal, and a browser would open where they look: not on the other end of an SSH connection. */
function hasDisplay({ isTTY }: Out): boolean {
  const { SSH_CONNECTION, CI, DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (isTTY !== true || SSH_CONNECTION || CI) return false;
  return process.platform !== "linux" || Boolean(DISPLAY ?? WAYLAND_DISPLAY);
}

/** With whatever the system opens addresses with; where there is nothing, the address is printed anyway. */
function show(url: string): void {
  const [program, ...args] = openers[process.platform] ?? ["xdg-open"];
  const child = spawn(program ?? "", [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}

const openers: { [platform: string]: string[] } = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] };
