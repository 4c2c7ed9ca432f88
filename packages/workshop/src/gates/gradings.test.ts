import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { openCourse } from "../course/course.ts";
import { Gradings } from "./gradings.ts";

const { root } = openCourse();
const task = (label: string, folder: string) => ({ label, folder: join(root, folder), options: {} });

test("gradings side by side each have their own verdict, in the order they were asked for", async () => {
  using gradings = new Gradings(2);
  const graded = await Promise.all(
    ["solutions/02-cidr", "mistakes/02-cidr/stub", "solutions/02-cidr"].map((folder) =>
      gradings.grade(task("02-cidr", folder)),
    ),
  );
  expect(graded.map(({ verdict, left }) => [verdict.status, left])).toEqual([
    ["pass", []],
    ["fail", []],
    ["pass", []],
  ]);
});

test("a grader that breaks is an error that names the answer, and the next grading has a fresh one", async () => {
  using gradings = new Gradings(1);
  const [broken, next] = await Promise.allSettled([
    gradings.grade(task("99-none", "solutions/99-none")),
    gradings.grade(task("02-cidr", "solutions/02-cidr")),
  ]);
  expect(broken).toMatchObject({
    status: "rejected",
    reason: {
      message: expect.stringMatching(
        /^Expected a verdict on .*solutions\/99-none, but its grader ended with exit code 1$/,
      ),
    },
  });
  expect(next).toMatchObject({ status: "fulfilled", value: { verdict: { status: "pass" } } });
});

test("a grading can be ended once it has begun, and the next one has its turn", async () => {
  using gradings = new Gradings(1);
  const ended = gradings.grade(task("02-cidr", "solutions/02-cidr"), (end) => end());
  const next = gradings.grade(task("02-cidr", "solutions/02-cidr"));
  await expect(ended).rejects.toThrow("but its grader ended with");
  expect(await next).toMatchObject({ verdict: { status: "pass" } });
});

test.each([
  ["more run than there are cores and one while the machine is idle", 1, true],
  ["no more run than there are cores and one while it is busy", 0, false],
])("%s", async (_, idle, more) => {
  let most = 0;
  using gradings = new Gradings(64, {
    look() {
      most = Math.max(most, gradings.running);
      return idle;
    },
  });
  const tasks = Array.from({ length: availableParallelism() + 4 }, () =>
    task("02-cidr", "solutions/02-cidr"),
  );
  await Promise.all(tasks.map((one) => gradings.grade(one)));
  expect(most > availableParallelism() + 1).toBe(more);
});

test.skipIf(!existsSync("/proc/self/task"))(
  "the graders and their answers end with whoever asked, though it is killed (needs Linux)",
  async () => {
    const folder = await spinning();
    const script = `import { Gradings } from ${JSON.stringify(new URL("gradings.ts", import.meta.url).href)};
      new Gradings(1).grade(${JSON.stringify({ label: "02-cidr", folder, options: {}, isFresh: true })});`;
    writeFileSync(join(folder, "asks.mjs"), script);
    const args = ["--disable-warning=ExperimentalWarning", join(folder, "asks.mjs")];
    const asked = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
    // The answer has computed for a while, so it has begun to spin, and the suite to wait for it.
    await vi.waitUntil(() => cpuTicks(descendants(asked.pid).at(-1)) > 30, { timeout: 30_000 });
    const family = descendants(asked.pid);
    expect(family.length).toBeGreaterThanOrEqual(2);
    asked.kill("SIGKILL");
    const seen = new Set(family);
    await vi.waitUntil(
      () => {
        for (const pid of family.flatMap(descendants)) seen.add(pid);
        return ![...seen].some(isAlive);
      },
      { timeout: 60_000, interval: 5 },
    );
    // One, if the next test began at this very moment.
    expect(seen.size - family.length).toBeLessThanOrEqual(1);
  },
  100_000,
);

test.skipIf(!existsSync("/proc/self/task"))(
  "an answer that spins ends with its grading, and with all gradings (needs Linux)",
  async () => {
    const folder = await spinning();
    for (const isEnded of [true, false]) {
      await using gradings = new Gradings(1);
      let end = (): void => {};
      const before = new Set(descendants(process.pid));
      const asked = { label: "02-cidr", folder, options: {}, isFresh: true };
      const graded = gradings.grade(asked, (its) => (end = its)).catch(String);
      const family = (): number[] => descendants(process.pid).filter((pid) => !before.has(pid));
      await vi.waitUntil(() => family().length >= 2 && cpuTicks(family().at(-1)) > 30, { timeout: 30_000 });
      const seen = family();
      if (isEnded) end();
      else await gradings[Symbol.asyncDispose]();
      expect(await graded).toContain("but its grader ended with");
      await vi.waitUntil(() => !seen.some(isAlive), { timeout: 30_000 });
    }
  },
  100_000,
);

/** The folder of an answer to 02 of which every export computes without end. */
async function spinning(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "tcpip-workshop-spins-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const names = Object.keys((await import(join(root, "solutions/02-cidr/cidr.ts"))) as object);
  const exported = names.map((name) => `spin as ${name}`).join(", ");
  // Each of its tests waits for it in vain, and ends it: a suite that goes on to its end has a new process for the next test.
  writeFileSync(join(folder, "cidr.ts"), `const spin = () => { for (;;); };\nexport { ${exported} };\n`);
  return folder;
}

/** In the order in which they came of each other. */
function descendants(pid: number | undefined): number[] {
  if (pid === undefined) return [];
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim();
    return children
      .split(" ")
      .map(Number)
      .filter(Boolean)
      .flatMap((child) => [child].concat(descendants(child)));
  } catch {
    return [];
  }
}

/** CPU time that it has used, in hundredths of a second (utime of proc_pid_stat(5)). */
function cpuTicks(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[11]);
  } catch {
    return 0;
  }
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "latin1"));
  } catch {
    return false;
  }
}
