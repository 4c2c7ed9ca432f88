import { NetError } from "@tcpip-workshop/core/net-error";
import type { Put, Tables, Write } from "./store.ts";

/** DynamoDB takes no more in one TransactWriteItems (AWS, Quotas); one limit for all stores keeps them exchangeable. */
const MAX_WRITES = 100;

/** Throws `ARGUMENT_INVALID` for what not every store can do: no write, too many, two to one row, amounts that are no safe integers. */
export function checkWrites(writes: readonly Write[]): void {
  if (writes.length === 0 || writes.length > MAX_WRITES) {
    throw new NetError("ARGUMENT_INVALID", `Expected 1 to ${MAX_WRITES} writes, got ${writes.length}`);
  }
  const rows = new Set<string>();
  for (const write of writes) {
    const { table, id } = targetOf(write);
    if (typeof id !== "string" || id === "") {
      throw new NetError("ARGUMENT_INVALID", `Expected an id of at least one character, got "${id}"`);
    }
    // in which order they hold would differ from store to store
    if (rows.size === rows.add(`${table} ${id}`).size) {
      throw new NetError("ARGUMENT_INVALID", `Expected one write to a row, got two to "${id}" of ${table}`);
    }
    checkNumbers(write);
  }
}

/** The row that a write is about. */
function targetOf(write: Write): { table: keyof Tables; id: string } {
  if ("put" in write) {
    return { table: write.put, id: write.row.id };
  }
  return "add" in write ? { table: write.add, id: write.id } : { table: write.remove, id: write.id };
}

function checkNumbers(write: Write): void {
  if ("add" in write) {
    safe("amount", write.amount);
    safe("atLeast", write.atLeast ?? 0);
  } else if ("put" in write) {
    checkRow(write);
  }
}

function checkRow(write: Put): void {
  switch (write.put) {
    case "accounts":
      return safe("balance", write.row.balance);
    case "receipts":
      return safe("amount", write.row.amount);
    case "keys":
      safe("leaseUntil", write.row.leaseUntil);
      safe("status", write.row.status ?? 0);
      return safe("expiresAt", write.row.expiresAt ?? 0);
  }
}

function safe(name: string, value: number): void {
  if (!Number.isSafeInteger(value)) {
    throw new NetError("ARGUMENT_INVALID", `Expected ${name} to be a safe integer, got ${String(value)}`);
  }
}
