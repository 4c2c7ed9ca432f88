import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";

const packages = fileURLToPath(new URL("../../..", import.meta.url));

/** The folder that a fresh process takes the host from, whose sources are among these packages. */
function hostIn(cache: string, among = packages): string {
  const module = pathToFileURL(join(among, "grader/src/process/host-script.ts")).href;
  const script = `import { hostScript } from ${JSON.stringify(module)}; console.log(hostScript());`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", script],
    { encoding: "utf8", env: { TCPIP_WORKSHOP_CACHE: cache }, timeout: 30_000 },
  );
  const name = /[/\\](host-[\da-f]{16})[/\\]grader[/\\]src[/\\]host[/\\]main\.js$/.exec(stdout.trim())?.[1];
  if (name === undefined) throw new Error(`Expected a host in the cache, got ${stdout}${stderr}`);
  return name;
}

function emptyFolder(): string {
  const made = mkdtempSync(join(tmpdir(), "cache-test-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** What the script is made of, and what makes it. */
function copyOfSources(): string {
  const copy = emptyFolder();
  for (const name of ["grader", "core"]) {
    for (const part of ["src", "package.json"])
      cpSync(join(packages, name, part), join(copy, name, part), { recursive: true });
  }
  return copy;
}

const hour = 60 * 60;

/** A folder of another state of the sources, last used so many hours ago. */
function another(cache: string, name: string, hours: number): void {
  mkdirSync(join(cache, name));
  writeFileSync(join(cache, name, "package.json"), "{}");
  const then = Date.now() / 1000 - hours * hour;
  utimesSync(join(cache, name), then, then);
}

describe("the host's script", () => {
  test("is made once for what its sources hold, wherever they lie and whenever they were written", () => {
    const cache = emptyFolder();
    const name = hostIn(cache);
    const { ino, mtimeMs } = statSync(join(cache, name, "grader/src/host/main.js"));
    const copy = copyOfSources();
    expect(hostIn(cache, copy)).toBe(name);
    expect(statSync(join(cache, name, "grader/src/host/main.js"))).toMatchObject({ ino, mtimeMs });
    appendFileSync(join(copy, "grader/src/wire/peer.ts"), "\n");
    expect(hostIn(cache, copy)).not.toBe(name);
    expect(readdirSync(cache)).toHaveLength(2);
  });

  test("has old ones beside it removed, beyond the newest three and not used for a day", () => {
    const cache = emptyFolder();
    for (const [name, hours] of [
      ["host-1111111111111111", 2],
      ["host-2222222222222222", 5],
      ["host-3333333333333333", 23],
      ["host-4444444444444444", 25],
      ["host-5555555555555555", 2000],
      ["making-old", 25],
      ["making-now", 0],
      ["stripped", 2000],
    ] as const)
      another(cache, name, hours);
    const name = hostIn(cache);
    expect(readdirSync(cache)).toEqual(
      [
        name,
        "host-1111111111111111",
        "host-2222222222222222",
        "host-3333333333333333",
        "making-now",
        "stripped",
      ].toSorted(),
    );
  });

  test("keeps three however old they are", () => {
    const cache = emptyFolder();
    for (const digit of "1234") another(cache, `host-${digit.repeat(16)}`, 1000 + Number(digit));
    const name = hostIn(cache);
    expect(readdirSync(cache)).toEqual([name, "host-1111111111111111", "host-2222222222222222"].toSorted());
  });

  test("that is used is not old, whenever it was made", () => {
    const cache = emptyFolder();
    const name = hostIn(cache);
    const then = Date.now() / 1000 - 1000 * hour;
    utimesSync(join(cache, name), then, then);
    hostIn(cache);
    expect(Date.now() - statSync(join(cache, name)).mtimeMs).toBeLessThan(hour * 1000);
  });
});
