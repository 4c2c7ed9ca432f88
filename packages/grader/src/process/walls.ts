import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { importable } from "./importable.ts";

/** What an answer's process is allowed. */
export interface Walls {
  /** Folders the answer may read besides its own and the packages. */
  readable?: string[];
  /** A folder of its own that the answer may write, and a database in it; without it, it writes nothing. */
  scratch?: string | undefined;
  /** Modules of the course's packages that the answer may import, without their scope: `tcp-echo/pool`. */
  packages?: string[];
  /** Run without Node's permission model, and with leave to call the system directly: to see what holds behind it. */
  permissive?: boolean;
  /** Run behind the seal, which only a cell can offer: the file with the system-call filter. */
  sealed?: string | undefined;
  /** Stop for a debugger; no deadline counts. */
  inspect?: boolean;
}

/**
 * Node's arguments for an answer: the permission model lets it read its own folder and the packages it was given, write nothing and
 * start no process. It is a seat belt, not a wall (Node's own words: no guarantee against malicious code); the wall is
 * that the judge is another process, and the seal where there is one.
 */
export function nodeArguments(path: string, host: string, walls: Walls): string[] {
  const always = ["--disable-warning=ExperimentalWarning", "--max-old-space-size=512"];
  if (walls.inspect) always.push("--inspect-brk=127.0.0.1:0");
  else always.push("--disable-sigusr1");
  if (walls.permissive) return [...always, "--experimental-ffi"];
  if (walls.inspect) return always;
  const scratch = walls.scratch === undefined ? [] : [walls.scratch];
  // The permission model does not reach SQLite: a database is created, and written, wherever the user may write.
  if (walls.scratch === undefined) always.push("--no-experimental-sqlite");
  return [
    ...always,
    "--permission",
    "--allow-net",
    ...[...readableFolders(path, host, walls), ...scratch].map((folder) => `--allow-fs-read=${folder}`),
    ...scratch.map((folder) => `--allow-fs-write=${folder}`),
  ];
}

/** What an answer may read, but for its scratch folder. */
function readableFolders(path: string, host: string, walls: Walls): string[] {
  const { files, packages } = importable(walls.packages ?? []);
  return [
    dirname(path),
    dirname(realPath(path)),
    ...linkFolders(path),
    ...foldersOfHost(host),
    ...files,
    ...packages.map((folder) => join(folder, "node_modules")),
    ...(walls.readable ?? []),
  ];
}

/** What an answer imports by name is looked up through the links of its workspace, which end in the packages. */
function linkFolders(path: string): string[] {
  const above = dirname(dirname(path));
  const links = [join(above, "node_modules"), join(dirname(above), "node_modules")];
  // Where an answer is graded that lies elsewhere, they are one link to the exercises'.
  return [...new Set([...links, ...links.map(realPath)])];
}

/** The host's own code, and what both ends of the wire share. */
export function foldersOfHost(host: string): string[] {
  return [dirname(host), join(dirname(dirname(host)), "wire")];
}

/** Where the file lies that a link leads to: a learner may keep the answer elsewhere. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/**
 * Where there is a shell: no core dumps, no file past 64 MiB, and two minutes of CPU at the most, so that an answer in an
 * endless loop ends even when the grader itself was killed and can end nobody. Behind the seal also 4,096 open files, 256 processes and
 * threads of its user, and 4 TiB of data: memory in use is watched, this bounds what is only reserved (a wrong answer to exercise 04
 * reserves 4 GiB some hundred times, and its learner is to hear why that is wrong).
 */
export function shellLimits(command: string[], isSealed = false): [string, ...string[]] {
  if (process.platform === "win32") return command as [string, ...string[]];
  // -f counts blocks of 512 bytes, -d those of 1,024. Processes are -p to some shells, to whom -u is nothing, and -u to others.
  const more = isSealed
    ? "ulimit -d 4294967296; ulimit -n 4096; { ulimit -u 256 || ulimit -p 256; } 2>/dev/null; "
    : "";
  return ["/bin/sh", "-c", `ulimit -c 0; ulimit -t 120; ulimit -f 131072; ${more}exec "$0" "$@"`, ...command];
}
