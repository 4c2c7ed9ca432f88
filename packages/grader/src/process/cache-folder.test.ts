import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { GraderProcess } from "../testing/grader-process.ts";
import { writeExercise } from "../testing/write-exercise.ts";

const module = new URL("cache-folder.ts", import.meta.url).href;

function folder(): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), "cache-test-")));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A place where no folder can be, for whoever it is: root heeds no modes. */
function blocked(at: string): string {
  const path = join(at, "blocked");
  writeFileSync(path, "");
  return path;
}

/** What `cacheFolder()` is in a process with this environment, and how that folder is while the process runs. */
function askedIn(env: { [name: string]: string }, before: string[] = []): { path: string; mode: string } {
  const script = `import { cacheFolder } from ${JSON.stringify(module)};
    import { statSync } from "node:fs";
    const path = cacheFolder();
    const stat = statSync(path, { throwIfNoEntry: false });
    console.log(JSON.stringify({ path, mode: stat?.isDirectory() ? (stat.mode & 0o777).toString(8) : "none", again: cacheFolder() === path }));`;
  const { stdout, stderr } = run([...before, process.execPath, "--input-type=module", "--eval", script], env);
  if (stdout === "") throw new Error(stderr);
  const { again, ...said } = JSON.parse(stdout) as { path: string; mode: string; again: boolean };
  expect(again).toBe(true);
  return said;
}

function run(
  [command = "", ...args]: string[],
  env: { [name: string]: string },
): { status: number | null; stdout: string; stderr: string } {
  const PATH = process.env["PATH"] ?? "";
  return spawnSync(command, args, { encoding: "utf8", env: { PATH, ...env }, timeout: 30_000 });
}

/** As root of user and mount namespaces of its own. */
const inNamespaces = ["unshare", "-rm"];

const canMount =
  process.platform === "linux" &&
  run([...inNamespaces, "mount", "--bind", tmpdir(), tmpdir()], {}).status === 0;

describe("the cache's folder", () => {
  test("is the one that TCPIP_WORKSHOP_CACHE names, made where it is not there yet", () => {
    const at = folder();
    const { path } = askedIn({ TCPIP_WORKSHOP_CACHE: join(at, "deep", "cache") });
    expect(path).toBe(join(at, "deep", "cache"));
    expect(readdirSync(path)).toEqual([]);
  });

  test("is beside the sources without that, or where it names nothing", () => {
    for (const env of [{}, { TCPIP_WORKSHOP_CACHE: "" }])
      expect(askedIn(env).path).toMatch(/packages[/\\]grader[/\\]\.cache$/);
  });

  test("is a private one where it cannot be written, and gone at the end", () => {
    const at = folder();
    const temporary = join(at, "tmp");
    mkdirSync(temporary);
    const { path, mode } = askedIn({ TCPIP_WORKSHOP_CACHE: blocked(at), TMPDIR: temporary });
    expect(path.startsWith(join(temporary, "tcpip-workshop-cache-"))).toBe(true);
    if (process.platform !== "win32") expect(mode).toBe("700");
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("is the one that was asked for where there can be none at all", () => {
    const wanted = blocked(folder());
    expect(askedIn({ TCPIP_WORKSHOP_CACHE: wanted, TMPDIR: wanted })).toEqual({ path: wanted, mode: "none" });
  });

  test.skipIf(!canMount)(
    "is a private one on a file system that is mounted read-only (needs `unshare -rm` and mount)",
    () => {
      const at = folder();
      const [cache, temporary] = [join(at, "cache"), join(at, "tmp")];
      for (const each of [cache, temporary]) mkdirSync(each);
      const env = { TCPIP_WORKSHOP_CACHE: cache, TMPDIR: temporary };
      expect(askedIn(env).path).toBe(cache);
      const mount = `mount --bind "$TCPIP_WORKSHOP_CACHE" "$TCPIP_WORKSHOP_CACHE" &&
        mount -o remount,bind,ro "$TCPIP_WORKSHOP_CACHE" && exec "$0" "$@"`;
      const { path } = askedIn(env, [...inNamespaces, "/bin/sh", "-c", mount]);
      expect(path.startsWith(join(temporary, "tcpip-workshop-cache-"))).toBe(true);
    },
  );
});

describe("a grading", () => {
  const suite = `
    for (const title of ["loops", "doubles"]) test(title, { ...teaching, deadline: 200 }, async () => {
      expect(await (title === "loops" ? module.loop() : module.double(21)), "Twice the number").toBe(42);
    });`;
  const answer = `export const double = (n: number): number => n * 2;
    export const loop = (): number => { for (;;); };`;

  /** A loop costs its process: the second one is started when the grader has had the time to strip types. */
  async function gradeWith(env: { [name: string]: string }): Promise<unknown> {
    await using grader = new GraderProcess({ env });
    using exercise = writeExercise(suite, answer, ["loops", "doubles"]);
    const { status, reason, processes, tests } = await grader.grade(exercise, exercise.folder);
    return { status, reason, processes, tests: tests.map((each) => each.status) };
  }

  const due = { status: "fail", reason: undefined, processes: 2, tests: ["fail", "pass"] };

  test("needs no cache that can be written: it has a private one, and leaves nothing of it", async () => {
    const at = folder();
    const temporary = join(at, "tmp");
    mkdirSync(temporary);
    expect(await gradeWith({ TCPIP_WORKSHOP_CACHE: blocked(at), TMPDIR: temporary })).toEqual(due);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("needs not even a private one: Node strips the types, each time", async () => {
    const wanted = blocked(folder());
    expect(await gradeWith({ TCPIP_WORKSHOP_CACHE: wanted, TMPDIR: wanted })).toEqual(due);
  });

  test("keeps in the cache that is named, and nowhere else", async () => {
    const cache = join(folder(), "cache");
    expect(await gradeWith({ TCPIP_WORKSHOP_CACHE: cache })).toEqual(due);
    expect(readdirSync(cache).filter((name) => name.startsWith("host-"))).toHaveLength(1);
    expect(existsSync(join(cache, "stripped"))).toBe(true);
  });
});
