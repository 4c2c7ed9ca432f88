import { existsSync, readdirSync, realpathSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** What an answer's process is allowed. */
export interface Walls {
  /** Folders the answer may read besides its own and the packages. */
  readable?: string[];
  /** A folder of its own that the answer may write, and a database in it; without it, it writes nothing. */
  scratch?: string | undefined;
  /** Run without Node's permission model: for the grader's own tests of what lies behind it. */
  permissive?: boolean;
  /** Stop for a debugger; no deadline counts. */
  inspect?: boolean;
}

/**
 * Node's arguments for an answer: the permission model lets it read its own folder and the packages, write nothing and
 * start no process. It is a seat belt, not a wall (Node's own words: no guarantee against malicious code); the wall is
 * that the judge is another process.
 */
export function nodeArguments(path: string, host: string, walls: Walls): string[] {
  const always = ["--disable-warning=ExperimentalWarning", "--max-old-space-size=512"];
  if (walls.inspect) always.push("--inspect-brk=127.0.0.1:0");
  if (walls.permissive || walls.inspect) return always;
  const scratch = walls.scratch === undefined ? [] : [walls.scratch];
  // The permission model does not reach SQLite: a database is created, and written, wherever the user may write.
  if (walls.scratch === undefined) always.push("--no-experimental-sqlite");
  // What it imports by name is looked up through the links of its workspace, which end in the packages.
  const links = join(dirname(dirname(path)), "node_modules");
  const linksOfMistakes = join(dirname(dirname(dirname(path))), "node_modules");
  const own = [
    dirname(path),
    dirname(realPath(path)),
    links,
    linksOfMistakes,
    dirname(dirname(dirname(dirname(host)))),
    ...packages(),
  ];
  const readable = [...own, ...scratch, ...(walls.readable ?? [])];
  return [
    ...always,
    "--permission",
    "--allow-net",
    ...readable.map((folder) => `--allow-fs-read=${folder}`),
    ...scratch.map((folder) => `--allow-fs-write=${folder}`),
  ];
}

/** Where the file lies that a link leads to: a learner may keep the answer elsewhere. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** The packages, and of this one all but what it keeps beside its code. */
function packages(): string[] {
  const own = fileURLToPath(new URL("../..", import.meta.url));
  const folder = dirname(own.replace(/[/\\]$/, ""));
  return (readFolders ??= [
    ...readdirSync(folder)
      .map((name) => join(folder, name))
      .filter((path) => `${path}${sep}` !== own),
    ...["package.json", "src", "dist", "node_modules"]
      .map((part) => join(own, part))
      .filter((path) => existsSync(path)),
  ]);
}

let readFolders: string[] | undefined;

/**
 * Where there is a shell: no core dumps, no file past 64 MiB, and two minutes of CPU at the most, so that an answer in an
 * endless loop ends even when the grader itself was killed and can end nobody.
 */
export function shellLimits(command: string[]): [string, ...string[]] {
  if (process.platform === "win32") return command as [string, ...string[]];
  // -f counts blocks of 512 bytes: a file of the answer's has at most 64 MiB.
  return ["/bin/sh", "-c", 'ulimit -c 0; ulimit -t 120; ulimit -f 131072; exec "$0" "$@"', ...command];
}
