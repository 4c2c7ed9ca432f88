/**
 * What a payment handler needs of a database, and no more: it fits SQLite's transactions and DynamoDB's
 * `TransactWriteItems` alike, so nothing in between two writes can be read and decided upon.
 */
export interface Store {
  /** The row as it was last committed; undefined when there is none. */
  get<T extends TableName>(table: T, id: string): Promise<Tables[T] | undefined>;

  /**
   * Every write, or none: whoever dies in the middle has written nothing. One write alone is a transaction too, so this
   * is also put-if-absent and compare-and-swap. At most 100 writes, each to a row of its own. Throws `ARGUMENT_INVALID`
   * for what no store takes, `STORE_UNAVAILABLE` when it could not be done now, or when nobody knows whether it was.
   */
  transact(writes: readonly Write[]): Promise<TransactResult>;

  close(): Promise<void>;
}

export interface Tables {
  keys: KeyRow;
  accounts: AccountRow;
  receipts: ReceiptRow;
}

export type TableName = keyof Tables;

/** What is known of one Idempotency-Key (draft-ietf-httpapi-idempotency-key-header). */
export interface KeyRow {
  /** The key, as the client sent it. */
  readonly id: string;
  /** The idempotency fingerprint: a digest of the payload that the key came with first. */
  readonly fingerprint: string;
  readonly state: "in flight" | "done";
  /** A fresh random token of whoever works on it: an owner that was taken for dead can no longer finish. */
  readonly owner: string;
  /** Until when, in ms since 1970, the owner may be taken for alive. */
  readonly leaseUntil: number;
  /** The stored reply; null while in flight. */
  readonly status: number | null;
  readonly body: string | null;
  /** Until when, in ms since 1970, the row is of use and kept; absent: for ever. */
  readonly expiresAt?: number;
}

export interface AccountRow {
  readonly id: string;
  /** In minor units (cents): a safe integer. */
  readonly balance: number;
}

export interface ReceiptRow {
  /** Unique: put it with `when: "absent"`, and a second receipt of the same id is refused. */
  readonly id: string;
  readonly account: string;
  /** What was taken from the account, in minor units. */
  readonly amount: number;
  /** The Idempotency-Key it was taken for. */
  readonly key: string;
}

export type Write = Put | Add | Remove;

/** Writes a whole row, over the one there is; with a condition only if that holds. */
export type Put = {
  [T in TableName]: { readonly put: T; readonly row: Tables[T]; readonly when?: Condition<Tables[T]> };
}[TableName];

/**
 * Adds to an account's balance; refused when there is no such account, when less than `atLeast` would be left, or what no
 * safe integer can hold.
 */
export interface Add {
  readonly add: "accounts";
  readonly id: string;
  readonly amount: number;
  readonly atLeast?: number;
}

export type Remove = {
  [T in TableName]: { readonly remove: T; readonly id: string; readonly when?: Condition<Tables[T]> };
}[TableName];

/** `"absent"`: no such row (`attribute_not_exists`). Otherwise the row is there and has these values. */
export type Condition<Row> = "absent" | Partial<Row>;

/** Done whole; or not at all, for the condition of the write at index `refused` (the first such) did not hold. */
export type TransactResult = { readonly done: true } | { readonly done: false; readonly refused: number };

/** Told before and after each operation, by name ("before transact"): where a test holds a process, or kills it. */
export type Gate = (point: GatePoint) => Promise<void>;

export type GatePoint = `${"before" | "after"} ${"get" | "transact"}`;
