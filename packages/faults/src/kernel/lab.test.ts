import { spawnSync } from "node:child_process";
import { mkdtempDisposableSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { openResources } from "../open-resources.ts";
import { lab } from "./lab.ts";
import { labAvailable } from "./lab-available.ts";

const availability = labAvailable();
const noLab = !availability.available;
const why = availability.available ? "" : ` (skipped: a lab ${availability.reason})`;
const noSs = spawnSync("ss", ["-V"]).status !== 0;
const whySs = noSs ? " (skipped: needs ss of iproute2)" : "";
/** Not a measure of speed: only so that a wait ends, also on a busy machine. */
const PATIENT = { timeout: 40_000 };

describe.skipIf(noLab)(`lab${why}`, () => {
  test("32 ephemeral ports are 32 connections to one place; the next gets EADDRNOTAVAIL", async () => {
    const script = `
      import { connect, createServer } from "node:net";
      import { once } from "node:events";
      const server = createServer().listen(5000, "127.0.0.1");
      await once(server, "listening");
      let connected = 0;
      for (;;) {
        const socket = connect(5000, "127.0.0.1");
        const code = await once(socket, "connect").then(() => void connected++, (error) => error.code);
        if (code === undefined) continue;
        console.log(connected, code);
        process.exit();
      }`;
    const result = await lab({ ephemeralPorts: [40_000, 40_031] }, script);
    expect(result).toEqual({ code: 0, stdout: "32 EADDRNOTAVAIL\n", stderr: "" });
  });

  test("sysctls are set inside, and stay as they are outside", async () => {
    const file = "/proc/sys/net/ipv4/tcp_syn_retries";
    const outside = readFileSync(file, "latin1");
    const inside = Number(outside) === 2 ? 3 : 2;
    const script = `import { readFileSync } from "node:fs"; process.stdout.write(readFileSync("${file}"));`;
    const { stdout } = await lab({ sysctls: { "net.ipv4.tcp_syn_retries": inside } }, script);
    expect(stdout).toBe(`${inside}\n`);
    expect(readFileSync(file, "latin1")).toBe(outside);
  });

  test.skipIf(noSs)(
    `an MTU of 1500 makes segments of at most 1448 bytes: less 40 of headers, 12 of timestamps${whySs}`,
    async () => {
      const script = `
        import { spawnSync } from "node:child_process";
        import { connect, createServer } from "node:net";
        import { once } from "node:events";
        const server = createServer().listen(5000, "127.0.0.1");
        await once(server, "listening");
        await once(connect(5000, "127.0.0.1"), "connect");
        console.log(spawnSync("ss", ["-tinH", "dport = 5000"], { encoding: "utf8" }).stdout);
        process.exit();`;
      const sysctls = { "net.ipv4.tcp_timestamps": 1 };
      const small = await lab({ mtu: 1500, sysctls }, script);
      const large = await lab({ sysctls }, script);
      expect(small.stdout).toMatch(/\bmss:1448\b/);
      expect(Number(/\bmss:(\d+)/.exec(large.stdout)?.[1])).toBeGreaterThan(10 * 1448);
    },
  );

  test.each(["text", "file"])(
    "runs a %s with arguments and environment, and gives its streams and its exit status",
    async (kind) => {
      const script = `
        console.log(process.argv.slice(-2).join("+"), process.env.SHIP);
        console.error("to stderr");
        process.exitCode = 3;`;
      using folder = mkdtempDisposableSync(join(tmpdir(), "lab-test-"));
      const file = join(folder.path, "script.mjs");
      writeFileSync(file, script);
      const options = { args: ["a b", "--c"], env: { SHIP: "Nautilus" } };
      expect(await lab({}, kind === "text" ? script : pathToFileURL(file), options)).toEqual({
        code: 3,
        stdout: "a b+--c Nautilus\n",
        stderr: "to stderr\n",
      });
    },
  );

  test("when the time is up, that is the error, and nothing stays open", async () => {
    const late = lab({}, "setInterval(() => {}, 1000);", { timeout: 200 });
    expect(openResources()).toEqual([expect.stringMatching(/^lab, .*lab\.test/)]);
    await expect(late).rejects.toMatchObject({ code: "TOTAL_TIMEOUT" });
    expect(openResources()).toEqual([]);
  });

  test("aborted, every process in it is killed, also what the script had set free", async () => {
    const mark = `lab-test-${process.pid}-${Date.now()}`;
    const script = `
      import { spawn } from "node:child_process";
      const idle = ["-e", "setInterval(() => {}, 1000)", "${mark}"];
      spawn(process.execPath, idle, { detached: true, stdio: "ignore" }).unref();
      setInterval(() => {}, 1000);`;
    const controller = new AbortController();
    const run = lab({}, script, { timeout: 120_000, signal: controller.signal });
    await expect.poll(() => processesWith(mark), PATIENT).toHaveLength(1);
    controller.abort(new Error("enough"));
    await expect(run).rejects.toThrow("enough");
    await expect.poll(() => processesWith(mark), PATIENT).toEqual([]);
  });

  test("when the script ends, what it left behind is killed", async () => {
    const mark = `lab-test-${process.pid}-${Date.now()}`;
    const script = `
      import { spawn } from "node:child_process";
      const left = spawn(process.execPath, ["-e", "console.log(1); setInterval(() => {}, 1000)", "${mark}"], { detached: true });
      left.stdout.once("data", () => { console.log("left one behind"); process.exit(); });`;
    expect(await lab({}, script)).toMatchObject({ code: 0, stdout: "left one behind\n" });
    await expect.poll(() => processesWith(mark), PATIENT).toEqual([]);
  });

  test("output past the limit is counted, not kept", async () => {
    const { stdout } = await lab({}, `process.stdout.write("x".repeat(100_000));`, { maxOutput: 10 });
    expect(stdout).toBe("xxxxxxxxxx\n… 99990 bytes more\n");
  });

  test("a sysctl that there is not, or a value that it does not take, is named", async () => {
    const nothing = lab({ sysctls: { "net.ipv4.tcp_no_such": 1 } }, "");
    await expect(nothing).rejects.toMatchObject({
      code: "ARGUMENT_INVALID",
      message: expect.stringContaining("tcp_no_such"),
    });
    const wrong = lab({ sysctls: { "net.ipv4.tcp_syn_retries": 999 } }, "");
    await expect(wrong).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  });
});

test.each([
  [{ mtu: 67 }],
  [{ mtu: 65_537 }],
  [{ ephemeralPorts: [0, 10] as const }],
  [{ ephemeralPorts: [11, 10] as const }],
  [{ sysctls: { "kernel.panic": 1 } }],
  [{ sysctls: { "net.../kernel/panic": 1 } }],
])("refuses %o before anything runs", async (setup) => {
  await expect(lab(setup, "")).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
});

test("labAvailable says the reason where there is no lab", () => {
  expect(labAvailable()).toEqual(availability);
  if (!availability.available) expect(availability.reason).toMatch(/^needs /);
});

/** Processes with this word in their command line. */
function processesWith(mark: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0").includes(mark);
    } catch {
      return false; // gone meanwhile
    }
  });
}
