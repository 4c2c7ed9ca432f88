import { describe } from "vitest";
import { SqliteStore } from "./sqlite/sqlite-store.ts";
import type { Shelf } from "./testing/bank.ts";
import { faultsContract } from "./testing/faults-contract.ts";
import { leasesContract } from "./testing/leases-contract.ts";
import { paymentsContract } from "./testing/payments-contract.ts";
import { temporaryFile } from "./testing/temporary-file.ts";

describe("PaymentHandler on SQLite", () => {
  paymentsContract(newShelf);
  leasesContract(newShelf);
  faultsContract(newShelf);
});

async function newShelf(): Promise<Shelf> {
  const file = temporaryFile();
  return {
    open: (gate) => SqliteStore.open({ file: file.path, ...(gate && { gate }) }),
    [Symbol.asyncDispose]: async () => file[Symbol.dispose](),
  };
}
