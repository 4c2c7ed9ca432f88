import { setTimeout as sleep } from "node:timers/promises";
import {
  type Answer,
  awaitEvidence,
  evidence,
  eventually,
  expect,
  quietly,
  step,
} from "@tcpip-workshop/grader/suite";
import type { RequestOptions } from "../request.ts";
import type { Server } from "./servers.ts";

/** Who is asked: a server of the test's, and what the story calls it. */
export interface Asked {
  name: string;
  port: number;
}

export interface Call {
  readonly port: number;
  readonly limits: Limits;
  isOver: boolean;
  /** A code, or what came; undefined while it is under way. */
  outcome: unknown;
  reply: Uint8Array;
  /** Milliseconds until it was over. */
  took: number;
  ended: Promise<void>;
}

type Limits = Pick<RequestOptions, "connectTimeout" | "idleTimeout" | "totalTimeout">;

/** Far longer than a test lasts. */
const long = 30_000;
export const hello: Uint8Array = Buffer.from("hello");
export const hungUp = new Error("the caller has hung up");
export const aborted = "the signal's reason";

/** The calls of `request`, told by their limits and their outcomes. */
export class Requests {
  readonly #client: Answer<typeof import("../request.ts")>;

  constructor(client: Answer<typeof import("../request.ts")>) {
    this.#client = client;
  }

  /** A request with all the time it may want, unless it says otherwise. */
  ask({ name, port }: Asked, options: Partial<RequestOptions> = {}): Call {
    step(name);
    step(spell(options));
    return this.askQuietly(port, options);
  }

  askQuietly(port: number, options: Partial<RequestOptions>): Call {
    const limits = { connectTimeout: long, idleTimeout: long, totalTimeout: long };
    const whole = { host: "127.0.0.1", port, payload: hello, ...limits, ...options };
    const state = { isOver: false, outcome: undefined, reply: new Uint8Array(), took: 0 };
    const call: Call = { port, limits: whole, ...state, ended: Promise.resolve() };
    call.ended = this.#settle(call, whole);
    call.ended.catch(() => {});
    return call;
  }

  /** So it ends, and its socket is gone. */
  async ends(call: Call, due: string, rule: string): Promise<void> {
    await call.ended;
    judge(call, due, rule);
    await this.gone(call.port);
  }

  async gone(port: number): Promise<void> {
    const states = () => this.#client.process.sockets({ port }).map(({ state }) => state);
    const received = () => `a socket in ${states().join()}`;
    const shown = { within: 300, expected: "no socket", received };
    await eventually(() => states().length === 0, "The request has ended, so its socket must be gone", shown);
  }

  inSynSent({ port }: Call): boolean {
    return this.#client.process.sockets({ port }).some(({ state }) => state === "SYN-SENT");
  }

  /** The answer has read all that this server has sent it. */
  hasRead({ port }: Call): boolean {
    const sockets = this.#client.process.sockets({ port });
    return sockets.length > 0 && sockets.every(({ recvQ }) => recvQ === 0);
  }

  /** Nobody has dialled this server before. */
  async dialledOnlyNow(server: Server, rule: string): Promise<void> {
    step("a second request, to the same server:");
    const call = this.ask(server);
    await call.ended;
    const accepted = (count: number) =>
      count === 1 ? "1 connection, the second request's" : `${count} connections`;
    expect(accepted(server.tap.accepts), rule).toBe(accepted(1));
    await this.ends(call, "a reply of 5 bytes", "Nothing is in the way of the second request");
  }

  /** A rejection that nobody has heard ends the process. */
  async survives(server: Server): Promise<void> {
    step("another request, to the same server:");
    const call = this.ask(server);
    try {
      await call.ended;
    } catch (error) {
      const rule = "The look-up rejects when its request has ended: somebody must catch that all the same";
      if ((error as { code?: unknown }).code === "DIED")
        expect("the process died: an unhandled rejection", rule).toBe("a process that goes on");
      throw error;
    }
    await this.ends(call, "a reply of 5 bytes", "Nothing is in the way of this request");
  }

  async #settle(call: Call, options: RequestOptions): Promise<void> {
    const start = performance.now();
    try {
      call.reply = await quietly(() => this.#client.request(options));
      call.outcome = `a reply of ${call.reply.length.toLocaleString("en")} bytes`;
    } catch (error) {
      call.outcome = outcomeOf(error);
    } finally {
      call.took = performance.now() - start;
      call.isOver = true;
    }
  }
}

/** The test needs to see this before the request is over, unless that has ended in another way already. */
export async function seenUnderWay(call: Call, what: string, isUnderWay: () => boolean): Promise<void> {
  let wasSeen = false;
  await awaitEvidence(() => (wasSeen = !call.isOver && isUnderWay()) || call.isOver, what);
  // What is over with another code than that of a limit is for the test to judge.
  const isLimit = String(call.outcome).endsWith("_TIMEOUT");
  if (isLimit && !isTooEarly(call)) evidence(wasSeen, what);
}

/** What came of it, in the story and as the test demands. */
export function judge(call: Call, due: string, rule: string): void {
  step(`→ ${String(call.outcome)}`);
  expect(call.outcome, rule).toBe(due);
  if (!isTooEarly(call)) return;
  const after = (milliseconds: number | undefined) => `${due} after ≈${milliseconds?.toFixed()} ms`;
  const early = "The name is right, and the time is not: this limit was not over yet";
  expect(after(call.took), early).toBe(`${after(limitOf(call.limits, due))} or more`);
}

/** A busy machine makes a time-out later, never sooner. */
function isTooEarly({ limits, outcome, took }: Call): boolean {
  const limit = limitOf(limits, outcome);
  return limit !== undefined && took < limit * 0.9;
}

/** Over, or not for a while: what does not stop gets its look-up then, and shows in what comes of it. */
export async function overSoon(call: Call, lookUp: string): Promise<void> {
  await Promise.race([Promise.allSettled([call.ended]), sleep(400, undefined, { ref: false })]);
  if (!call.isOver) step(`400 ms later it has not ended; its look-up ${lookUp}`);
}

/** @throws what is no outcome of a request: the answer has died, or has a fault of its own */
function outcomeOf(error: unknown): string {
  if (!(error instanceof Error) || error.name === "AnswerFailure") throw error;
  if (error.message === hungUp.message) return aborted;
  const { code } = error as { code?: unknown };
  if (typeof code !== "string") throw error;
  const isForeign = code.endsWith("_TIMEOUT") && error.name !== "TimeoutError";
  return isForeign ? `${code}, in an error named ${error.name}` : code;
}

function limitOf(limits: Limits, code: unknown): number | undefined {
  if (code === "CONNECT_TIMEOUT") return limits.connectTimeout;
  if (code === "IDLE_TIMEOUT") return limits.idleTimeout;
  return code === "TOTAL_TIMEOUT" ? limits.totalTimeout : undefined;
}

/** `request({ connectTimeout: ≈60, lookup, … })`: what is not by default; ≈ where a busy machine gets more. */
function spell(options: Partial<RequestOptions>): string {
  const limits = (["connectTimeout", "idleTimeout", "totalTimeout"] as const).flatMap((name) => {
    const limit = options[name];
    if (limit === undefined) return [];
    return `${name}: ${limit === Number.POSITIVE_INFINITY ? limit : `≈${limit}`}`;
  });
  const { payload } = options;
  const more = [
    ...(payload === undefined ? [] : [`payload: ${payload.length.toLocaleString("en")} bytes`]),
    ...(["signal", "lookup"] as const).filter((name) => options[name] !== undefined),
  ];
  return `request({ ${[...limits, ...more, "…"].join(", ")} })`;
}
