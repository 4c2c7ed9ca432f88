import { execFile } from "node:child_process";
import { devNull } from "node:os";
import { linkReason, otherReason } from "./folder.ts";
import type { Found, Intake } from "./intake.ts";
import { UnreadableError } from "./limits.ts";

/** What `git ls-tree` says in all, bytes: beyond that there are too many entries for any limit. */
const longestList = 16 * 1024 * 1024;
/** Milliseconds for one look into the repository, which is a local one. */
const longest = 30_000;

/**
 * The commit that a ref names in the repository around this folder, or nothing.
 *
 * @throws {Error} `ENOENT` when git is not installed
 */
export async function findCommit(root: string, ref: string): Promise<string | undefined> {
  // No ref has such a name (git-check-ref-format(1)), and it will be printed.
  if (ref === "" || ref.startsWith("-") || /[\p{Cc}\p{Zs}]/u.test(ref)) return undefined;
  const commit = `${ref}^{commit}`;
  try {
    const id = (
      await git(root, 200, "rev-parse", "--verify", "--quiet", "--end-of-options", commit)
    ).toString();
    return /^[0-9a-f]{40,64}$/.test(id.trim()) ? id.trim() : undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") throw error;
    return undefined;
  }
}

/**
 * Tells the intake of everything in a commit. Reads git's objects alone: nothing is checked out, so that no filter, no hook and no
 * attribute of the commit has a say.
 *
 * @throws {UnreadableError} when there are too many entries, or objects are missing
 */
export async function readCommit(root: string, commit: string, intake: Intake): Promise<void> {
  const list = await object(root, longestList, "ls-tree", "-r", "-z", "-l", "--full-tree", commit);
  for (const line of list.toString("utf8").split("\0")) {
    // `<mode> SP <type> SP <object> SP+ <size> TAB <path>`, git-ls-tree(1).
    const [, mode = "", type = "", id = "", size = "", path = ""] =
      /^(\d+) (\w+) ([0-9a-f]+) +(\S+)\t([^]*)$/.exec(line) ?? [];
    if (path === "") continue;
    intake.count();
    intake.add(path, await found(root, mode, type, id, Number(size), path, intake));
  }
}

async function found(
  root: string,
  mode: string,
  type: string,
  id: string,
  size: number,
  path: string,
  intake: Intake,
): Promise<Found> {
  if (mode === "120000") return { type: "left", reason: linkReason };
  // 160000 is a submodule.
  if (type !== "blob") return { type: "left", reason: otherReason };
  if (!intake.wants(path)) return { type: "file" };
  // Of an object that is missing, git says `BAD`.
  if (Number.isNaN(size)) throw new UnreadableError(missing);
  const large = intake.tooLarge(size);
  if (large !== undefined) return { type: "left", reason: large };
  const bytes = await object(root, intake.limits.fileBytes + 1, "cat-file", "blob", id);
  intake.unpack(bytes.length);
  return { type: "file", bytes: new Uint8Array(bytes) };
}

const missing = "Expected a commit that can be read, but git does not have all of it here";

async function object(root: string, mostBytes: number, ...args: string[]): Promise<Buffer> {
  try {
    return await git(root, mostBytes, ...args);
  } catch (error) {
    throw new UnreadableError(missing, { cause: error });
  }
}

/** With no configuration but the repository's own, which is the instructor's, and none of the settings that run or fetch something. */
function git(root: string, maxBuffer: number, ...args: string[]): Promise<Buffer> {
  const settings = [
    `safe.directory=${root}`,
    `core.hooksPath=${devNull}`,
    `core.attributesFile=${devNull}`,
    "core.fsmonitor=false",
    "core.alternateRefsCommand=",
    "protocol.allow=never",
  ].flatMap((setting) => ["-c", setting]);
  const env = {
    PATH: process.env["PATH"] ?? "",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: devNull,
    GIT_NO_LAZY_FETCH: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_LITERAL_PATHSPECS: "1",
    LC_ALL: "C",
  };
  const options = {
    cwd: root,
    env,
    maxBuffer,
    timeout: longest,
    killSignal: "SIGKILL",
    encoding: "buffer",
  } as const;
  return new Promise((resolve, reject) => {
    execFile("git", ["--no-pager", ...settings, ...args], options, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(error);
    });
  });
}
