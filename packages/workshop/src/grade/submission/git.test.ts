import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { handIn, refusedOf, takenOf, type HandIn } from "../../testing/hand-in.ts";

const noGit = spawnSync("git", ["--version"]).status !== 0;

describe.skipIf(noGit)("a git ref that is handed in (skipped without git)", () => {
  test("gives the files of its commit, not those on disk", async () => {
    using mine = repository();
    commit(mine, "alice", { "exercises/04-framing/framing.ts": "alice's", "notes.txt": "" });
    mine.course.write("exercises/04-framing/framing.ts", "somebody else's");
    const [source] = await mine.find(["alice"]);
    expect(source).toMatchObject({ id: "alice", source: "alice", kind: "git" });
    const submission = await mine.read("alice");
    expect(takenOf(submission)).toContain("04-framing/framing.ts: alice's");
    expect(submission.ignored).toContain("notes.txt");
  });

  test.each(["refs/heads/me/work", "me/work", "me/work~0", "v1"])("%s names it", async (ref) => {
    using mine = repository();
    commit(mine, "me/work", { "exercises/04-framing/framing.ts": "mine" });
    git(mine, "tag", "-a", "-m", "handed in", "v1");
    expect(takenOf(await mine.read(ref))).toContain("04-framing/framing.ts: mine");
  });

  test("the id of a branch is fit for a file's name", async () => {
    using mine = repository();
    commit(mine, "me/work", {});
    expect((await mine.find(["me/work"]))[0]?.id).toBe("me-work");
  });

  test("links, submodules and files that are too large are refused", async () => {
    using mine = repository();
    symlinkSync("/etc/passwd", join(mine.course.root, "framing.link"));
    rmSync(join(mine.course.root, "exercises/04-framing/framing.ts"));
    symlinkSync("/etc/passwd", join(mine.course.root, "exercises/04-framing/framing.ts"));
    commit(mine, "me", { "exercises/05-echo/echo.ts": "x".repeat(256 * 1024 + 1) });
    expect(refusedOf(await mine.read("me"))).toEqual([
      "exercises/04-framing/framing.ts: Expected a regular file, got a link: hand in the file itself",
      "exercises/05-echo/echo.ts: Expected a file of at most 256 KiB, got 256 KiB",
    ]);
    git(mine, "rm", "-q", "--cached", "-r", "exercises/04-framing");
    const head = git(mine, "rev-parse", "HEAD");
    git(mine, "update-index", "--add", "--cacheinfo", `160000,${head},exercises/04-framing`);
    git(mine, "commit", "-q", "-m", "a submodule");
    expect(refusedOf(await mine.read("me"))[0]).toBe(
      "exercises/04-framing: Expected a regular file, got a device, a pipe or a socket",
    );
  });

  test("names that a tree can have and a checkout cannot are refused", async () => {
    using mine = repository();
    const blob = git(mine, "hash-object", "-w", "exercises/04-framing/framing.ts");
    const tree = (line: string): string => git(mine, "mktree", "--missing", "-z", { input: `${line}\0` });
    const inner = tree(`100644 blob ${blob}\tframing.ts`);
    const roots = ["04-framing\n::error::", "04-framing\\x"].map((name) =>
      tree(`040000 tree ${inner}\t${name}`),
    );
    const ids = roots.map((root) => git(mine, "commit-tree", root, "-m", "odd"));
    const reasons = await Promise.all(ids.map(async (id) => refusedOf(await mine.read(id))));
    expect(reasons.flat()).toEqual([
      "04-framing\\x0a\\x3a:error\\x3a:/framing.ts: Expected a path below the submission's folder, but its path has a control character in it",
      "04-framing\\x/framing.ts: Expected a path below the submission's folder, but its path has a backslash in it: folders are separated by /",
    ]);
  });

  test("runs no hook, no filter, no pager and no command of a configuration", async () => {
    using mine = repository();
    const seen = join(mine.folder, "seen");
    const trap = mine.write("trap.sh", `#!/bin/sh\necho "$0 $*" >> ${seen}\ncat\n`);
    chmodSync(trap, 0o755);
    for (const setting of [
      "core.pager",
      "core.fsmonitor",
      "filter.trap.smudge",
      "diff.trap.textconv",
      "core.sshCommand",
    ])
      git(mine, "config", setting, trap);
    mkdirSync(join(mine.course.root, ".git/hooks"), { recursive: true });
    for (const hook of ["post-checkout", "post-index-change", "reference-transaction"])
      symlinkSync(trap, join(mine.course.root, ".git/hooks", hook));
    // That the trap is one: what git does with it outside.
    git(mine, "checkout", "-q", "-b", "seen");
    expect(existsSync(seen)).toBe(true);
    rmSync(seen);
    const submission = await mine.read("main");
    expect(takenOf(submission)).toContain("04-framing/framing.ts: // an answer\n");
    expect(existsSync(seen)).toBe(false);
  });

  test("a commit that is not all here is a problem: nothing is fetched", async () => {
    using mine = repository();
    commit(mine, "me", { "exercises/04-framing/framing.ts": "mine" });
    const blob = git(mine, "rev-parse", "me:exercises/04-framing/framing.ts");
    const objects = join(mine.course.root, ".git/objects", blob.slice(0, 2));
    expect(readdirSync(objects)).toContain(blob.slice(2));
    rmSync(join(objects, blob.slice(2)));
    const { problem, answers } = await mine.read("me");
    expect(problem).toBe("Expected a commit that can be read, but git does not have all of it here");
    expect(answers.size).toBe(0);
  });

  test("what is no ref of a commit is said to be none", async () => {
    using mine = repository();
    const none = [
      "no-such-branch",
      "--all",
      "-p",
      "main:exercises",
      "main..main",
      "",
      "main --upload-pack=x",
      "HEAD\n",
    ];
    for (const ref of none) await expect(mine.find([ref])).rejects.toThrow("which is none");
  });

  test("too many entries in a commit are a problem", async () => {
    using mine = repository();
    const { problem } = await mine.read("main", { limits: { entries: 3 } });
    expect(problem).toContain("Expected at most 3 files and folders");
  });
});

/** The small course as a repository with one commit, on `main`. */
function repository(): HandIn {
  const mine = handIn();
  git(mine, "init", "-q", "-b", "main");
  git(mine, "add", "-A");
  git(mine, "commit", "-q", "-m", "the course");
  return mine;
}

/** Puts files, from the root, into a commit on a branch of its own. */
function commit(mine: HandIn, branch: string, files: { [path: string]: string }): void {
  git(mine, "checkout", "-q", "-b", branch);
  for (const [path, text] of Object.entries(files)) mine.course.write(path, text);
  git(mine, "add", "-A");
  git(mine, "commit", "-q", "--allow-empty", "-m", branch);
}

function git({ course }: HandIn, ...args: (string | { input: string })[]): string {
  const words = args.filter((arg) => typeof arg === "string");
  const options = args.find((arg) => typeof arg !== "string");
  const who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgSign=false"];
  const env = { PATH: process.env["PATH"] ?? "", GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" };
  return execFileSync("git", [...who, ...words], {
    cwd: course.root,
    env,
    encoding: "utf8",
    stdio: "pipe",
    ...options,
  }).trim();
}
