import { existsSync } from "node:fs";
import { runCommand, type ExitCode } from "@tcpip-workshop/command";
import { CommandProcess } from "@tcpip-workshop/command/testing";
import { describe, expect, test } from "vitest";
import { udpEcho } from "./command.ts";
import { eventually } from "./testing/eventually.ts";
import { freePort } from "./testing/free-port.ts";
import { Peer } from "./testing/peer.ts";
import { UdpEchoClient } from "./udp-echo-client.ts";
import { startUdpEchoServer } from "./udp-echo-server.ts";

const main = new URL("main.ts", import.meta.url);
/** Where the kernel tells what it dropped. */
const noProc = !existsSync("/proc/net/udp");
const at = (port: number) => ({ address: "127.0.0.1", family: "IPv4", port });

describe("udp-echo", () => {
  test("echoes, and leaves with exit code 0 on SIGTERM, its counts told", async () => {
    await using command = new CommandProcess(main, ["--port", "0"]);
    const port = await command.port();
    await using peer = await Peer.open(at(port));
    await peer.send(Uint8Array.of(1, 2, 3));
    expect(await peer.has(1)).toEqual([Uint8Array.of(1, 2, 3)]);
    command.child.kill("SIGTERM");
    expect(await command.exited).toBe(0);
    expect(command.lines.map((line) => line["event"])).toEqual([
      "listening",
      "received",
      "draining",
      "drained",
      "stats",
    ]);
    expect(await command.line("stats")).toMatchObject({ received: 1, echoed: 1, sent: 1, sentBytes: 3 });
  });

  test("logs one JSON object a line, with time and 5-tuple", async () => {
    await using command = new CommandProcess(main, ["--port", "0", "--mode", "request"]);
    const port = await command.port();
    await using peer = await Peer.open(at(port));
    await peer.send(new Uint8Array(5));
    expect(await command.line("dropped")).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      event: "dropped",
      reason: "malformed",
      protocol: "udp",
      localAddress: "127.0.0.1",
      localPort: port,
      remoteAddress: "127.0.0.1",
      remotePort: peer.socket.address().port,
      bytes: 5,
      suppressed: 0,
    });
  });

  test("answers requests in mode request", async () => {
    await using command = new CommandProcess(main, ["serve"], {
      UDP_ECHO_PORT: "0",
      UDP_ECHO_MODE: "request",
    });
    await using client = await UdpEchoClient.connect({ port: await command.port(), mode: "request" });
    expect(await client.request(Uint8Array.of(9))).toEqual(Uint8Array.of(9));
  });

  test("goes on when nobody reads its log any more", async () => {
    await using command = new CommandProcess(main, ["--port", "0"]);
    const port = await command.port();
    command.child.stdout.destroy();
    await using peer = await Peer.open(at(port));
    for (let count = 1; count <= 3; count++) {
      await peer.send(new Uint8Array(1));
      await peer.has(count);
    }
    command.child.kill("SIGTERM");
    expect(await command.exited).toBe(0);
  });

  test.skipIf(noProc)(
    "stands a flood of garbage with a few lines of log (skipped without /proc/net/udp)",
    async () => {
      await using command = new CommandProcess(main, [
        "--port",
        "0",
        "--mode",
        "request",
        "--stats-interval",
        "20",
      ]);
      await using peer = await Peer.open(at(await command.port()));
      const sent = 2000;
      for (let count = 0; count < sent; count++) await peer.send(new Uint8Array(1400));
      const stats = () => command.lines.findLast((line) => line["event"] === "stats");
      // The kernel may have dropped some: they are counted as well
      await eventually(() => Number(stats()?.["received"]) + Number(stats()?.["socketDrops"] ?? 0), sent);
      expect(stats()).toMatchObject({ sent: 0 });
      expect(command.lines.filter((line) => line["event"] === "dropped").length).toBeLessThan(sent / 10);
      expect(peer.got).toEqual([]);
    },
  );

  test("says plainly that the port is taken, and how to see by whom: exit code 1", async () => {
    await using server = await startUdpEchoServer();
    const { port } = server.address;
    const command = await call([], { UDP_ECHO_PORT: String(port) });
    expect(command.exitCode).toBe(1);
    expect(command.stderr).toContain(`127.0.0.1 port ${port}`);
    expect(command.stderr).toContain("ADDRESS_IN_USE");
    expect(command.stderr).toContain(`ss -lunp 'sport = :${port}'`);
    expect(command.stderr.split("\n")).toHaveLength(2);
  });

  test.each([
    [["--port", "http"], {}, '--port to be a whole number from 0 to 65535, got "http"'],
    [["--port", "65536"], {}, "--port"],
    [[], { UDP_ECHO_WINDOW_AGE: "1e3" }, "UDP_ECHO_WINDOW_AGE"],
    [["--mode", "lines"], {}, '--mode to be "echo" or "request", got "lines"'],
    [["--verbose"], {}, "--verbose"],
    [["listen"], {}, '"listen"'],
    [["send"], {}, "one text"],
    [["send", "x", "--when-refused", "cry"], {}, '--when-refused to be "fail" or "retry", got "cry"'],
  ])("%j with %j is refused in one sentence, exit code 2", async (args, env, sentence) => {
    const command = await call(args, env);
    expect(command.exitCode).toBe(2);
    expect(command.stderr).toContain(sentence);
    expect(command.stderr.split("\n")).toHaveLength(2);
  });

  test("prefers a flag to the environment, and takes an empty variable for none", async () => {
    await using command = new CommandProcess(main, ["--port", "0"], {
      UDP_ECHO_PORT: "http",
      UDP_ECHO_MODE: "",
    });
    expect(await command.line("listening")).toMatchObject({ mode: "echo" });
  });

  test("tells its flags with --help", async () => {
    const command = await call(["--help"]);
    expect(command.exitCode).toBe(0);
    expect(command.stdout).toContain("--drain-deadline");
    expect(command.stdout).toContain("UDP_ECHO_");
  });
});

describe("udp-echo send", () => {
  test("prints the reply", async () => {
    await using server = await startUdpEchoServer({ mode: "request" });
    const port = String(server.address.port);
    const command = await call(["send", "héllo", "--mode", "request", "--port", port]);
    expect(command.exitCode).toBe(0);
    expect(JSON.parse(command.stdout)).toMatchObject({ text: "héllo", bytes: 6 });
  });

  test("says that nobody listens, exit code 1", async () => {
    const command = await call(["send", "hello", "--port", String(await freePort())]);
    expect(command.exitCode).toBe(1);
    expect(command.stderr).toContain("CONNECTION_REFUSED");
  });

  test("says that no reply came, after how many datagrams, exit code 1", async () => {
    await using server = await startUdpEchoServer({ mode: "request" });
    const port = String(server.address.port);
    // An echo client: the server's replies are not what it waits for
    const command = await call(["send", "x", "--port", port, "--attempts", "1", "--total-timeout", "200"]);
    expect(command.exitCode).toBe(1);
    expect(command.stderr).toContain("Expected a reply within 200 ms, got none to 1 datagram (NO_REPLY)");
  });
});

/** The command in this process, where it ends by itself. */
async function call(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ exitCode: ExitCode; stdout: string; stderr: string }> {
  let stdout = "";
  let stderr = "";
  const exitCode = await runCommand(udpEcho, args, {
    env,
    out: { write: (text) => (stdout += text) },
    err: { write: (text) => (stderr += text) },
    onSignal() {},
  });
  return { exitCode, stdout, stderr };
}
