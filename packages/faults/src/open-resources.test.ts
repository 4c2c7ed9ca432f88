import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { expectNoOpenResources, openResources } from "./open-resources.ts";
import { ConnectionTap } from "./tcp/connection-tap.ts";
import { FaultProxy } from "./tcp/fault-proxy.ts";
import { ScriptedPeer } from "./tcp/scripted-peer.ts";

afterAll(expectNoOpenResources);

describe("what is open", () => {
  test("is each resource that was started, until it is disposed of", async () => {
    expect(openResources()).toEqual([]);
    const tap = await ConnectionTap.listen();
    const proxy = await FaultProxy.start(tap);
    const peer = await ScriptedPeer.connect(proxy.port);
    expect(openResources()).toEqual([
      expect.stringContaining(`ConnectionTap on port ${tap.port}, started at `),
      expect.stringContaining(`FaultProxy on port ${proxy.port} to ${tap.port}, started at `),
      expect.stringContaining(`ScriptedPeer from port ${peer.localPort} to ${proxy.port}, started at `),
    ]);
    for (const resource of [peer, proxy, tap]) await resource[Symbol.asyncDispose]();
    expect(openResources()).toEqual([]);
  });

  test("is told with RESOURCE_LEAKED and the line that started it", async () => {
    await using tap = await ConnectionTap.listen();
    expect(expectNoOpenResources).toThrow(
      expect.objectContaining({
        code: "RESOURCE_LEAKED",
        message: expect.stringMatching(
          new RegExp(
            `got 1 open:\n  ConnectionTap on port ${tap.port}, started at .*open-resources\\.test\\.ts:\\d+`,
          ),
        ),
      }),
    );
  });

  test("does not keep what never began", async () => {
    await using tap = await ConnectionTap.listen();
    await expect(ConnectionTap.listen(undefined, { port: tap.port })).rejects.toThrow("EADDRINUSE");
    await expect(FaultProxy.start(tap, { port: tap.port })).rejects.toThrow("EADDRINUSE");
    await expect(ScriptedPeer.connect(1)).rejects.toMatchObject({ code: "CONNECTION_REFUSED" });
    expect(openResources()).toHaveLength(1);
  });

  test("is warned of when the process exits", async () => {
    const index = fileURLToPath(new URL("index.ts", import.meta.url));
    const script = `
      const { ConnectionTap } = await import(${JSON.stringify(index)});
      const tap = await ConnectionTap.listen();
      console.log(tap.port);
      process.exit(0);`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      "--input-type=module",
      "-e",
      script,
    ]);
    expect(stderr).toContain(
      `ResourceLeakWarning: left open at exit: ConnectionTap on port ${stdout.trim()}`,
    );
  });
});
