import { basename } from "node:path";
import { visibleInodesOf, type SocketEntry } from "@tcpip-workshop/diagnostics/sockets";
import { AnswerProcess, type AnswerProcessOptions } from "../process/answer-process.ts";
import { removeScratch } from "../process/scratch.ts";
import { spawnSpare } from "../process/spawn-answer.ts";
import type { Walls } from "../process/walls.ts";
import { AnswerFailure } from "../wire/answer-failure.ts";
import type { Peer } from "../wire/peer.ts";
import type { MakeCall } from "../wire/stand-in.ts";
import { inWords, noExport, spellCall, type Called, type Needs } from "./call.ts";
import type { Step } from "./step.ts";
import { addStep, story } from "./story.ts";
import { ThrownValue } from "./thrown-value.ts";
import { watched } from "./unfit-value.ts";

/** Milliseconds of the answer's own time that a call has, unless the suite says otherwise. */
const defaultDeadline = 1000;
/**
 * An answer whose loop did not end once hangs in most tests: nobody should wait a second for each. One that waited in vain
 * keeps its time, for on a busy machine what it waits for may be late.
 */
const shorterAfterLoop = 0.3;

export interface SessionOptions extends AnswerProcessOptions {
  /** Have the next process ready whenever one was needed that nobody had planned: it may not be the last. */
  spares?: boolean;
}

/** Everything one suite has to do with one answer: the process of the moment, and what was done in the test of the moment. */
export class Session {
  readonly file: string;
  readonly path: string;
  readonly #options: SessionOptions;
  #process: AnswerProcess | undefined;
  #ended: Promise<void>[] = [];
  #unloadable: AnswerFailure | undefined;
  #started = 0;
  #killed = 0;
  #lastHandle = 0;
  #loops = 0;
  #earlierSockets: ReadonlySet<number> = new Set();
  #names = new Map<string, number>();
  /** By the handle that an instance goes by: a call may be under way before it is known whether there is such a class. */
  #classes = new Map<number, string>();
  #thrown = new WeakMap<object, string>();
  #deadline = defaultDeadline;
  /** What processes that are gone have printed in this test. */
  #output = "";

  /** @param isWanted whether the suite will run: one that is only looked at needs no process */
  constructor(path: string, options: SessionOptions, isWanted = true) {
    this.path = path;
    this.file = basename(path);
    this.#options = options;
    // At once: it starts while Vitest is still collecting.
    if (isWanted) this.#fresh();
  }

  /** The process of the moment; undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Why the process of the moment is gone; undefined while it lives, and when it was we who ended it. */
  get failure(): AnswerFailure | undefined {
    const failure = this.#process?.failure;
    return failure?.code === "ENDED" ? undefined : failure;
  }

  /** What the kernel shows of the sockets that the answer has opened in this test, now. */
  sockets(): SocketEntry[] {
    return this.#ofThisTest(this.#process?.sockets());
  }

  /** What it showed when a deadline ended the process. */
  get socketsAtEnd(): SocketEntry[] {
    return this.#ofThisTest(this.#process?.socketsAtEnd);
  }

  /** The server that an earlier test has left listening is none of this one's. */
  #ofThisTest(sockets: SocketEntry[] = []): SocketEntry[] {
    return sockets.filter(({ inode }) => !this.#earlierSockets.has(inode));
  }

  get started(): number {
    return this.#started;
  }

  /** How many of them were not the suite's own doing: one, unless the answer died. */
  get needed(): number {
    return this.#started - this.#killed;
  }

  /** What the answer has printed since the test began. */
  outputOfTest(): string {
    const ofTest = this.#output + (this.#process?.output.take() ?? "");
    this.#output = "";
    return ofTest;
  }

  /** A process that can take calls: the one there is, or after a death a fresh one. */
  process(): AnswerProcess {
    if (this.#unloadable) throw this.#unloadable;
    return this.#process !== undefined && this.#process.failure === undefined ? this.#process : this.#fresh();
  }

  /** Between which walls its processes run. */
  get walls(): Walls {
    return this.#options;
  }

  /** The folder that the answer may write. */
  get scratch(): string {
    const { scratch } = this.#options;
    if (scratch === undefined)
      throw new TypeError("Expected `answer(file, { scratch: true })` before `scratch`");
    return scratch;
  }

  /** Ends the process of the moment in the middle of whatever it does; a fresh one starts meanwhile. */
  async kill(): Promise<void> {
    addStep(`the process of ${this.file} is killed (SIGKILL)`);
    const killed = this.#process;
    if (killed !== undefined) this.#killed++;
    this.#fresh();
    await killed?.[Symbol.asyncDispose]();
  }

  beginTest(deadline = defaultDeadline): void {
    this.#names.clear();
    this.#classes.clear();
    this.#deadline = deadline;
    // What died in the last test is no news in this one.
    if (this.failure && !this.#unloadable) this.#fresh();
    this.#earlierSockets = this.pid === undefined ? new Set() : visibleInodesOf(this.pid);
  }

  /**
   * Waits until the answer has done what it left for later in this turn: a rejected promise nobody handles kills it
   * now, in the test that made it, and not in the next.
   */
  async endTest(): Promise<void> {
    if (this.#process === undefined || this.#process.failure) return;
    // One that has replaced a killed one may still be loading, which has a longer deadline than a call.
    await this.#process.exports();
    await this.#process.request(
      (peer) => peer.call(0, "", [], "get"),
      `${this.file} after the test`,
      this.#deadline,
    );
    this.#process.peer.freeAll();
  }

  async end(): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    await Promise.all(this.#ended);
    // A module is never unloaded, and the suite's has us: what we hold, payloads among it, would stay with it.
    this.#process = undefined;
    this.#ended = [];
    if (this.#options.scratch !== undefined) removeScratch(this.#options.scratch);
  }

  /** `decoder` for LengthPrefixedDecoder, `decoder2` for the second. */
  nameFor(className: string): string {
    const word = /[A-Z][a-z0-9]*$/.exec(className)?.[0].toLowerCase() ?? "object";
    const count = (this.#names.get(word) ?? 0) + 1;
    this.#names.set(word, count);
    return count === 1 ? word : word + count;
  }

  /** Which call of the answer's threw this; undefined when it comes from elsewhere. */
  callThatThrew(error: unknown): string | undefined {
    return typeof error === "object" && error !== null ? this.#thrown.get(error) : undefined;
  }

  /** `new` on an export: the instance's handle, callable at once, and the promise that it was made. */
  create(className: string, args: unknown[]): { instance: object; created: Promise<unknown> } {
    const owner = this.process();
    const handle = --this.#lastHandle;
    const label = this.nameFor(className);
    this.#classes.set(handle, className);
    const instance = owner.peer.instance(handle, label);
    const step = { call: `${label} = new ${className}`, args, outcome: undefined };
    const send = (peer: Peer): Promise<unknown> => peer.create(handle, className, args);
    return { instance, created: this.#step(owner, step, send, { name: className, kind: "class" }) };
  }

  /** Calls a function that the answer exports, in whichever process there is. */
  readonly callExport: MakeCall = async (on, label, name, args, mode) =>
    this.#call(
      this.process(),
      on,
      label,
      name,
      args,
      mode,
      name === undefined ? undefined : { name, kind: "function" },
    );

  #call(
    owner: AnswerProcess,
    ...[on, label, name, args, mode, needs]: [...Parameters<MakeCall>, Needs?]
  ): Promise<unknown> {
    const step: Step = {
      call: spellCall(label, name, mode),
      args,
      isList: mode === "each" || mode === "map",
      outcome: undefined,
    };
    const className = this.#classes.get(on);
    const called = { on: className === undefined ? `\`${label}\`` : `\`${label}\` (${className})`, name };
    // The call may go before the suite knows how `create` ended: without the class there is no instance, and none to call.
    const also: Needs | undefined = className === undefined ? needs : { name: className, kind: "class" };
    return this.#step(owner, step, (peer) => peer.call(on, name, args, mode), also, called);
  }

  /** Makes a call as a step of the test. */
  async #step(
    owner: AnswerProcess,
    step: Step,
    send: (peer: Peer) => Promise<unknown>,
    needs?: Needs,
    called?: Called,
  ): Promise<unknown> {
    addStep(step);
    try {
      await this.#loaded(owner, needs);
      const deadline = this.#loops === 0 ? this.#deadline : this.#deadline * shorterAfterLoop;
      const returned = await owner.request(send, `\`${step.call}\``, deadline);
      step.outcome = { returned };
      story().latest = { call: step.call, value: returned };
      return watched(returned, step.call);
    } catch (error) {
      if (error instanceof AnswerFailure) {
        if (error.code === "NEVER_RETURNED") this.#loops++;
        throw inWords(error, step.call, called);
      }
      step.outcome = { threw: error };
      if (typeof error !== "object" || error === null) throw new ThrownValue(step.call, error);
      this.#thrown.set(error, step.call);
      throw error;
    }
  }

  async #loaded(process: AnswerProcess, needs: Needs | undefined): Promise<void> {
    try {
      const exports = process.exportsKnown ?? (await process.exports());
      if (needs && exports[needs.name] !== needs.kind) throw noExport(this.file, needs, exports);
    } catch (error) {
      if (error instanceof AnswerFailure && error.code !== "NO_EXPORT") this.#unloadable = error;
      throw error;
    }
  }

  #fresh(): AnswerProcess {
    if (this.#process) {
      this.#output += this.#process.output.take();
      this.#ended.push(this.#process[Symbol.asyncDispose]());
    }
    this.#started++;
    const process = new AnswerProcess(this.path, this.#options);
    if (this.#options.spares === true && this.#started > 1) spawnSpare(this.path, this.#options);
    process.makeCall = (...call) => this.#call(process, ...call);
    return (this.#process = process);
  }
}
