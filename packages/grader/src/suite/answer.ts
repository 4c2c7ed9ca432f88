import { dirname, resolve } from "node:path";
import { afterAll, expect, inject } from "vitest";
import { remoteCall } from "../wire/stand-in.ts";
import { makeScratch } from "../process/scratch.ts";
import type { Answer } from "./remote.ts";
import { endSession, sessions } from "./sessions.ts";
import { Session } from "./session.ts";
import { statistics } from "./statistics.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder under grading; without it the suite grades the file beside itself. */
    answerFolder?: string;
    /** Folders the answer may read besides its own. */
    answerReads?: string[];
    /** What random test data grows from: 32 hexadecimal digits. */
    answerSeed?: string;
    /** Stop the answer's process for a debugger. */
    answerInspect?: boolean;
    /** Have processes ready before they are needed. */
    answerSpares?: boolean;
    /** Run the answer behind the seal: the file with the system-call filter. */
    answerSealed?: string;
    /** Run it without Node's permission model: to see what holds behind that. */
    answerPermissive?: boolean;
    /** The suite is only collected: no test of it will run. */
    answerUnwanted?: boolean;
  }
}

export interface AnswerOptions {
  /**
   * Whether the answer gets a folder that it may write, and `node:sqlite`; both are off without it. A folder: the `scratch` of
   * another of this suite's, to be shared with it.
   */
  scratch?: boolean | string;
  /** Modules of the course's packages that it may import, without their scope: `["tcp-echo/pool"]`; none without it. */
  packages?: string[];
}

/**
 * The answer under grading, in a process of its own.
 *
 * ```ts
 * const framing = answer<typeof import("./framing.ts")>("./framing.ts");
 * const decoder = await framing.create("LengthPrefixedDecoder");
 * expect(await decoder.push(twoFrames)).toEqual([hello, world]);
 * ```
 *
 * Exported functions and the methods of instances are called as they are, and awaited. What cannot cross by value
 * (functions, instances, iterators) comes back as a handle.
 *
 * @param file the learner's file, relative to the folder under grading
 */
export function answer<M extends object>(file: string, options: AnswerOptions = {}): Answer<M> {
  const beside = dirname(expect.getState().testPath ?? "");
  const sessionOptions = {
    readable: inject("answerReads") ?? [],
    inspect: inject("answerInspect") ?? false,
    sealed: inject("answerSealed"),
    permissive: inject("answerPermissive") ?? false,
    packages: options.packages ?? [],
    spares: inject("answerSpares") ?? false,
    ...scratchFor(options.scratch),
  };
  const path = resolve(inject("answerFolder") ?? beside, file);
  const session = new Session(path, sessionOptions, inject("answerUnwanted") !== true);
  sessions.add(session);
  afterAll(() => endSession(session));
  return new Proxy({} as Answer<M>, {
    get(_, name) {
      if (typeof name === "symbol" || name === "then") return undefined;
      if (name === "create")
        return (className: string, ...args: unknown[]) => create(session, className, args);
      if (name === "scratch") return session.scratch;
      if (name === "process") return statistics(session);
      return remoteCall(0, "", name, session.callExport);
    },
  });
}

function scratchFor(wanted: boolean | string = false): { scratch?: string } {
  if (wanted === false) return {};
  return { scratch: wanted === true ? makeScratch() : wanted };
}

/** The instance, callable at once, that is also the promise of itself: a constructor that throws is met by whoever awaits first. */
function create(session: Session, className: string, args: unknown[]): object {
  const { instance, created } = session.create(className, args);
  created.catch(() => {});
  const made = created.then(() => instance);
  made.catch(() => {});
  return new Proxy(instance, {
    get: (_, name) => (name === "then" ? made.then.bind(made) : Reflect.get(instance, name)),
  });
}
