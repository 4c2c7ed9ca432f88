import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findSubmissions } from "../grade/submission/find-submissions.ts";
import { defaultLimits, type Limits } from "../grade/submission/limits.ts";
import type { Submission, SubmissionSource } from "../grade/submission/submission.ts";
import { smallCourse, type SmallCourse } from "./small-course.ts";

/** A course of two exercises (`04-framing/framing.ts`, `05-echo/echo.ts`) and a folder to hand in from. */
export interface HandIn extends Disposable {
  course: SmallCourse;
  /** Absolute. */
  folder: string;
  /** Writes a file below the folder, and the folders above it. @returns its absolute path */
  write(path: string, content: string | Uint8Array): string;
  find(args: string[], options?: FindOptions): Promise<SubmissionSource[]>;
  notices(args: string[], options?: FindOptions): Promise<string[]>;
  /** Reads the only submission that is found there. */
  read(path: string, options?: FindOptions): Promise<Submission>;
}

interface FindOptions {
  /** Labels; both, if not said. */
  asked?: string[];
  limits?: Partial<Limits>;
}

export function handIn(): HandIn {
  const course = smallCourse("04-framing", "05-echo");
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "hand-in-")));
  const findAll = (args: string[], { asked = course.labels, limits = {} }: FindOptions = {}) => {
    const exercises = asked.map((label) => course.exercise(label));
    return findSubmissions(args, course, exercises, folder, { ...defaultLimits, ...limits });
  };
  return {
    course,
    folder,
    find: async (args, options) => (await findAll(args, options)).sources,
    notices: async (args, options) => (await findAll(args, options)).notices,
    write: (path, content) => {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
    read: async (path, options) => {
      const [source, ...others] = (await findAll([path], options)).sources;
      if (source === undefined || others.length > 0) throw new Error(`Expected one submission at ${path}`);
      return source.read();
    },
    [Symbol.dispose]: () => {
      course[Symbol.dispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** `04-framing/framing.ts: const a = 1;`, for each file that was taken. */
export function takenOf({ answers }: Submission): string[] {
  return [...answers].flatMap(([label, { files }]) =>
    Array.from(files, ([path, bytes]) => `${label}/${path}: ${Buffer.from(bytes).toString("utf8")}`),
  );
}

/** `path: reason`, for each file that was refused. */
export function refusedOf({ refused }: Submission): string[] {
  return refused.map(({ path, reason }) => `${path}: ${reason}`);
}
