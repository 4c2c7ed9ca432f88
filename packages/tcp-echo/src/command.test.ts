import { CommandProcess } from "@tcpip-workshop/command/testing";
import { encodeFrame } from "@tcpip-workshop/core/framing";
import { expectNoOpenResources, ScriptedPeer } from "@tcpip-workshop/faults";
import { afterAll, describe, expect, test } from "vitest";
import { startEchoServer } from "./echo-server.ts";

afterAll(expectNoOpenResources);

const main = new URL("main.ts", import.meta.url);
const hello = encodeFrame(Buffer.from("hello"));

describe("tcp-echo", () => {
  test("drains on SIGTERM: a frame under way is answered, then FIN, then exit code 0", async () => {
    await using command = new CommandProcess(main, ["--port", "0", "--mode", "framed"]);
    await using peer = await ScriptedPeer.connect(await command.port());
    peer.send(hello.subarray(0, 6));
    await command.line("connected");
    command.child.kill("SIGTERM");
    await command.line("draining");
    peer.send(hello.subarray(6));
    await peer.until(() => peer.ended === "FIN");
    expect(peer.bytes).toEqual(new Uint8Array(hello));
    peer.end();
    expect(await command.exited).toBe(0);
    expect(await command.line("drained")).toMatchObject({ finished: 1, cut: 0 });
  });

  test("cuts at the deadline who never ends", async () => {
    await using command = new CommandProcess(main, ["--port", "0"], { TCP_ECHO_DRAIN_DEADLINE: "300" });
    await using peer = await ScriptedPeer.connect(await command.port());
    await command.line("connected");
    command.child.kill("SIGTERM");
    await peer.until(() => peer.ended === "FIN");
    expect(await command.exited).toBe(0);
    expect(await command.line("drained")).toMatchObject({ finished: 0, cut: 1 });
  });

  test("closes at once on a second signal", async () => {
    await using command = new CommandProcess(main, ["--port", "0", "--drain-deadline", "2147483647"]);
    await using peer = await ScriptedPeer.connect(await command.port());
    peer.send("x");
    await peer.until(() => peer.receivedBytes === 1);
    command.child.kill("SIGTERM");
    await command.line("draining");
    command.child.kill("SIGINT");
    expect(await command.exited).toBe(0);
    expect(await command.line("drained")).toMatchObject({ cut: 1 });
  });

  test("logs one JSON object a line, with time and 5-tuple", async () => {
    await using command = new CommandProcess(main, ["--port", "0"]);
    const port = await command.port();
    await using peer = await ScriptedPeer.connect(port);
    peer.send("12345");
    peer.end();
    expect(await command.line("closed")).toMatchObject({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      protocol: "tcp",
      localAddress: "127.0.0.1",
      localPort: port,
      remoteAddress: "127.0.0.1",
      remotePort: peer.localPort,
      bytesIn: 5,
      bytesOut: 5,
      reason: "ended",
    });
  });

  test("goes on when nobody reads its log any more", async () => {
    await using command = new CommandProcess(main, ["--port", "0"]);
    const port = await command.port();
    command.child.stdout.destroy();
    for (let count = 0; count < 3; count++) {
      await using peer = await ScriptedPeer.connect(port);
      peer.send("x");
      await peer.until(() => peer.receivedBytes === 1);
    }
    command.child.kill("SIGTERM");
    expect(await command.exited).toBe(0);
  });

  test("says plainly that the port is taken, by which address, and how to see by whom: exit code 1", async () => {
    await using server = await startEchoServer();
    const { port } = server.address;
    await using command = new CommandProcess(main, [], { TCP_ECHO_PORT: String(port) });
    expect(await command.exited).toBe(1);
    expect(command.stderr).toContain(`127.0.0.1 port ${port}`);
    expect(command.stderr).toContain("ADDRESS_IN_USE");
    expect(command.stderr).toContain(`ss -ltnp 'sport = :${port}'`);
    expect(command.stderr.split("\n")).toHaveLength(2);
  });

  test.each([
    [["--port", "http"], {}, '--port to be a whole number from 0 to 65535, got "http"'],
    [["--port", "65536"], {}, "--port"],
    [[], { TCP_ECHO_IDLE_TIMEOUT: "1e3" }, "TCP_ECHO_IDLE_TIMEOUT"],
    [["--mode", "lines"], {}, '--mode to be "raw" or "framed", got "lines"'],
    [["--verbose"], {}, "--verbose"],
    [["listen"], {}, '"listen"'],
    [["send"], {}, "one text"],
  ])("%j with %j is refused in one sentence, exit code 2", async (args, env, sentence) => {
    await using command = new CommandProcess(main, args, env);
    expect(await command.exited).toBe(2);
    expect(command.stderr).toContain(sentence);
    expect(command.stderr.split("\n")).toHaveLength(2);
  });

  test("prefers a flag to the environment, and takes an empty variable for none", async () => {
    await using command = new CommandProcess(main, ["--port", "0"], {
      TCP_ECHO_PORT: "http",
      TCP_ECHO_MODE: "",
    });
    expect(await command.line("listening")).toMatchObject({ mode: "raw" });
  });

  test("tells its flags with --help", async () => {
    await using command = new CommandProcess(main, ["--help"]);
    expect(await command.exited).toBe(0);
    expect(command.stdout).toContain("--drain-deadline");
    expect(command.stdout).toContain("TCP_ECHO_");
  });
});

describe("tcp-echo send", () => {
  test("prints the reply", async () => {
    await using server = await startEchoServer({ mode: "framed" });
    const { port } = server.address;
    await using command = new CommandProcess(main, [
      "send",
      "héllo",
      "--mode",
      "framed",
      "--port",
      String(port),
    ]);
    expect(await command.exited).toBe(0);
    expect(await command.line("reply")).toMatchObject({ text: "héllo", bytes: 6 });
  });

  test("says why there is none, exit code 1", async () => {
    const server = await startEchoServer();
    const { port } = server.address;
    await server.drain(0);
    await using command = new CommandProcess(main, ["send", "hello", "--port", String(port)]);
    expect(await command.exited).toBe(1);
    expect(command.stderr).toContain("CONNECTION_REFUSED");
  });
});
