import { execFile } from "node:child_process";
import { readdirSync, existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { doctor } from "../commands/doctor.ts";
import { runCommand, widest } from "../testing/run-command.ts";
import { smallCourse } from "../testing/small-course.ts";
import { diagnosisText } from "./diagnosis-text.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { examine, type Finding, type Look } from "./finding.ts";
import { judgePorts } from "./kernel.ts";
import { platformText, toInstall, wslOf, type Platform } from "./platform.ts";
import { runTool } from "./run-tool.ts";

const debian: Platform = {
  system: "linux",
  name: "Debian GNU/Linux 12",
  release: "6.1.0",
  installer: "apt-get",
  wsl: undefined,
  container: true,
};

test("on this machine it finds something of everything, and leaves nothing", async () => {
  using course = smallCourse();
  const { code, text } = await runCommand(doctor, course, "--json");
  const { version, findings, works } = JSON.parse(text) as Diagnosis;
  expect(version).toBe(1);
  expect(findings.map(({ name }) => name)).toEqual([
    "Node",
    "pnpm",
    "git",
    "ss",
    "tcpdump",
    "/proc/net/tcp",
    "user namespaces",
    "ephemeral ports",
    "127.0.0.1",
    "127.7.7.7",
    "::1",
    "bubblewrap",
    "file watching",
    "disk space",
  ]);
  expect(findings.filter(({ state, costs }) => state !== "works" && costs === undefined)).toEqual([]);
  expect(code).toBe(works ? 0 : 1);
  const cache = join(course.root, "node_modules/.cache");
  expect(existsSync(cache) ? readdirSync(cache) : []).toEqual([]);
});

const bin = join(import.meta.dirname, "../../bin/workshop.js");
const hasNamespaces = (await runTool("unshare", "-Urn", "true")).code === 0;

test.skipIf(!hasNamespaces)(
  "an interface lo that is down is seen: exercises cannot be graded (needs user namespaces)",
  async () => {
    // A network namespace of its own, where nobody has switched lo on.
    const { text } = await promisify(execFile)("unshare", [
      "-Urn",
      process.execPath,
      bin,
      "doctor",
      "--json",
    ]).then(
      ({ stdout }) => ({ text: stdout }),
      ({ stdout }: { stdout: string }) => ({ text: stdout }),
    );
    const { findings, works } = JSON.parse(text) as Diagnosis;
    expect(works).toBe(false);
    expect(findings.find(({ name }) => name === "127.0.0.1")).toEqual({
      name: "127.0.0.1",
      state: "stops",
      found: "can be listened on, not connected to: ENETUNREACH",
      costs: "05 to 16 cannot be graded",
      get: "sudo ip link set lo up",
    });
  },
  30_000,
);

test("a project that cannot be written is told as that, not as a disk without events", async () => {
  using course = smallCourse();
  // Root may write wherever there is a folder: here there is a file.
  course.write("node_modules", "");
  const { text } = await runCommand(doctor, course, "--json");
  const watching = (JSON.parse(text) as Diagnosis).findings.find(({ name }) => name === "file watching");
  expect(watching).toMatchObject({
    state: "limits",
    found: expect.stringMatching(/^not tried: the project cannot be written \(E/),
  });
});

test("a look that never ends, and one that breaks, are findings like others", async () => {
  const looks: Look[] = [
    { name: "asleep", costs: "sleep", take: () => new Promise(() => {}) },
    { name: "broken", costs: "rest", take: () => Promise.reject(new Error("no such luck")) },
    { name: "well", costs: "", take: async () => ({ name: "well", state: "works", found: "yes" }) },
  ];
  expect(await examine(looks, 20)).toEqual([
    { name: "asleep", state: "limits", found: "no answer within 0.02 s", costs: "sleep" },
    { name: "broken", state: "limits", found: "could not be found out: no such luck", costs: "rest" },
    { name: "well", state: "works", found: "yes" },
  ]);
});

test("a program that is not there, or fails, is told apart from one that works", async () => {
  expect(await runTool("no-such-program-of-the-workshop")).toEqual({ code: undefined, text: "" });
  expect(await runTool(process.execPath, "-e", "console.error('why'); process.exit(3)")).toEqual({
    code: 3,
    text: "why",
  });
  expect((await runTool(process.execPath, "-e", "")).code).toBe(0);
});

test("says what a lack costs and how to get it, and whether exercises can be graded all the same", () => {
  const ss: Finding = {
    name: "ss",
    state: "limits",
    found: "not found",
    costs: "13: the tables come from /proc, and a listener's backlog is not told, nor is anything else of it",
    get: "apt-get install -y iproute2",
  };
  const table: Finding = { name: "/proc/net/tcp", state: "stops", found: "not readable", costs: "05 to 16" };
  const text = diagnosisText({ version: 1, platform: debian, findings: [ss], works: true });
  expect(text).toMatch(
    /^Debian GNU\/Linux 12, kernel 6\.1\.0, in a container\n\n! ss +not found\n {4}costs +13: [^]*\n {4}to get it +apt-get install -y iproute2\n\nEvery exercise can be graded here\./,
  );
  expect(widest(text)).toBeLessThanOrEqual(80);
  expect(diagnosisText({ version: 1, platform: debian, findings: [ss, table], works: false })).toMatch(
    /✗ \/proc\/net\/tcp +not readable\n[^]*Exercises cannot be graded here: see what is marked ✗\.\n$/,
  );
});

test.each([
  ["Linux version 6.6.36.3-microsoft-standard-WSL2 (gcc)", 2],
  ["Linux version 4.4.0-19041-Microsoft (Microsoft@Microsoft.com)", 1],
  ["Linux version 6.1.0-21-amd64 (debian-kernel@lists.debian.org)", undefined],
])("%s is WSL %s", (version, wsl) => {
  expect(wslOf(version)).toBe(wsl);
});

test("how to get a package is said in the words of the machine's installer", () => {
  const names = { "apt-get": "iproute2", dnf: "iproute" };
  expect(toInstall(debian, names)).toBe("apt-get install -y iproute2");
  expect(toInstall({ ...debian, installer: "dnf" }, names)).toBe("dnf install -y iproute");
  expect(toInstall({ ...debian, installer: undefined }, names)).toContain("package iproute2");
  expect(toInstall({ ...debian, system: "macos", installer: "brew" }, names)).toContain("Linux container");
  expect(platformText({ ...debian, wsl: 2, container: false })).toMatch(/in WSL 2$/);
});

test.each([
  ["32768\t60999\n", "works", "32768 to 60999, 28,232 in all; 105 TCP sockets, 100 of them in TIME-WAIT"],
  ["32768\t32999\n", "limits", "32768 to 32999, 232 in all"],
  ["", "works", "not told here"],
])("a range of ports %j %s", (range, state, found) => {
  const used = "sockets: used 9\nTCP: inuse 5 orphan 0 tw 100 alloc 7 mem 1\n";
  expect(judgePorts(range, used)).toMatchObject({ state, found: expect.stringContaining(found) });
});

test("ports that others hold in TIME-WAIT are not free", () => {
  const used = "TCP: inuse 5 orphan 0 tw 27000 alloc 7 mem 1\n";
  expect(judgePorts("32768 60999", used)).toMatchObject({
    state: "limits",
    get: expect.stringContaining("60 s"),
  });
});
