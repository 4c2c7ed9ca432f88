import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "./cache-folder.ts";

const here = fileURLToPath(import.meta.url);
const packages = join(dirname(here), "../../..");

const main = "grader/src/host/main.ts";

/** Where the host's sources lie, from `packages/`. */
const folders = ["grader/src/host", "grader/src/wire"];

/** How many states are kept, and for how long the older ones are, in milliseconds: others may be using them. */
const kept = { newest: 3, unused: 24 * 60 * 60 * 1000 };

let ready: string | undefined;

/**
 * The script that an answer's process runs. Built, it lies beside this as JavaScript. Run from the sources it is JavaScript
 * too: stripped once for what they hold, and kept. Otherwise each answer's process would strip it again, for it may not
 * use Node's compile cache, which needs leave to write. So it is where nothing can be kept.
 */
export function hostScript(): string {
  if (here.endsWith(".js")) return join(dirname(here), "../host/main.js");
  // Somebody may have tidied up since.
  if (ready !== undefined && existsSync(ready)) return ready;
  const sources = readSources();
  const made = join(cacheFolder(), `host-${digest(sources)}`);
  try {
    if (!existsSync(made)) strip(sources, made);
    else touch(made);
  } catch {
    return join(packages, main);
  }
  return (ready = join(made, main.replace(/\.ts$/, ".js")));
}

/** The text of each, by its path from `packages/`. */
function readSources(): Map<string, string> {
  const paths = folders.flatMap((folder) =>
    readdirSync(join(packages, folder))
      .filter((name) => /\.(ts|js)$/.test(name) && !name.endsWith(".test.ts"))
      .map((name) => `${folder}/${name}`),
  );
  return new Map(paths.toSorted().map((path) => [path, readFileSync(join(packages, path), "utf8")]));
}

/** Not by their times: a fresh clone of the same sources, or a look at another branch and back, strips nothing anew. */
function digest(sources: Map<string, string>): string {
  const hash = createHash("sha256").update(process.version);
  for (const [path, code] of sources) hash.update(`\n${path} ${code.length}\n`).update(code);
  return hash.digest("hex").slice(0, 16);
}

function strip(sources: Map<string, string>, made: string): void {
  const cache = dirname(made);
  mkdirSync(cache, { recursive: true });
  const making = mkdtempSync(join(cache, "making-"));
  try {
    // A folder for a moment is for its maker only; this one is for all who grade here.
    chmodSync(making, 0o755);
    writeFileSync(join(making, "package.json"), '{ "type": "module" }');
    for (const [path, code] of sources) {
      const to = join(making, path.replace(/\.ts$/, ".js"));
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, relink(path.endsWith(".ts") ? stripTypeScriptTypes(code) : code));
    }
    renameSync(making, made);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    // Another process may have been first.
    if (!existsSync(made)) throw error;
  }
  tidy(cache);
}

/** Its time is when it was last asked for, by which {@link tidy} goes. */
function touch(made: string): void {
  try {
    const now = new Date();
    utimesSync(made, now, now);
  } catch {
    // Somebody else's: it is good all the same.
  }
}

/** What was made of other states of the sources, and of ours that nobody came to finish. */
function tidy(cache: string): void {
  const folders = readdirSync(cache)
    .filter((name) => /^(host|making)-/.test(name))
    .map((name) => {
      const path = join(cache, name);
      return { path, name, at: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 };
    })
    .toSorted((a, b) => b.at - a.at);
  const hosts = folders.filter(({ name }) => name.startsWith("host-"));
  const unfinished = folders.filter(({ name }) => name.startsWith("making-"));
  for (const { path, at } of [...hosts.slice(kept.newest), ...unfinished]) {
    if (Date.now() - at < kept.unused) continue;
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // Somebody else's.
    }
  }
}

/** What the host imports lies where it lay, as JavaScript. */
function relink(code: string): string {
  return code.replace(/(from\s+"\.[^"]*)\.ts"/g, '$1.js"');
}
