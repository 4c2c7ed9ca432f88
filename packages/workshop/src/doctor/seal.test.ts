import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Platform } from "./platform.ts";
import { sealLooks } from "./seal.ts";

const linux: Platform = {
  system: "linux",
  name: "Debian GNU/Linux 12",
  release: "6.1.0",
  installer: "apt-get",
  wsl: undefined,
  container: false,
};

afterEach(() => vi.unstubAllEnvs());

describe.skipIf(process.platform !== "linux")("whether answers can be shut in (Linux)", () => {
  test("is a matter of bubblewrap first, and how to get it is said", async () => {
    using _ = onlyThese({});
    expect(await look(linux)).toMatchObject({
      state: "limits",
      found: "not found",
      costs: expect.stringContaining("`grade` cannot shut answers in"),
      get: "apt-get install -y bubblewrap; then docs/instructors/seal.md#get-it",
    });
  });

  test.each([
    [{ bwrap: "echo bubblewrap 0.6.1" }, "0.6.1, which is too old", /^0\.7 or newer: /],
    [{ bwrap: "echo no such library; exit 1" }, "does not start: no such library", /#get-it$/],
    [
      { bwrap: "echo bubblewrap 0.8.0" },
      "0.8.0, but answers cannot be shut in: there is no setpriv (util-linux)",
      /#get-it$/,
    ],
    [
      { bwrap: "echo bubblewrap 1.2.0", setpriv: "echo unshare failed: Operation not permitted; exit 1" },
      "1.2.0, but answers cannot be shut in: unshare failed: Operation not permitted",
      /#get-it$/,
    ],
  ])("is said to be no where there is %j", async (programs, found, get) => {
    using _ = onlyThese(programs);
    expect(await look(linux)).toMatchObject({ state: "limits", found, get: expect.stringMatching(get) });
  });

  test("is said to be so where one seal in another was made", async () => {
    using _ = onlyThese({ bwrap: "echo bubblewrap 0.11.0", setpriv: "exit 0" });
    expect(await look(linux)).toEqual({
      name: "bubblewrap",
      state: "works",
      found: "0.11.0; answers can be shut in",
    });
  });
});

test("no other system has it", async () => {
  expect(await look({ ...linux, system: "macos" })).toMatchObject({ state: "limits", found: "Linux only" });
});

async function look(platform: Platform): Promise<unknown> {
  const [only] = sealLooks(platform);
  return await only?.take();
}

/** A machine with no other programs than these scripts. */
function onlyThese(programs: { [name: string]: string }): Disposable {
  const folder = mkdtempSync(join(tmpdir(), "doctor-"));
  for (const [name, script] of Object.entries(programs)) {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }
  vi.stubEnv("PATH", folder);
  return { [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
