import { NetError } from "../net-error.ts";
import { duration } from "./milliseconds.ts";

/**
 * Spells out what is left of a deadline for a peer, whose clock is not ours: a duration, as the value of gRPC's `grpc-timeout`.
 *
 *     Timeout      = TimeoutValue TimeoutUnit
 *     TimeoutValue = 1 to 8 digits, not all of them 0
 *     TimeoutUnit  = H / M / S / m / u / n  ; hour, minute, second, milli-, micro-, nanosecond
 *
 * Rounded down to what 8 digits can say, so that the peer never has longer than we. Takes ms. Throws `DEADLINE_EXCEEDED` for less
 * than a nanosecond, since there is no 0 in the grammar and no sense in such a call, and `ARGUMENT_INVALID`. A call without a
 * deadline has no such header.
 *
 * Source: gRPC over HTTP/2 (grpc/grpc, doc/PROTOCOL-HTTP2.md), Requests.
 */
export function encodeTimeout(ms: number): string {
  duration("a time-out", ms);
  const index = UNITS.findIndex((unit) => ms < inMs(MAX_VALUE + 1, unit));
  const finest = UNITS[index];
  if (finest === undefined) return `${MAX_VALUE}H`;
  const value = wholeUnits(ms, finest);
  if (value === 0) {
    throw new NetError("DEADLINE_EXCEEDED", `Expected a nanosecond or more to be left, got ${ms} ms`);
  }
  return shortest(value, index);
}

/**
 * Reads the value of `grpc-timeout`: a duration in ms, for `deadlineIn` at the moment when the request came. Throws
 * `TIMEOUT_INVALID` for text outside the grammar; a message of ours it never was.
 */
export function decodeTimeout(text: string): number {
  const match = typeof text === "string" ? GRAMMAR.exec(text) : null;
  const unit = UNITS.find(({ name }) => name === match?.[2]);
  const value = Number(match?.[1]);
  if (unit === undefined || value === 0) {
    const got = typeof text === "string" ? JSON.stringify(text.slice(0, 40)) : typeof text;
    const expected = "Expected 1 to 8 digits, not all 0, and a unit of H, M, S, m, u, n";
    throw new NetError("TIMEOUT_INVALID", `${expected}, got ${got}`);
  }
  return inMs(value, unit);
}

const GRAMMAR = /^(\d{1,8})([HMSmun])$/;
const MAX_VALUE = 99_999_999;
const NANOSECONDS_PER_MS = 1_000_000;

interface Unit {
  name: string;
  nanoseconds: number;
}

/** The finest first. Each is a whole number of the one before. */
const UNITS: readonly Unit[] = [
  { name: "n", nanoseconds: 1 },
  { name: "u", nanoseconds: 1000 },
  { name: "m", nanoseconds: NANOSECONDS_PER_MS },
  { name: "S", nanoseconds: 1000 * NANOSECONDS_PER_MS },
  { name: "M", nanoseconds: 60_000 * NANOSECONDS_PER_MS },
  { name: "H", nanoseconds: 3_600_000 * NANOSECONDS_PER_MS },
];

function wholeUnits(ms: number, unit: Unit): number {
  let value = Math.ceil(ms / inMs(1, unit));
  // The quotient was rounded, perhaps across a whole number: what the peer will read decides.
  while (inMs(value, unit) > ms) value--;
  return value;
}

function inMs(value: number, { nanoseconds }: Unit): number {
  // in this order each step but the last division is exact, for 8 digits
  if (nanoseconds < NANOSECONDS_PER_MS) return (value * nanoseconds) / NANOSECONDS_PER_MS;
  return value * (nanoseconds / NANOSECONDS_PER_MS);
}

/** The same duration in the coarsest unit that says it exactly: 400m rather than 400000u. */
function shortest(value: number, index: number): string {
  const [unit, next] = UNITS.slice(index);
  const ratio = (next?.nanoseconds ?? Number.POSITIVE_INFINITY) / unit!.nanoseconds;
  return value % ratio === 0 ? shortest(value / ratio, index + 1) : `${value}${unit!.name}`;
}
