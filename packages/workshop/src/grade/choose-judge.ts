import { readFileSync } from "node:fs";
import type { Course } from "../course/course.ts";
import { UserError } from "../course/user-error.ts";
import { brokenCanary, type Judge } from "./judge.ts";
import { OpenJudge } from "./open-judge.ts";
import { SealedJudge } from "./sealed-judge.ts";

export interface JudgeOptions {
  /** Only this level; without it the highest that holds here. */
  level?: "open" | "sealed";
  /** How many answers are graded at once. */
  jobs: number;
}

/** Offers the highest level that holds here, or the one that is asked for. */
export type ChooseJudge = (course: Course, options: JudgeOptions) => Promise<Judge>;

/** @throws {UserError} when the level is asked for and does not hold here, saying why */
export const chooseJudge: ChooseJudge = async ({ root }, { level, jobs }) => {
  if (level === "open") return await OpenJudge.start(jobs, "the open level was asked for");
  const tried = await trySealed(root);
  if (typeof tried !== "string") return tried;
  const sealed = `${tried}. How to get it: docs/instructors/seal.md#get-it`;
  if (level === "sealed")
    throw new UserError(`Expected answers to be shut in, but that does not hold here: ${sealed}`);
  return await OpenJudge.start(jobs, sealed);
};

async function trySealed(root: string): Promise<Judge | string> {
  if (process.platform !== "linux") return `Sealing needs Linux, and this is ${process.platform}`;
  try {
    const started = await SealedJudge.start(root);
    return started instanceof SealedJudge ? started : (brokenCanary(started) ?? "a canary did not hold");
  } catch (error) {
    return `${whyNoCell(error)}${remedy()}`;
  }
}

function whyNoCell(error: unknown): string {
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return `there is no ${path ?? "unshare"} here (util-linux)`;
  if (/bwrap: No such file|failed to execute bwrap|bwrap.*not found/.test(message))
    return "bubblewrap (bwrap) is not installed";
  return message;
}

/** The switches that keep programs from making user namespaces, where their files say so. */
const switches: [path: string, closed: string, name: string][] = [
  [
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
    "1",
    "kernel.apparmor_restrict_unprivileged_userns is 1",
  ],
  ["/proc/sys/kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone is 0"],
  ["/proc/sys/user/max_user_namespaces", "0", "user.max_user_namespaces is 0"],
];

function remedy(): string {
  const closed = switches.find(([path, value]) => contentOf(path) === value);
  return closed === undefined ? "" : ` (${closed[2]})`;
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1").trim();
  } catch {
    return undefined;
  }
}
