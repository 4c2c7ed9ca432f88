import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const script = `import { makeCellFolder } from ${JSON.stringify(new URL("cell-folder.ts", import.meta.url).href)};
  console.log(makeCellFolder());
  setInterval(() => {}, 1000);`;

/** Another process, which has made a folder in `parent` and lives on. */
async function maker(parent: string): Promise<{ folder: string; maker: ChildProcess }> {
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", script];
  const child = spawn(process.execPath, args, {
    env: { TMPDIR: parent },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { folder: line.toString().trim(), maker: child };
}

function parentFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "cell-folder-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const isWindows = process.platform === "win32";

test.skipIf(isWindows)(
  "what a killed process has left is removed by the next one, and what a living one has stays (not on Windows)",
  async () => {
    const parent = parentFolder();
    const [killed, living] = [await maker(parent), await maker(parent)];
    const exited = once(killed.maker, "exit");
    killed.maker.kill("SIGKILL");
    await exited;
    expect(existsSync(killed.folder)).toBe(true);
    const next = await maker(parent);
    expect([killed, living, next].map(({ folder }) => existsSync(folder))).toEqual([false, true, true]);
  },
);

test.skipIf(isWindows)(
  "a folder whose maker counts its processes elsewhere stays until it is old (not on Windows)",
  async () => {
    const parent = parentFolder();
    const { folder, maker: known } = await maker(parent);
    // Our own number, that is sure to be somebody, and one that is nobody: neither says anything of a process next door.
    const elsewhere = [process.pid, 2 ** 22 + 1].map((pid) => {
      const path = join(parent, basename(folder).replace(/cell-\w+-\d+-/, `cell-0123abcd-${pid}-`));
      mkdirSync(path);
      return path;
    });
    expect(elsewhere.map((path) => basename(path))).not.toContain(basename(folder));
    known.kill("SIGKILL");
    await maker(parent);
    expect(elsewhere.map((path) => existsSync(path))).toEqual([true, true]);
    const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
    for (const path of elsewhere) utimesSync(path, longAgo, longAgo);
    await maker(parent);
    expect(elsewhere.map((path) => existsSync(path))).toEqual([false, false]);
  },
);
