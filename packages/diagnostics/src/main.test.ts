import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { hasProc } from "./testing/tools.ts";

const main = `${import.meta.dirname}/main.ts`;
// util-linux's: it gives the command a terminal of its own, and its exit code back.
const hasScript =
  process.platform === "linux" && spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;

describe.skipIf(!hasProc)("netdiag as a program (needs /proc/net/tcp)", () => {
  test("ends without a word when its reader has seen enough", () => {
    const command = `'${process.execPath}' '${main}' watch --json --interval 100 | head -n 1`;
    const { stdout, stderr, status } = spawnSync("sh", ["-c", command], {
      encoding: "utf8",
      timeout: 60_000,
    });
    expect(stdout.split("\n")).toHaveLength(2);
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  test("writes no colours and moves no cursor where there is no terminal", () => {
    const { stdout } = spawnSync(process.execPath, [main, "watch", "--count", "2", "--interval", "100"], {
      encoding: "utf8",
      timeout: 60_000,
    });
    expect(stdout).toContain("sockets, ");
    expect(stdout).not.toContain("\u001B");
  });
});

describe.skipIf(!hasProc || !hasScript)("netdiag watch in a terminal (needs script of util-linux)", () => {
  test.each([
    ["q", "q"],
    ["Ctrl-C", "\u0003"],
  ])("draws in place, ends with %s, and leaves the terminal as it was", async (_, key) => {
    const terminal = inTerminal("watch --interval 100");
    await terminal.shows((screen) => screen.split("\u001B[H").length > 3);
    terminal.child.stdin!.write(key);
    const [code] = (await once(terminal.child, "close")) as [number];
    expect(code).toBe(0);
    expect(terminal.screen().slice(0, 14)).toBe("\u001B[?1049h\u001B[?25l");
    expect(terminal.screen().slice(-14)).toBe("\u001B[?25h\u001B[?1049l");
  });

  test("uses colours in a terminal, and none with NO_COLOR", async () => {
    const [coloured, plain] = [inTerminal("states"), inTerminal("states", { NO_COLOR: "1" })];
    await Promise.all([once(coloured.child, "close"), once(plain.child, "close")]);
    expect(coloured.screen()).toContain("\u001B[");
    expect(plain.screen()).toMatch(/TCP socket/);
    expect(plain.screen()).not.toContain("\u001B[");
  });
});

function inTerminal(args: string, environment: NodeJS.ProcessEnv = {}) {
  const { NO_COLOR: _, ...ours } = process.env;
  const child: ChildProcess = spawn(
    "script",
    ["-qec", `'${process.execPath}' '${main}' ${args}`, "/dev/null"],
    {
      env: { ...ours, TERM: "xterm", ...environment },
      stdio: ["pipe", "pipe", "inherit"],
      timeout: 50_000,
    },
  );
  let text = "";
  child.stdout!.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  return {
    child,
    screen: () => text.trim(),
    async shows(isThere: (screen: string) => boolean) {
      while (!isThere(text))
        await Promise.race([
          once(child.stdout!, "data"),
          once(child, "close").then(() => Promise.reject(new Error(text))),
        ]);
    },
  };
}
