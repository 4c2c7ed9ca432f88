import type { ChildProcess } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import type { Socket } from "node:net";
import { basename, dirname } from "node:path";
import type { SocketEntry } from "@tcpip-workshop/diagnostics/sockets";
import { LengthPrefixedDecoder } from "@tcpip-workshop/core/framing";
import { AnswerFailure, type AnswerFailureCode } from "../wire/answer-failure.ts";
import { forged, maxFrameLength } from "../wire/message.ts";
import { Peer } from "../wire/peer.ts";
import type { MakeCall } from "../wire/stand-in.ts";
import { Deadlines } from "./deadlines.ts";
import { died, forgedBy, notLoaded, overdue, tooMuchMemory } from "./failures.ts";
import { innermostOf } from "./innermost.ts";
import { familyOf, isAlive, kernelView, memoryOf, socketsNow, type KernelView } from "./kernel.ts";
import type { Output } from "./output.ts";
import { takeEarly } from "./spawn-answer.ts";
import type { Walls } from "./walls.ts";

export interface AnswerProcessOptions extends Walls {
  /** Bytes of memory past which the process is ended. */
  memoryLimit?: number;
  /** Milliseconds of its own time that loading the answer may take. */
  loadDeadline?: number;
}

const defaultMemoryLimit = 1024 ** 3;
const defaultLoadDeadline = 5000;
/** The most bytes that wait here for the answer to read them: the suite's largest payloads, and then some. */
const mostUnread = 256 * 1024 * 1024;
/** Milliseconds between two looks at its memory. */
const memoryInterval = 100;
/** Never told of anything. */
const nobody = new Int32Array(new SharedArrayBuffer(4));
/** Whoever waits in vain wants to see the sockets. */
const overdueCodes: ReadonlySet<AnswerFailureCode> = new Set(["NEVER_RETURNED", "NEVER_SETTLED"]);

/** One run of an answer: its process, the wire to it, and what the kernel says of it. */
export class AnswerProcess {
  /** The file, as the learner knows it. */
  readonly file: string;
  readonly output: Output;
  readonly #child: ChildProcess;
  readonly #mark: string;
  readonly #peer: Peer;
  readonly #options: AnswerProcessOptions;
  #exports: { [name: string]: string } | undefined;
  readonly #loaded: Promise<{ [name: string]: string }>;
  readonly #exited: Promise<void>;
  /** Whatever else came from the process and was killed with it. */
  readonly #family: number[] = [];
  #failure: AnswerFailure | undefined;
  /** Its sockets when a deadline ended it. */
  socketsAtEnd: SocketEntry[] = [];
  readonly #deadlines: Deadlines;
  readonly #memoryWatch: NodeJS.Timeout;
  #innermost: number | undefined;

  /** How the handles that come back make their calls; as it is here, without a deadline. */
  makeCall: MakeCall = (on, _label, name, args, mode) => this.#peer.call(on, name, args, mode);

  constructor(path: string, options: AnswerProcessOptions = {}) {
    this.file = basename(path);
    this.#options = options;
    const { child, output, mark, closed } = takeEarly(path, options);
    this.#child = child;
    this.output = output;
    this.#mark = mark;
    const wire = child.stdio[3] as Socket;
    this.#peer = new Peer(
      (frame) => wire.write(frame),
      undefined,
      (...call) => this.makeCall(...call),
    );
    this.#deadlines = new Deadlines({
      view: () => this.kernelView(),
      memory: () => (this.pid === undefined ? undefined : memoryOf(this.pid)),
      memoryLimit: options.memoryLimit ?? defaultMemoryLimit,
      onTooMuchMemory: ({ what }, bytes) =>
        this.#end(tooMuchMemory(what, bytes, options.memoryLimit ?? defaultMemoryLimit)),
      onPassed: ({ what, deadline }, view, busy) => this.#end(overdue(what, deadline, view, busy)),
    });
    this.#peer.onReply = () => this.#deadlines.signOfLife();
    this.#loaded = new Promise((resolve, reject) => {
      this.#peer.onLoaded = (exports, error) =>
        exports ? resolve(exports) : reject(notLoaded(this.file, error, dirname(path)));
    });
    this.#loaded.catch(() => {});
    this.#listen(wire);
    this.#exited = closed.then((how) => this.#end(died(this.file, how, output)));
    process.once("exit", this.#killAtExit);
    this.#memoryWatch = setInterval(() => this.#watchMemory(), memoryInterval).unref();
  }

  /** Why this process can take no more calls; undefined while it can. */
  get failure(): AnswerFailure | undefined {
    return this.#failure;
  }

  /** What {@link exports} gave; undefined until it has. */
  get exportsKnown(): { [name: string]: string } | undefined {
    return this.#exports;
  }

  /** The exports of the answer's module: name to `typeof`, "class" for classes. @throws {AnswerFailure} NOT_LOADED */
  async exports(): Promise<{ [name: string]: string }> {
    const deadline = this.#options.loadDeadline ?? defaultLoadDeadline;
    return (this.#exports ??= await this.#guard(this.#loaded, `Loading ${this.file}`, deadline));
  }

  /**
   * Sends a call and waits for its reply.
   *
   * @param what the call, as the learner knows it
   * @param deadline milliseconds the process may take for it
   * @throws {AnswerFailure} NEVER_RETURNED, NEVER_SETTLED, DIED, TOO_MUCH_MEMORY, FORGED_FRAME, CANNOT_CROSS
   * @throws whatever the answer threw
   */
  async request<T>(send: (peer: Peer) => Promise<T>, what: string, deadline: number): Promise<T> {
    if (this.#failure) throw this.#failure;
    return this.#guard(send(this.#peer), what, deadline);
  }

  /** The wire's end here; only for calls that need no guard of their own. */
  get peer(): Peer {
    return this.#peer;
  }

  /** What the kernel says of the process now; undefined when it is gone or this is no Linux. */
  kernelView(): KernelView | undefined {
    return this.pid === undefined ? undefined : kernelView(this.pid);
  }

  /** The answer's process, not bwrap's around it; undefined when it did not start, or has not yet. */
  get pid(): number | undefined {
    const { pid } = this.#child;
    if (pid === undefined || this.#options.sealed === undefined) return pid;
    return (this.#innermost ??= innermostOf(pid));
  }

  /** The same, for whoever cannot go on without it: the seal is made in some milliseconds. */
  waitForPid(): number | undefined {
    for (let look = 0; look < 1000 && this.pid === undefined && this.#failure === undefined; look++)
      Atomics.wait(nobody, 0, 0, 1);
    return this.pid;
  }

  /** Its sockets as the kernel shows them now; none where the kernel does not tell. */
  sockets(): SocketEntry[] {
    return this.pid === undefined || this.#failure !== undefined ? [] : socketsNow(this.pid);
  }

  /** Ends the process, its group and whatever else comes from it, and waits until the kernel has it gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end(new AnswerFailure("ENDED", "The process was ended"));
    await this.#exited;
    // The kernel ends a killed process when it next looks at it; nothing of this answer runs beside the next one.
    for (let look = 0; look < 1000 && this.#family.some(isAlive); look++) await setTimeout(1);
  }

  #guard<T>(work: Promise<T>, what: string, deadline: number): Promise<T> {
    return this.#options.inspect ? work : this.#deadlines.watch(what, deadline, work);
  }

  #listen(wire: Socket): void {
    const decoder = new LengthPrefixedDecoder({ maxFrameLength });
    wire.on("data", (chunk: Buffer) => {
      if (this.#failure) return;
      try {
        for (const frame of decoder.push(chunk)) this.#peer.receive(frame);
        if (wire.writableLength > mostUnread)
          throw forged("calls of what it was lent, whose replies it does not read");
      } catch (error) {
        this.#end(error instanceof AnswerFailure ? error : forgedBy(error));
      }
    });
    // EPIPE and ECONNRESET: the process is gone, which "close" tells better.
    wire.on("error", () => {});
  }

  /** Between the calls, too: while one waits, the deadlines' look finds it first, and names the call. */
  #watchMemory(): void {
    const limit = this.#options.memoryLimit ?? defaultMemoryLimit;
    const bytes = this.pid === undefined ? undefined : memoryOf(this.pid);
    if (bytes !== undefined && bytes > limit) this.#end(tooMuchMemory("Your code", bytes, limit));
  }

  /** The first reason stays. Every waiting call fails with it, the group dies, and the next test gets a fresh process. */
  #end(failure: AnswerFailure): void {
    if (this.#failure) return;
    if (overdueCodes.has(failure.code)) this.socketsAtEnd = this.sockets();
    this.#failure = failure;
    clearInterval(this.#memoryWatch);
    this.#kill();
    this.#peer.onLoaded?.(undefined, failure);
    this.#peer.fail(failure);
    process.removeListener("exit", this.#killAtExit);
  }

  readonly #killAtExit = (): void => this.#kill();

  #kill(): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined) return;
    // Once it was reaped its number may be another's.
    const self = exitCode === null && signalCode === null ? [pid] : [];
    // Twice: what was born while the list was read is found the second time, for its parents are stopped by then.
    for (let round = 0; round < 2; round++) {
      const family = familyOf(pid, this.#mark);
      if (round === 1 && family.length === 0) return;
      this.#family.push(...family);
      for (const member of [-pid, ...self, ...family]) {
        try {
          process.kill(member, "SIGKILL");
        } catch {
          // Gone already.
        }
      }
    }
  }
}
