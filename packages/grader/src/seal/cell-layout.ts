import { existsSync, lstatSync, readlinkSync } from "node:fs";
import { relative, sep } from "node:path";
import { sizeOfTmp } from "./sealed-command.ts";

/** Where things lie in a cell, whatever they are called outside. */
export const inCell = {
  course: "/course",
  /** The answers, each in a folder with its exercise's label. */
  submission: "/submission",
  cache: "/cache",
  /** What the answers of an exercise may write that gives them a folder for it: a file system of its own, so that it has an end. */
  scratch: "/scratch",
  node: "/node",
};

/** What of the machine is there: its programs and libraries, and what these read. No home, no other file system, no socket. */
const ofTheMachine = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/nix/store"];

export interface CellFolders {
  /** The course's folder. */
  root: string;
  /** Where the answers will be put. */
  submission: string;
  /** The grader's cache; what it has of other answers is not there. */
  cache: string;
}

/**
 * The command line of a cell, for `script` (inside the course) to run in: a user of its own, in which it may do what root may, and nobody else's
 * processes, network, IPC and mounts. The network has a loopback of its own, which bwrap brings up.
 *
 * Two programs, for neither can do both: what `unshare` mounts on /proc has nothing mounted over it, without which nobody in the cell could mount
 * another one, as each answer's seal has to (mount_namespaces(7)); and bwrap lays out the folders.
 *
 * `unshare` has no option to end with whoever started it, though its child ends with it. `setpriv` has the kernel see to that, whatever the
 * grader in the cell is busy with (PR_SET_PDEATHSIG, which stays over exec).
 */
export function cellCommand(script: string, { root, submission, cache }: CellFolders): [string, ...string[]] {
  const args = [
    ["--pdeathsig", "KILL", "unshare"],
    [
      "--user",
      "--map-root-user",
      "--mount",
      "--pid",
      "--ipc",
      "--uts",
      "--fork",
      "--kill-child",
      "--mount-proc",
    ],
    ["bwrap", "--unshare-net", "--die-with-parent", "--cap-add", "ALL"],
    ...ofTheMachine.map(asItIs),
    ["--dev-bind", "/proc", "/proc", "--dev", "/dev"],
    ["--size", String(256 * 1024 * 1024), "--tmpfs", "/tmp"],
    ["--size", String(sizeOfTmp), "--tmpfs", inCell.scratch],
    ["--ro-bind", root, inCell.course],
    ["--ro-bind", submission, inCell.submission],
    ["--bind", cache, inCell.cache, "--tmpfs", `${inCell.cache}/stripped/answers`],
    ...nodeItself(root).map((path) => ["--ro-bind", path, inCell.node]),
    ["--clearenv", "--setenv", "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    ["--setenv", "NODE_CHANNEL_FD", "3"],
    ["--setenv", "TCPIP_WORKSHOP_CACHE", inCell.cache],
    ["--setenv", "TCPIP_WORKSHOP_SCRATCH", inCell.scratch],
    ["--setenv", "NODE_COMPILE_CACHE", `${inCell.cache}/compiled`],
    ["--chdir", inCell.course, "--"],
    // What an answer may send is bounded; whatever gets past that ends the grader and not the machine.
    [nodeInCell(root), "--max-old-space-size=2048"],
    ["--disable-sigusr1", "--disable-warning=ExperimentalWarning"],
    [`${inCell.course}/${relative(root, script).split(sep).join("/")}`],
  ];
  return ["setpriv", ...args.flat()];
}

/** A folder, or a link to one: most systems have `/bin` for `/usr/bin`. */
function asItIs(path: string): string[] {
  if (!existsSync(path)) return [];
  return lstatSync(path).isSymbolicLink()
    ? ["--symlink", readlinkSync(path), path]
    : ["--ro-bind", path, path];
}

function isInside(root: string): boolean {
  return process.execPath.startsWith(root + sep);
}

function nodeItself(root: string): string[] {
  return isInside(root) ? [] : [process.execPath];
}

function nodeInCell(root: string): string {
  return isInside(root) ? inCell.course + process.execPath.slice(root.length) : inCell.node;
}
