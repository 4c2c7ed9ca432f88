import { spawn } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { gradableCourse, right, slow, wrong, wrongThenGated } from "../testing/pty-course.ts";
import type { LiveEvent } from "./live-event.ts";
import { LiveGrading, type LiveOptions } from "./live-grading.ts";

const timeout = 50_000;
const label = "01-double";
const file = `exercises/${label}/double.ts`;
const endless = "export function double(): number {\n  for (;;);\n}\n";
const gated = `import { existsSync } from "node:fs";
export async function double(number: number): Promise<number> {
  while (number > 1 && !existsSync(new URL("gate", import.meta.url))) await new Promise((resolve) => setTimeout(resolve, 5));
  return 2 * number;
}
`;
const hasProc = existsSync("/proc/self/stat");

function started(options: LiveOptions = {}, before = (_root: string): void => {}) {
  const course = gradableCourse();
  before(course.root);
  const live = LiveGrading.start(course, label, options);
  const events: LiveEvent[] = [];
  live.listen((event) => events.push(event));
  onTestFinished(async () => {
    await live[Symbol.asyncDispose]();
    course[Symbol.dispose]();
  });
  const verdicts = () => events.flatMap((event) => (event.kind === "verdict" ? [event.verdict.status] : []));
  /** Waits for an event of this kind that comes from now on. */
  const next = async (kind: LiveEvent["kind"]): Promise<void> => {
    const before = events.length;
    await vi.waitUntil(() => events.slice(before).some((event) => event.kind === kind), { timeout });
  };
  return { course, live, events, verdicts, next };
}

describe("a save", () => {
  test("is graded, test by test, and so is the next", async () => {
    const { course, events, verdicts, next } = started();
    await next("verdict");
    course.save(file, right);
    await next("verdict");
    course.save(file, wrong);
    await next("verdict");
    expect(verdicts()).toEqual(["fail", "pass", "fail"]);
    // A test that failed is told of twice where the others take their time, as on a busy machine.
    const kinds = events.flatMap(({ kind }) => (kind === "failing" ? [] : kind)).join(" ");
    expect(kinds).toBe(`watching${" grading test test verdict".repeat(3)}`);
    expect(
      events.filter(({ kind }) => kind === "test").map((event) => "done" in event && event.done),
    ).toEqual([1, 2, 1, 2, 1, 2]);
  });

  test("in the middle of a run makes an end of it: no verdict is stale", async () => {
    const { course, live, verdicts, next } = started();
    await next("verdict");
    course.save(file, slow);
    await next("grading");
    course.save(file, wrong);
    await next("grading");
    course.save(file, right);
    await next("verdict");
    expect(verdicts()).toEqual(["fail", "pass"]);
    expect(live.last?.verdict.status).toBe("pass");
  });

  test("whose first test fails is told of while the others go on", async () => {
    const { course, events, verdicts, next } = started();
    await next("verdict");
    course.save(file, wrongThenGated);
    await next("failing");
    const [told] = events.flatMap((event) => (event.kind === "failing" ? [event] : []));
    expect(told?.verdict.tests).toMatchObject([{ title: "doubles one", failure: { received: ["7"] } }]);
    expect(told?.context.soFar).toEqual({ done: 1, total: 2 });
    expect(verdicts()).toEqual(["fail"]);
    course.save(`exercises/${label}/gate`, "");
    await next("verdict");
  });

  test("in the middle of a run whose first failure was about to be told takes that back", async () => {
    const { course, live, events, next } = started();
    await next("verdict");
    course.save(file, wrongThenGated);
    await next("test");
    course.save(file, right);
    await next("verdict");
    expect(live.last?.verdict.status).toBe("pass");
    expect(
      events.slice(events.findLastIndex(({ kind }) => kind === "grading")).map(({ kind }) => kind),
    ).toEqual(["grading", "test", "test", "verdict"]);
  });

  test("that comes while nobody is told of it is found before the verdict is told", async () => {
    // Events never come, and looks are rare: only the comparison before and after the run can tell.
    const silent = { watch: () => ({ on: () => {}, close: () => {} }), slow: 1_000_000, fast: 1_000_000 };
    const { course, live, verdicts, next } = started(silent);
    await next("verdict");
    // The second test of it waits for a file, and passes.
    course.save(file, gated);
    live.grade();
    await next("test");
    course.save(file, wrong);
    course.save(`exercises/${label}/gate`, "");
    await next("verdict");
    expect(verdicts()).toEqual(["fail", "fail"]);
  });

  test("is noticed by looking where file events do not arrive, which is said", async () => {
    const { course, events, verdicts, next } = started({
      watch: () => ({ on: () => {}, close: () => {} }),
      slow: 20,
      fast: 5,
    });
    await next("verdict");
    course.save(file, right);
    await vi.waitUntil(() => verdicts().includes("pass"), { timeout });
    const told = (): unknown[] =>
      events.filter((event) => event.kind === "watching" && event.how === "polling");
    // An event may still come, for a while.
    await vi.waitUntil(() => told().length > 0, { timeout });
    expect(told()).toHaveLength(1);
  });

  test("of another exercise counts once one has turned to it", async () => {
    const { course, live, verdicts, next } = started();
    await next("verdict");
    live.turnTo("02-again");
    expect(live.last).toBeUndefined();
    await next("verdict");
    course.save("exercises/02-again/double.ts", right);
    await next("verdict");
    expect(verdicts()).toEqual(["fail", "fail", "pass"]);
    expect(live.last?.label).toBe("02-again");
  });
});

describe("a file that was not there when the watch began is watched too:", () => {
  const helped =
    'import { times } from "./HELPER";\nexport const double = (number: number) => times * number;\n';

  test.each(["helper.ts", "lib/deep/helper.ts"])("%s", async (helper) => {
    const { course, verdicts, next } = started();
    await next("verdict");
    course.save(`exercises/${label}/${helper}`, "export const times = 2;\n");
    course.save(file, helped.replace("HELPER", helper));
    await vi.waitUntil(() => verdicts().includes("pass"), { timeout });
    course.save(`exercises/${label}/${helper}`, "export const times = 3;\n");
    await vi.waitUntil(() => verdicts().at(-1) === "fail", { timeout });
    expect(verdicts().slice(verdicts().indexOf("pass"))).toEqual(["pass", "fail"]);
  });

  test("the answer itself", async () => {
    const { course, events, verdicts } = started({}, (root) => rmSync(`${root}/${file}`));
    await vi.waitUntil(() => verdicts().length > 0, { timeout });
    course.save(file, right);
    await vi.waitUntil(() => verdicts().at(-1) === "pass", { timeout });
    expect(events.filter((event) => event.kind === "watching" && event.how === "polling")).toEqual([]);
  });
});

describe("an exercise that cannot be read", () => {
  const broken = (events: LiveEvent[]) => events.filter(({ kind }) => kind === "broken");

  test("is told of once, and graded when its folder is back", async () => {
    const { course, live, events, verdicts, next } = started();
    await next("verdict");
    const folder = `${course.root}/exercises/${label}`;
    cpSync(folder, `${course.root}/aside`, { recursive: true });
    rmSync(folder, { recursive: true });
    await vi.waitUntil(() => broken(events).length > 0, { timeout });
    expect(broken(events)).toMatchObject([{ label, isUnreadable: true }]);
    expect(live.last).toBeUndefined();
    // Back in several steps, of which the first are no exercise yet.
    course.save(file, right);
    course.save(`exercises/${label}/hints.md`, readFileSync(`${course.root}/aside/hints.md`, "utf8"));
    course.save(
      `exercises/${label}/double.test.ts`,
      readFileSync(`${course.root}/aside/double.test.ts`, "utf8"),
    );
    await vi.waitUntil(() => verdicts().includes("pass"), { timeout });
    expect(broken(events)).toHaveLength(1);
    expect(events.filter((event) => event.kind === "watching" && event.how === "polling")).toEqual([]);
  });

  test("because of a file beside the answer that went and came back is graded again, though the answer is the same", async () => {
    const { course, events, next } = started();
    await next("verdict");
    renameSync(`${course.root}/exercises/${label}/hints.md`, `${course.root}/hints.md`);
    await vi.waitUntil(() => broken(events).length > 0, { timeout });
    expect(broken(events)).toMatchObject([
      { message: expect.stringContaining("Expected hints.md") as string },
    ]);
    renameSync(`${course.root}/hints.md`, `${course.root}/exercises/${label}/hints.md`);
    await next("verdict");
  });

  test("is told of again to whoever asks for a grading", async () => {
    const { live, events } = started({}, (root) => rmSync(`${root}/exercises/${label}`, { recursive: true }));
    await vi.waitUntil(() => broken(events).length > 0, { timeout });
    live.grade();
    expect(broken(events)).toHaveLength(2);
  });
});

test("a verdict is kept in progress.txt, the untouched stub's is not", async () => {
  const { course, next } = started();
  await next("verdict");
  expect(existsSync(`${course.root}/progress.txt`)).toBe(false);
  course.save(file, right);
  await next("verdict");
  expect(readFileSync(`${course.root}/progress.txt`, "utf8")).toContain(`${label} pass 2/2`);
});

test.skipIf(!hasProc)("the answer's sockets are shown to whoever asks (needs /proc)", async () => {
  const { course, live, events, next } = started();
  await next("verdict");
  live.watchSockets(true);
  course.save(
    file,
    `import { createServer } from "node:net";
    let isShown = false;
    export async function double(number: number): Promise<number> {
      if (isShown) return 2 * number;
      isShown = true;
      const server = createServer().listen(0, "127.0.0.1");
      await new Promise((resolve) => setTimeout(resolve, 600));
      server.close();
      return 2 * number;
    }`,
  );
  await next("verdict");
  const shown = events.flatMap((event) => (event.kind === "sockets" ? event.lines : []));
  expect(shown.join("\n")).toContain("LISTEN");
});

describe.skipIf(!hasProc)("no process is left (needs /proc)", () => {
  test("of a run that was given up, whose answer loops for ever", async () => {
    const { course, events, verdicts, next } = started();
    await next("verdict");
    course.save(file, endless);
    await next("grading");
    const busy = await vi.waitUntil(() => loopingAnswer(process.pid), { timeout, interval: 5 });
    course.save(file, right);
    await next("verdict");
    await vi.waitUntil(() => !isRunning(busy.grader) && !isRunning(busy.answer), { timeout });
    expect(verdicts()).toEqual(["fail", "pass"]);
    expect(events.some(({ kind }) => kind === "broken")).toBe(false);
  });

  test("of a grader that is killed, which is told, and the next save has a new one", async () => {
    const { course, verdicts, next } = started();
    await next("verdict");
    course.save(file, endless);
    const busy = await vi.waitUntil(() => loopingAnswer(process.pid), { timeout, interval: 5 });
    const broken = next("broken");
    process.kill(busy.grader, "SIGKILL");
    await broken;
    await vi.waitUntil(() => !isRunning(busy.answer), { timeout });
    course.save(file, right);
    await next("verdict");
    expect(verdicts()).toEqual(["fail", "pass"]);
  });

  test("when the workshop is over", async () => {
    const { live, next } = started();
    await next("verdict");
    await vi.waitUntil(() => answersOf(process.pid).length > 0, { timeout });
    const all = [...childrenOf(process.pid), ...answersOf(process.pid)];
    await live[Symbol.asyncDispose]();
    await expect.poll(() => all.filter(isRunning), { timeout }).toEqual([]);
  });

  test("when the workshop itself is killed, in the middle of a run that would never end", async () => {
    const course = gradableCourse();
    onTestFinished(() => course[Symbol.dispose]());
    course.save(file, endless);
    const workshop = spawn(process.execPath, ["--input-type=module", "--eval", script(course.root)], {
      stdio: "ignore",
    });
    const pid = workshop.pid ?? Number.NaN;
    const busy = await vi.waitUntil(() => loopingAnswer(pid), { timeout });
    const all = [...childrenOf(pid), ...answersOf(pid)];
    expect(all).toEqual(expect.arrayContaining([busy.grader, busy.answer]));
    workshop.kill("SIGKILL");
    await expect.poll(() => all.filter(isRunning), { timeout }).toEqual([]);
  });
});

function script(root: string): string {
  const here = (path: string): string => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)));
  return `
    import { openCourse } from ${here("../course/course.ts")};
    import { LiveGrading } from ${here("live-grading.ts")};
    LiveGrading.start(openCourse(${JSON.stringify(root)}), ${JSON.stringify(label)});`;
}

/** An answer's process that runs, and does not wait, and whose grader it is; of the workshop with this pid. */
function loopingAnswer(workshop: number): { grader: number; answer: number } | undefined {
  for (const grader of childrenOf(workshop))
    for (const answer of answersOfGrader(grader)) {
      // Past what it takes to load: half a second of CPU time, in ticks of 10 ms.
      const fields = statOf(answer);
      if (Number(fields?.[11]) > 50) return { grader, answer };
    }
  return undefined;
}

function answersOf(workshop: number): number[] {
  return childrenOf(workshop).flatMap(answersOfGrader);
}

function answersOfGrader(grader: number): number[] {
  return childrenOf(grader).filter((pid) =>
    readOrNothing(`/proc/${pid}/environ`).includes(`TCPIP_ANSWER=${grader}-`),
  );
}

function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => Number(statOf(pid)?.[1]) === parent);
}

function isRunning(pid: number): boolean {
  return !["Z", "X", undefined].includes(statOf(pid)?.[0]);
}

/** The fields of /proc/<pid>/stat from the third on: state, parent … */
function statOf(pid: number): string[] | undefined {
  const stat = readOrNothing(`/proc/${pid}/stat`);
  return stat === "" ? undefined : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
