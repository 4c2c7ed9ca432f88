import { dirname } from "node:path";

/** What is there for a sealed process, and nothing else is. Paths are absolute and the same on both sides of the seal. */
export interface Sealed {
  /** Files and folders that it may read. */
  readable: string[];
  /** Those of them that need not be there. */
  readableIfThere?: string[];
  /** Folders that it may read and write. */
  writable?: string[];
  /** Links, by their own path. */
  links?: { [path: string]: string };
  /** The descriptor, in the process that starts the command, with the filter of `seccompFilter`. */
  filterFd: number;
}

/** What an answer may write in `/tmp`, in bytes; and as much in its scratch folder, where it has one. */
export const sizeOfTmp = 32 * 1024 * 1024;

/** Of nobody, on nearly all systems. The number is only inside: outside it is who started the grader. */
const nobody = "65534";

/**
 * `command` behind a seal, by bubblewrap: own namespaces for users, processes, mounts, IPC and host name (the network's is the
 * cell's), no environment, no capabilities, no new privileges (bwrap always sets that), and the system-call filter. When it ends, all that came of it
 * ends: it is in a process namespace whose first process is bwrap's.
 */
export function sealedCommand(
  command: string[],
  { readable, readableIfThere, writable, links, filterFd }: Sealed,
): string[] {
  const args = [
    ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"],
    ["--uid", nobody, "--gid", nobody, "--hostname", "answer"],
    ["--cap-drop", "ALL", "--new-session", "--die-with-parent", "--clearenv"],
    ["--proc", "/proc", "--dir", "/dev"],
    ...["/dev/null", "/dev/urandom"].map((path) => ["--dev-bind", path, path]),
    ["--size", String(sizeOfTmp), "--tmpfs", "/tmp"],
    ...[...runtimeFiles(), ...readable].map((path) => ["--ro-bind", path, path]),
    ...(readableIfThere ?? []).map((path) => ["--ro-bind-try", path, path]),
    ...(writable ?? []).map((path) => ["--bind", path, path]),
    ...Object.entries(links ?? {}).map(([path, target]) => [
      "--dir",
      dirname(path),
      "--symlink",
      target,
      path,
    ]),
    // bwrap's own root is a tmpfs as large as memory.
    ["--remount-ro", "/", "--remount-ro", "/proc", "--chdir", "/tmp"],
    ["--seccomp", String(filterFd), "--"],
  ];
  return ["bwrap", ...args.flat(), ...command];
}

let known: string[] | undefined;

/** Node, and the libraries that are loaded in this process, which is the same Node: no shell, no tool, nothing else to run. */
function runtimeFiles(): string[] {
  if (known !== undefined) return known;
  const { sharedObjects } = process.report.getReport() as { sharedObjects: string[] };
  return (known = [process.execPath, ...sharedObjects.filter((path) => path.startsWith("/"))]);
}
