import { NetError } from "@tcpip-workshop/core/net-error";
import type { Direction } from "../record.ts";

interface EveryFault {
  /** Only on this connection, counted from 1. Default: on each. */
  connection?: number;
}

interface DirectedFault extends EveryFault {
  /** Only in this direction. Default: in both, each counting for itself. */
  direction?: Direction;
}

/** Passes bytes on in pieces of `bytes`, each a segment of its own, `gap` ms apart (default 0: as fast as they go). */
export interface SliceFault extends DirectedFault {
  kind: "slice";
  bytes: number;
  gap?: number;
}

/** Passes bytes, FIN and RST on `ms` later, ± `jitter` by chance (`seed`, default 1). Never changes the order. */
export interface LatencyFault extends DirectedFault {
  kind: "latency";
  ms: number;
  jitter?: number;
  seed?: number;
}

export interface BandwidthFault extends DirectedFault {
  kind: "bandwidth";
  bytesPerSecond: number;
}

/** Passes FIN on `ms` later; bytes go at once. */
export interface SlowCloseFault extends DirectedFault {
  kind: "slowClose";
  ms: number;
}

/** Swallows all behind byte `afterBytes` (default 0), FIN and RST too. `closeAfter` ms later it closes; default never. */
export interface BlackholeFault extends DirectedFault {
  kind: "blackhole";
  afterBytes?: number;
  closeAfter?: number;
  by?: "FIN" | "RST";
}

/** Ends one direction by FIN behind byte `afterBytes` (default 0) and swallows the rest of it. The other goes on. */
export interface HalfCloseFault extends EveryFault {
  kind: "halfClose";
  direction: Direction;
  afterBytes?: number;
}

/** Ends the connection towards both ends behind byte `afterBytes`, or `afterMs` after its begin. Say one of the two. */
export interface CutFault extends DirectedFault {
  kind: "cut";
  afterBytes?: number;
  afterMs?: number;
  by: "FIN" | "RST";
}

/** RST to both ends on the first byte of the kth request (from 1): the server does not see that request. */
export interface ResetOnRequestFault extends EveryFault {
  kind: "resetOnRequest";
  request: number;
}

/**
 * Swallows the nth reply (from 1) when it has come whole from the server, which has executed the request. Afterwards, by
 * default, `"hang"`: nothing comes any more, and the connection stays open. `"FIN"` and `"RST"` close it. `"goOn"`: only
 * this reply is missing, as an intermediary that knows messages may lose one.
 */
export interface DropReplyFault extends EveryFault {
  kind: "dropReply";
  reply: number;
  afterwards?: "hang" | "FIN" | "RST" | "goOn";
}

/** Holds the nth reply (from 1), and all behind it, for `ms` from its first byte on. */
export interface DelayReplyFault extends EveryFault {
  kind: "delayReply";
  reply: number;
  ms: number;
}

/** One thing that goes wrong between client and server. Plain data: print it, paste it. */
export type Fault =
  | SliceFault
  | LatencyFault
  | BandwidthFault
  | SlowCloseFault
  | BlackholeFault
  | HalfCloseFault
  | CutFault
  | ResetOnRequestFault
  | DropReplyFault
  | DelayReplyFault;

/** The faults of all connections, or a function that is asked for each, from 1 on. */
export type FaultPlan = readonly Fault[] | ((connection: number) => readonly Fault[]);

/** The faults of one connection. Throws `ARGUMENT_INVALID`. */
export function faultsOf(plan: FaultPlan, connection: number): Fault[] {
  const faults = typeof plan === "function" ? plan(connection) : plan;
  return faults.map((fault) => expectFault(fault)).filter((fault) => appliesTo(fault, connection));
}

export function appliesTo(fault: Fault, connection: number): boolean {
  return fault.connection === undefined || fault.connection === connection;
}

/** Whether a fault works on bytes that go in this direction. */
export function worksOn(fault: Fault, direction: Direction): boolean {
  if (fault.kind === "resetOnRequest") return direction === "toServer";
  if (fault.kind === "dropReply" || fault.kind === "delayReply") return direction === "toClient";
  return fault.direction === undefined || fault.direction === direction;
}

/** Throws `ARGUMENT_INVALID` for a kind that there is not and for numbers that no fault can work with. */
export function expectFault(fault: Fault): Fault {
  if (!KINDS.has(fault.kind)) {
    throw new NetError("ARGUMENT_INVALID", `Expected a kind of fault, got ${JSON.stringify(fault)}`);
  }
  if (fault.kind === "cut" && (fault.afterBytes === undefined) === (fault.afterMs === undefined)) {
    throw new NetError("ARGUMENT_INVALID", `Expected afterBytes or afterMs, got ${JSON.stringify(fault)}`);
  }
  for (const [name, value] of Object.entries(fault) as [string, unknown][]) {
    const expected = NUMBERS[name];
    if (expected === undefined || value === undefined) continue;
    const { least, whole } = expected;
    if (typeof value === "number" && value >= least && value < Infinity && !(whole && value % 1 !== 0))
      continue;
    throw new NetError(
      "ARGUMENT_INVALID",
      `Expected ${name} to be a ${whole ? "whole " : ""}number from ${least}, got ${JSON.stringify(fault)}`,
    );
  }
  return fault;
}

const NUMBERS: Record<string, { least: number; whole: boolean }> = {
  connection: { least: 1, whole: true },
  bytes: { least: 1, whole: true },
  gap: { least: 0, whole: false },
  ms: { least: 0, whole: false },
  jitter: { least: 0, whole: false },
  bytesPerSecond: { least: 1, whole: true },
  afterBytes: { least: 0, whole: true },
  afterMs: { least: 0, whole: false },
  closeAfter: { least: 0, whole: false },
  request: { least: 1, whole: true },
  reply: { least: 1, whole: true },
};

const KINDS = new Set<Fault["kind"]>([
  "slice",
  "latency",
  "bandwidth",
  "slowClose",
  "blackhole",
  "halfClose",
  "cut",
  "resetOnRequest",
  "dropReply",
  "delayReply",
]);
