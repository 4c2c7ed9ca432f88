import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** What an answer's process is allowed. */
export interface Walls {
  /** Folders the answer may read besides its own and the packages. */
  readable?: string[];
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
  const packages = fileURLToPath(new URL("../../..", import.meta.url));
  const readable = [dirname(path), dirname(dirname(host)), packages, ...(walls.readable ?? [])];
  return [...always, "--permission", "--allow-net", ...readable.map((folder) => `--allow-fs-read=${folder}`)];
}

/**
 * Where there is a shell: no core dumps, and two minutes of CPU at the most, so that an answer in an endless loop ends
 * even when the grader itself was killed and can end nobody.
 */
export function shellLimits(command: string[]): [string, ...string[]] {
  if (process.platform === "win32") return command as [string, ...string[]];
  return ["/bin/sh", "-c", 'ulimit -c 0; ulimit -t 120; exec "$0" "$@"', ...command];
}
