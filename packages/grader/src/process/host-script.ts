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
  writeFileSync,
} from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "./cache-folder.ts";

const here = fileURLToPath(import.meta.url);
const packages = join(dirname(here), "../../..");
const cache = cacheFolder();

/** Where the host's sources lie, from `packages/`. */
const folders = ["grader/src/host", "grader/src/wire", "core/src/framing", "core/src"];

/**
 * The script that an answer's process runs. Built, it lies beside this as JavaScript. Run from the sources it is JavaScript
 * too: stripped once for each state of them, and kept. Otherwise each answer's process would strip it again, for it may not
 * use Node's compile cache, which needs leave to write.
 */
export function hostScript(): string {
  if (here.endsWith(".js")) return join(dirname(here), "../host/main.js");
  const sources = folders.flatMap((folder) =>
    readdirSync(join(packages, folder))
      .filter((name) => /\.(ts|js)$/.test(name) && !name.endsWith(".test.ts"))
      .map((name) => `${folder}/${name}`),
  );
  const state = createHash("sha256").update(process.version);
  for (const path of sources) state.update(`${path} ${statSync(join(packages, path)).mtimeMs}\n`);
  const made = join(cache, `host-${state.digest("hex").slice(0, 16)}`);
  if (!existsSync(made)) strip(sources, made);
  return join(made, "grader/src/host/main.js");
}

function strip(sources: string[], made: string): void {
  mkdirSync(cache, { recursive: true });
  const making = mkdtempSync(join(cache, "making-"));
  // A folder for a moment is for its maker only; this one is for all who grade here.
  chmodSync(making, 0o755);
  writeFileSync(join(making, "package.json"), '{ "type": "module" }');
  for (const path of sources) {
    const to = join(making, path.replace(/\.ts$/, ".js"));
    const code = readFileSync(join(packages, path), "utf8");
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, relink(path.endsWith(".ts") ? stripTypeScriptTypes(code) : code));
  }
  try {
    renameSync(making, made);
  } catch {
    // Another process was first.
    rmSync(making, { recursive: true, force: true });
  }
}

/** What the host imports lies where it lay, as JavaScript; core is found beside it. */
function relink(code: string): string {
  return code
    .replace(/(from\s+"\.[^"]*)\.ts"/g, '$1.js"')
    .replace(/from\s+"@tcpip-workshop\/core\/framing"/g, 'from "../../../core/src/framing/index.js"');
}
