import { describe } from "vitest";
import { SqliteStore } from "./sqlite/sqlite-store.ts";
import { paymentsContract } from "./testing/payments-contract.ts";
import { temporaryFile } from "./testing/temporary-file.ts";

describe("PaymentHandler on SQLite", () => {
  paymentsContract(async () => {
    const file = temporaryFile();
    return {
      open: (gate) => SqliteStore.open({ file: file.path, ...(gate && { gate }) }),
      [Symbol.asyncDispose]: async () => file[Symbol.dispose](),
    };
  });
});
