import type { KeyRow } from "./store.ts";

/** What is kept of a reply, to be given again. */
export interface StoredReply {
  /** As in HTTP. */
  readonly status: number;
  /** JSON. */
  readonly body: string;
}

export interface Reply extends StoredReply {
  /** The reply of an earlier request with this key; nothing was done for this one. */
  readonly replayed: boolean;
  /** With 409 and 503: after how many ms at the latest another try is worth it; in HTTP, `Retry-After` in seconds, rounded up. */
  readonly retryAfter?: number;
}

/** A reply that says what went wrong: the members of application/problem+json (RFC 9457). */
export function problem(status: number, title: string, detail: string): StoredReply {
  return { status, body: JSON.stringify({ title, status, detail }) };
}

/** The first reply to this request. */
export function fresh(reply: StoredReply): Reply {
  return { status: reply.status, body: reply.body, replayed: false };
}

/** The reply in a row that is done. */
export function storedReply(row: KeyRow): StoredReply {
  return { status: row.status ?? 500, body: row.body ?? "" };
}
