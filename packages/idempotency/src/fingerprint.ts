import { createHash } from "node:crypto";
import { NetError } from "@tcpip-workshop/core/net-error";

/** What JSON can say (RFC 8259). */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const MAX_DEPTH = 64;

/**
 * The idempotency fingerprint of a payload (draft-ietf-httpapi-idempotency-key-header-07, Idempotency Fingerprint): SHA-256, in hex, of
 * its canonical form. Throws `ARGUMENT_INVALID` for what is not JSON: NaN, undefined, a Date, half a surrogate pair, more than 64 levels.
 */
export function fingerprint(payload: Json): string {
  return createHash("sha256").update(canonical(payload)).digest("hex");
}

/**
 * The canonical form of RFC 8785: no white space, names sorted by UTF-16 code units, numbers and strings as ECMAScript
 * writes them. A client that sends the same payload again may well write its names in another order.
 */
export function canonical(payload: Json, depth = 0): string {
  if (typeof payload !== "object" || payload === null) {
    return scalar(payload);
  }
  if (depth >= MAX_DEPTH) {
    throw new NetError(
      "ARGUMENT_INVALID",
      `Expected arrays and objects of at most ${MAX_DEPTH} levels, got more`,
    );
  }
  if (Array.isArray(payload)) {
    const items = payload as readonly Json[];
    // not `map`, which passes over holes
    return `[${Array.from(items, (item) => canonical(item, depth + 1)).join(",")}]`;
  }
  // not by prototype: what another realm has parsed is JSON as well
  if (Object.prototype.toString.call(payload) !== "[object Object]") {
    throw notJson(payload);
  }
  const members = Object.entries(payload).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, value]) => `${scalar(name)}:${canonical(value, depth + 1)}`).join(",")}}`;
}

function scalar(value: null | boolean | number | string): string {
  const isJson =
    value === null ||
    typeof value === "boolean" ||
    Number.isFinite(value) ||
    (typeof value === "string" && value.isWellFormed());
  if (!isJson) {
    throw notJson(value);
  }
  return JSON.stringify(value);
}

function notJson(value: unknown): NetError {
  const got = `${typeof value} ${String(value)}`;
  return new NetError("ARGUMENT_INVALID", `Expected what JSON can say, got ${got}`);
}
