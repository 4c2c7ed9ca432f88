import type { SqliteStoreOptions } from "@tcpip-workshop/idempotency/sqlite";

/** The payload of a frame from the client, as JSON. */
export interface PaymentRequest {
  /** The Idempotency-Key: the same for each attempt of one payment, and for no other payment. */
  key: string;
  account: string;
  /** In cents: a whole number from 1. */
  amount: number;
  /** Milliseconds that the client still waits for this reply, counted from when the request was read. */
  remaining: number;
}

/** The payload of a frame to the client, as JSON. */
export interface PaymentReply {
  /** The request's; empty when the request had none. */
  key: string;
  /**
   * 201 charged · 400 no payment · 402 not that much in the account, or no such account · 422 this key came with another
   * account or amount before · 504 `remaining` was over before the charge, and nothing was done.
   */
  status: 201 | 400 | 402 | 422 | 504;
  /** With 201: the receipt's id, as it is in the store. */
  receipt?: string;
}

/** The longest payload that the gateway reads, in bytes. */
export const MAX_REQUEST = 4096;

export interface GatewayOptions {
  /** The store's database: keys, accounts and receipts. It lives longer than the process. */
  file: string;
  /** 0 and default: the kernel chooses. */
  port?: number;
  /** Milliseconds without a byte after which a connection without a payment under way is closed. */
  idleTimeout: number;
  /** Hand it on to `SqliteStore.open`: with it the tests hold a payment in the middle, or do without fsync. */
  store?: Omit<SqliteStoreOptions, "file">;
}

export interface Gateway {
  /** Where it listens, on 127.0.0.1. */
  port: number;
  /**
   * Accepts no more, ends idle connections, finishes the payments under way and ends theirs behind the reply. Resolves
   * when no socket is left and the store is closed: at the latest `idleTimeout` after the last reply.
   */
  drain(): Promise<void>;
}

/** Resolves when it listens. Rejects with what the store or `listen` says. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  // TODO: the order in which to build it is in the lesson.
  throw new Error("not implemented");
}
