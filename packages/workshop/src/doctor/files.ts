import { mkdir, mkdtemp, rm, statfs, writeFile } from "node:fs/promises";
import { watch } from "node:fs";
import { join } from "node:path";
import type { Finding, Look } from "./finding.ts";
import type { Platform } from "./platform.ts";

/** What the project's own disk does. */
export function fileLooks(platform: Platform, root: string): Look[] {
  return [
    { name: "file watching", costs: watchCosts, take: () => lookAtWatching(platform, root) },
    { name: "disk space", costs: diskCosts, take: () => lookAtDisk(root) },
  ];
}

const watchCosts = "`pnpm workshop` looks at the files by itself, and sees a save a little later";
const diskCosts = "an install or an update of the course may not fit";

/** Milliseconds in which a change must be told of. */
const patience = 800;
/** Of free space, in MiB: what an install takes. */
const enough = 500;

/** Really changes a file beside the project's own, on the same mount. */
async function lookAtWatching(platform: Platform, root: string): Promise<Finding> {
  const name = "file watching";
  const folder = await makeFolder(join(root, "node_modules/.cache"));
  if (folder.error !== undefined)
    return {
      name,
      state: "limits",
      found: `not tried: the project cannot be written (${folder.error})`,
      costs: "progress, kept answers and caches cannot be written; answers cannot be saved there either",
      get: "a checkout that you may write in",
    };
  try {
    const took = await seeChange(folder.path);
    if (took !== undefined) return { name, state: "works", found: `a change was told of after ${took} ms` };
    const get =
      platform.wsl === undefined
        ? "keep the project on a disk of this machine (no network or shared folder)"
        : "keep the project in WSL's own home, not under /mnt/c";
    return { name, state: "limits", found: `no event within ${patience} ms`, costs: watchCosts, get };
  } finally {
    await rm(folder.path, { recursive: true, force: true });
  }
}

type Made = { path: string; error?: never } | { path?: never; error: string };

async function makeFolder(shelf: string): Promise<Made> {
  try {
    await mkdir(shelf, { recursive: true });
    return { path: await mkdtemp(join(shelf, "doctor-")) };
  } catch (error) {
    return { error: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
}

/** @returns after how many milliseconds it was told of; nothing when it was not */
async function seeChange(folder: string): Promise<number | undefined> {
  const watcher = watch(folder);
  try {
    return await new Promise<number | undefined>((resolve, reject) => {
      const started = performance.now();
      const timer = setTimeout(() => resolve(undefined), patience);
      watcher.once("change", () => {
        clearTimeout(timer);
        resolve(Math.round(performance.now() - started));
      });
      watcher.once("error", reject);
      writeFile(join(folder, "probe"), "x").catch(reject);
    });
  } finally {
    watcher.close();
  }
}

async function lookAtDisk(root: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(root);
  const free = Math.floor((bavail * bsize) / 2 ** 20);
  const found = free >= 10 * 1024 ? `${Math.floor(free / 1024)} GiB free` : `${free} MiB free`;
  if (free >= enough) return { name: "disk space", state: "works", found };
  return { name: "disk space", state: "limits", found, costs: diskCosts, get: `make room for ${enough} MiB` };
}
