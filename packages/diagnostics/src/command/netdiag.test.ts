import { describe, expect, test } from "vitest";
import { pair, stateOf } from "../testing/stage.ts";
import { hasProc } from "../testing/tools.ts";
import { recorder } from "../testing/tty.ts";
import { netdiag } from "./netdiag.ts";

describe("netdiag", () => {
  test("tells its commands without arguments, as an error, and with --help", async () => {
    const [bare, help] = [recorder(), recorder()];
    expect(await netdiag([], bare)).toBe(2);
    expect(await netdiag(["--help"], help)).toBe(0);
    expect(bare.complaints).toBe(help.out);
    for (const name of ["states", "sockets", "diagnose", "watch"])
      expect(help.out).toContain(`netdiag ${name}`);
  });

  test("tells a command's options", async () => {
    const terminal = recorder();
    expect(await netdiag(["watch", "--help"], terminal)).toBe(0);
    for (const option of ["--port", "--pid", "--json", "--interval"]) expect(terminal.out).toContain(option);
  });

  test.each([
    [["nothing"], "Expected one of: states, sockets, diagnose, watch"],
    [["states", "--colour"], "--colour"],
    [["states", "--port", "http"], "Expected --port with a whole number"],
    [["states", "--port", "70000"], "Expected a port from 0 to 65535, got 70000"],
    [["states", "extra"], "extra"],
  ])("refuses %j in words, with exit code 2", async (args, words) => {
    const terminal = recorder();
    expect(await netdiag(args, terminal)).toBe(2);
    expect(terminal.complaints).toContain(words);
    expect(terminal.out).toBe("");
  });
});

describe.skipIf(!hasProc)("netdiag on this machine (needs /proc/net/tcp)", () => {
  test("states: counts with bars, or as JSON", async () => {
    await using staged = await pair();
    const [plain, json] = [recorder({ columns: 60 }), recorder()];
    expect(await netdiag(["states", "--port", String(staged.port)], plain)).toBe(0);
    const lines = plain.out.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^LISTEN +1 █+$/);
    expect(lines[1]).toMatch(/^ESTAB +2 █+$/);
    expect(lines[2]).toBe("3 TCP sockets, 0 UDP");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    await netdiag(["states", "--json", "--port", String(staged.port)], json);
    expect(JSON.parse(json.out)).toEqual({ LISTEN: 1, ESTABLISHED: 2 });
  });

  test("sockets: the table, with processes if asked", async () => {
    await using staged = await pair();
    const terminal = recorder();
    await netdiag(["sockets", "-p", "--port", String(staged.port)], terminal);
    const lines = terminal.out.trimEnd().split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(
      new RegExp(`^LISTEN +0 +- +127\\.0\\.0\\.1:${staged.port} +0\\.0\\.0\\.0:\\* .*pid=${process.pid}`),
    );
    const json = recorder();
    await netdiag(["sockets", "--json", "--pid", String(process.pid), "--port", String(staged.port)], json);
    expect(JSON.parse(json.out)).toHaveLength(3);
  });

  test("diagnose: exit code 0 and healthy, or 1 and what is amiss, in 80 columns", async () => {
    await using staged = await pair();
    const healthy = recorder();
    expect(await netdiag(["diagnose", "--port", String(staged.port)], healthy)).toBe(0);
    expect(healthy.out).toContain("Healthy: 3 sockets");
    staged.client.end();
    await stateOf(staged.port, "server", "CLOSE-WAIT");
    const amiss = recorder({ columns: 80 });
    expect(await netdiag(["diagnose", "--port", String(staged.port)], amiss)).toBe(1);
    expect(amiss.out).toContain("1 in CLOSE-WAIT");
    expect(amiss.out).toContain("Whose side: ours");
    expect(amiss.out).toContain("Do not conclude");
    const prose = amiss.out.split("\n").filter((line) => !line.includes("127.0.0.1"));
    expect(Math.max(...prose.map((line) => line.length))).toBeLessThanOrEqual(80);
    const json = recorder();
    await netdiag(["diagnose", "--json", "--port", String(staged.port)], json);
    expect(JSON.parse(json.out)).toMatchObject([{ code: "CLOSE_WAIT", side: "ours", count: 1 }]);
  });

  test("colours only where they are wanted", async () => {
    const [plain, coloured] = [recorder(), recorder({ colors: true })];
    await netdiag(["diagnose", "--port", "0"], plain);
    await netdiag(["diagnose", "--port", "0"], coloured);
    expect(plain.out).not.toContain("\u001B[");
    expect(coloured.out).toContain("\u001B[");
  });

  test("watch: a line of JSON a look, with what changed", async () => {
    await using staged = await pair();
    let looks = 0;
    const terminal = recorder({
      write(text) {
        terminal.out += text;
        // Between the first look and the second the client closes.
        if (++looks === 1) staged.client.end();
      },
    });
    await netdiag(
      ["watch", "--json", "--count", "2", "--interval", "300", "--port", String(staged.port)],
      terminal,
    );
    const [first, second] = terminal.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({ states: { LISTEN: 1, ESTABLISHED: 2 }, changes: { moved: [] } });
    expect(second).toMatchObject({ states: { "CLOSE-WAIT": 1 } });
    expect(second.changes.moved).toContainEqual(
      expect.objectContaining({
        from: "ESTABLISHED",
        socket: expect.objectContaining({ state: "CLOSE-WAIT" }),
      }),
    );
  });
});
